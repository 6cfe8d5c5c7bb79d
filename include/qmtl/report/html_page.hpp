#pragma once
// SPDX-License-Identifier: Apache-2.0
// The parts of a self-contained HTML page: head and style, tables, figures, sections that can be folded.

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/report/markup_text.hpp"
#include "qmtl/report/svg_plot.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Light and dark by the reader's choice, one column on a narrow screen, everything unfolded on paper.
inline constexpr std::string_view page_style =
    R"(:root{color-scheme:light dark;--ground:#fff;--text:#1b1f24;--faint:#5a6472;--line:#d7dce2;--panel:#f5f7f9;--link:#0066a0}
@media(prefers-color-scheme:dark){:root{--ground:#14171b;--text:#e4e7eb;--faint:#9aa4b1;--line:#343b44;--panel:#1c2127;--link:#6cbcf0}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem clamp(.75rem,3vw,2rem) 3rem;max-width:70rem;background:var(--ground);color:var(--text);
font:15px/1.5 system-ui,"Segoe UI",Roboto,"DejaVu Sans",Helvetica,Arial,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .2rem}h2{font-size:1.2rem;margin:2.2rem 0 .6rem}h3{font-size:1rem;margin:1.4rem 0 .4rem}
p{margin:.4rem 0}[id]{scroll-margin-top:4rem}a{color:var(--link)}.faint{color:var(--faint)}
.facts{display:flex;flex-wrap:wrap;gap:.6rem;margin:1rem 0;padding:0}
.facts div{flex:1 1 7.5rem;background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.45rem .75rem}
.facts dt{color:var(--faint);font-size:.8rem}.facts dd{margin:0;font-size:1.15rem;font-weight:600;font-variant-numeric:tabular-nums}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:1rem;margin:.8rem 0;align-items:start}
figure{margin:0;border:1px solid var(--line);border-radius:.5rem;padding:.6rem .7rem .3rem;min-width:0}
figcaption{font-weight:600;font-size:.9rem;margin-bottom:.2rem}figcaption span{font-weight:400;color:var(--faint)}
svg{display:block;width:100%;height:auto;max-width:34rem;margin:auto}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.3rem 0;font-size:.92rem}
caption{text-align:left;font-weight:600;padding:.2rem 0}
th,td{padding:.28rem .7rem;border-bottom:1px solid var(--line);text-align:right;overflow-wrap:normal}
th{font-weight:600}thead th{color:var(--faint);font-size:.85rem}th[scope=row]{text-align:left;min-width:6rem;max-width:22rem;overflow-wrap:break-word}thead th:first-child{text-align:left}
.pair{display:flex;flex-wrap:wrap;gap:0 2.5rem}.pair>div{min-width:0;max-width:100%}
.words td{text-align:left;overflow-wrap:anywhere}.words th{white-space:nowrap;vertical-align:top}
.heat td{text-align:center;min-width:3.2rem;border:2px solid var(--ground);border-radius:.3rem}
.heat small{display:block;color:inherit;opacity:.75;font-size:.75rem;line-height:1.1}
details{border:1px solid var(--line);border-radius:.5rem;padding:.1rem .9rem;margin:.8rem 0}details[open]{padding-bottom:.7rem}
summary{cursor:pointer;font-weight:600;padding:.5rem 0}summary h2,summary h3{display:inline;font-size:1.05rem;margin:0}
pre{white-space:pre-wrap;background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.7rem;font-size:.85rem;margin:.4rem 0}
@media print{:root{color-scheme:light;--ground:#fff;--text:#000;--faint:#444;--line:#bbb;--panel:#fff}body{max-width:none;padding:0}
details:not([open])::details-content{content-visibility:visible}figure,tr{break-inside:avoid}*{print-color-adjust:exact}})";

/// A table of text: names of the columns, then a row a line whose first cell names it.
struct PageTable {
  std::string caption{};
  std::vector<std::string> columns{};
  std::vector<std::vector<std::string>> rows{};
  std::vector<std::string> links{};  ///< of the rows' names to places in the page; none without
};

/// An HTML page that is being written.
class HtmlPage {
 public:
  [[nodiscard]] MarkupText& markup() noexcept { return out_; }

  void paragraph(std::string_view content) { out_.element("p", content); }
  void faint(std::string_view content) { out_.element("p", content, {{"class", "faint"}}); }

  /// A plot with its name above it.
  void figure(std::string_view caption, const SvgPlot& plot, std::string_view note = {}) {
    const auto figure = out_.open("figure");
    {
      const auto line = out_.open("figcaption");
      out_.text(caption);
      if (!note.empty()) out_.raw(" ").element("span", note);
    }
    out_.raw(to_svg(plot)).raw("\n");
  }

  void table(const PageTable& table) {
    const auto scroll = out_.open("div", {{"class", "scroll"}});
    const auto whole = out_.open("table");
    if (!table.caption.empty()) out_.element("caption", table.caption);
    header(table.columns);
    const auto body = out_.open("tbody");
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      const auto row = out_.open("tr");
      for (std::size_t c = 0; c < table.rows[r].size(); ++c) {
        const std::string& cell = table.rows[r][c];
        if (c > 0) {
          out_.element("td", cell);
        } else if (r < table.links.size()) {
          const auto name = out_.open("th", {{"scope", "row"}});
          out_.element("a", cell, {{"href", table.links[r]}});
        } else {
          out_.element("th", cell, {{"scope", "row"}});
        }
      }
      out_.raw("\n");
    }
  }

  /// Names and what belongs to them.
  void words(const std::vector<std::pair<std::string, std::string>>& lines) {
    const auto scroll = out_.open("div", {{"class", "scroll"}});
    const auto whole = out_.open("table", {{"class", "words"}});
    const auto body = out_.open("tbody");
    for (const auto& [name, value] : lines) {
      const auto row = out_.open("tr");
      out_.element("th", name, {{"scope", "row"}}).element("td", value);
    }
  }

  /// Figures that a page begins with.
  void facts(const std::vector<std::pair<std::string, std::string>>& facts) {
    const auto list = out_.open("dl", {{"class", "facts"}});
    for (const auto& [name, value] : facts) {
      const auto box = out_.open("div");
      out_.element("dt", name).element("dd", value);
    }
  }

  void header(const std::vector<std::string>& columns) {
    const auto head = out_.open("thead");
    const auto row = out_.open("tr");
    for (const std::string& column : columns) out_.element("th", column, {{"scope", "col"}});
  }

 private:
  MarkupText out_;
};

/// The whole page around its body, which is markup.
[[nodiscard]] inline std::string whole_page(std::string_view title, std::string_view body) {
  MarkupText out;
  out.raw("<!DOCTYPE html>\n");
  {
    const auto html = out.open("html", {{"lang", "en"}});
    {
      const auto head = out.open("head");
      out.empty_element("meta", {{"charset", "utf-8"}});
      out.empty_element("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
      out.element("title", title).raw("<style>").raw(page_style).raw("</style>\n");
    }
    const auto whole = out.open("body");
    out.raw("\n").raw(body);
  }
  return std::move(out.raw("\n")).str();
}

}  // namespace qmtl::inline QMTL_ABI::detail
