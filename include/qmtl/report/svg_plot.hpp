#pragma once
// SPDX-License-Identifier: Apache-2.0
// Plots as SVG, for an HTML page or a file of their own: curves, points, bars, shaded cells. No scripts, no fonts of
// their own, no clock: the same plot is the same text. Lines and texts have the colour of the page's text, so that they
// can be read on light and dark ground; curves have the colours of Okabe and Ito (2008), which those who do not see all
// colours can tell apart, and each other one is dashed.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/core/atomic_file.hpp"
#include "qmtl/report/markup_text.hpp"
#include "qmtl/report/plot_axis.hpp"
#include "qmtl/report/plot_frame.hpp"
#include "qmtl/report/thin_curve.hpp"

namespace qmtl::inline QMTL_ABI {

enum class CurveStyle { line, steps, line_with_points, points };

/// Points of a plot that belong together.
struct PlotSeries {
  std::string name{};  ///< in the legend; none without
  std::vector<PlotPoint> points{};
  CurveStyle style = CurveStyle::line;  ///< `steps` keep a value until the next point
  int colour = -1;                      ///< number of plot_colours; -1: the next one
  bool dashed = false;
};

/// A bar from the value 0; as of a histogram.
struct PlotBar {
  double low = 0.0, high = 0.0;  ///< on the x axis
  double value = 0.0;
  std::string label{};  ///< above it
};

/// A regular grid of cells over a part of the plot, shaded by their values.
struct PlotCells {
  int columns = 0, rows = 0;
  PlotPoint low{}, high{};       ///< corners of the grid
  std::vector<double> values{};  ///< from 0 to 1, row by row from below; what is 0 is not drawn
};

/// A straight line for comparison.
struct PlotGuide {
  PlotPoint from{}, to{};
  std::string label{};  ///< beside its end
};

/// A plot. Everything may be empty.
struct SvgPlot {
  std::string title{};        ///< what it shows, for those who do not see it
  std::string description{};  ///< in a sentence, for the same
  PlotAxis x{}, y{};
  std::vector<PlotSeries> series{};
  std::vector<PlotBar> bars{};
  std::string bars_name{};  ///< in the legend; none without
  PlotCells cells{};
  std::vector<PlotGuide> guides{};
  int width = 420, height = 270;  ///< in pixels; a page may show it in any size
};

/// Blue, vermillion, bluish green, orange, reddish purple, sky blue, and the colour of text.
inline constexpr std::string_view plot_colours[] = {"#0072b2", "#d55e00", "#009e73",     "#e69f00",
                                                    "#cc79a7", "#56b4e9", "currentColor"};

namespace detail {

/// What an axis has to reach.
class DataRange {
 public:
  void add(double value) {
    if (!std::isfinite(value)) return;
    range_.low = std::min(range_.low, value);
    range_.high = std::max(range_.high, value);
  }
  [[nodiscard]] PlotRange range() const noexcept { return range_; }

 private:
  PlotRange range_{HUGE_VAL, -HUGE_VAL};
};

[[nodiscard]] inline PlotFrame frame_of(const SvgPlot& plot, int legend_lines) {
  DataRange x, y;
  for (const PlotSeries& series : plot.series) {
    for (const PlotPoint& point : series.points) {
      if (!std::isfinite(point.x) || !std::isfinite(point.y)) continue;
      x.add(point.x);
      y.add(point.y);
    }
  }
  for (const PlotBar& bar : plot.bars) {
    for (const double value : {bar.low, bar.high}) x.add(value);
    for (const double value : {0.0, bar.value}) y.add(value);
  }
  if (!plot.cells.values.empty()) {
    for (const PlotPoint& corner : {plot.cells.low, plot.cells.high}) {
      x.add(corner.x);
      y.add(corner.y);
    }
  }
  return PlotFrame(plot.x, plot.y, x.range(), y.range(), plot.width, plot.height, legend_lines);
}

/// Draws the parts of a plot, one over the other.
class PlotDrawing {
 public:
  PlotDrawing(const SvgPlot& plot, MarkupText& out)
      : plot_(plot), out_(out), legend_(legend_of(plot)), frame_(frame_of(plot, legend_.lines())) {}

  void draw() {
    frame_.draw_axes(out_);
    draw_cells();
    draw_bars();
    for (const PlotGuide& guide : plot_.guides) draw_guide(guide);
    for (std::size_t s = 0; s < plot_.series.size(); ++s) draw_series(plot_.series[s], colour_of(plot_, s));
    legend_.draw(out_, frame_.left());
  }

 private:
  static constexpr std::string_view bar_colour = "#56b4e9";

  [[nodiscard]] static std::string_view colour_of(const SvgPlot& plot, std::size_t s) {
    const int given = plot.series[s].colour;
    return plot_colours[(given < 0 ? s : static_cast<std::size_t>(given)) % std::size(plot_colours)];
  }

  [[nodiscard]] static PlotLegend legend_of(const SvgPlot& plot) {
    PlotLegend legend(plot.width);
    if (!plot.bars_name.empty()) legend.add({plot.bars_name, bar_colour, PlotLegend::Sign::box});
    for (std::size_t s = 0; s < plot.series.size(); ++s) {
      const PlotSeries& series = plot.series[s];
      if (series.name.empty()) continue;
      const auto sign = series.style == CurveStyle::points ? PlotLegend::Sign::dot
                        : series.dashed                    ? PlotLegend::Sign::dashes
                                                           : PlotLegend::Sign::line;
      legend.add({series.name, colour_of(plot, s), sign});
    }
    return legend;
  }

  /// The finite points in pixels, in pieces that others interrupt.
  [[nodiscard]] std::vector<std::vector<PlotPoint>> pieces(const PlotSeries& series) const {
    std::vector<std::vector<PlotPoint>> out(1);
    for (const PlotPoint& point : series.points) {
      if (!std::isfinite(point.x) || !std::isfinite(point.y)) {
        if (!out.back().empty()) out.emplace_back();
        continue;
      }
      const PlotPoint at = frame_.pixel(point);
      const bool step = series.style == CurveStyle::steps && !out.back().empty();
      if (step && out.back().back().y != at.y) out.back().push_back({at.x, out.back().back().y});
      out.back().push_back(at);
    }
    return out;
  }

  void draw_series(const PlotSeries& series, std::string_view colour) {
    std::string path, dots;
    for (const auto& piece : pieces(series)) {
      const bool dotted =
          series.style == CurveStyle::points || piece.size() == 1 || series.style == CurveStyle::line_with_points;
      for (const PlotPoint& p : dotted ? std::span<const PlotPoint>(piece) : std::span<const PlotPoint>()) {
        dots += text('M', coordinate(p.x), ' ', coordinate(p.y), "h0");
      }
      if (series.style == CurveStyle::points || piece.size() < 2) continue;
      char command = 'M';
      for (const PlotPoint& p : thin_curve(piece)) {
        path += text(command, coordinate(p.x), ' ', coordinate(p.y));
        command = 'L';
      }
    }
    if (!path.empty()) draw_path(path, colour, series.dashed ? dash : "none");
    if (dots.empty()) return;
    out_.empty_element("path", {{"d", dots},
                                {"stroke", std::string(colour)},
                                {"stroke-width", "5"},
                                {"stroke-linecap", "round"},
                                {"stroke-opacity", series.style == CurveStyle::points ? "0.55" : "1"}});
  }

  void draw_path(const std::string& path, std::string_view colour, std::string_view dashes) {
    out_.empty_element("path", {{"d", path},
                                {"fill", "none"},
                                {"stroke", std::string(colour)},
                                {"stroke-width", "1.8"},
                                {"stroke-linejoin", "round"},
                                {"stroke-dasharray", std::string(dashes)}});
  }

  void draw_bars() {
    for (const PlotBar& bar : plot_.bars) {
      if (!std::isfinite(bar.value) || bar.value == 0.0) continue;
      const PlotPoint from = frame_.pixel({bar.low, 0.0}), to = frame_.pixel({bar.high, bar.value});
      const double top = std::min(from.y, to.y);
      out_.empty_element("rect", {{"x", coordinate(from.x + 1.0)},
                                  {"y", coordinate(top)},
                                  {"width", coordinate(std::max(1.0, to.x - from.x - 2.0))},
                                  {"height", coordinate(std::abs(from.y - to.y))},
                                  {"fill", std::string(bar_colour)},
                                  {"fill-opacity", "0.45"}});
      if (bar.label.empty()) continue;
      out_.element("text", bar.label,
                   {{"x", coordinate(0.5 * (from.x + to.x))},
                    {"y", coordinate(top - 3.0)},
                    {"font-size", "9"},
                    {"text-anchor", "middle"}});
    }
  }

  /// Cells of like shades as one path each.
  void draw_cells() {
    const PlotCells& cells = plot_.cells;
    if (cells.values.empty()) return;
    require_size("plot: number of cells", cells.values.size(), cells.columns * cells.rows);
    constexpr int shades = 8;
    const PlotPoint low = frame_.pixel(cells.low), high = frame_.pixel(cells.high);
    const double width = (high.x - low.x) / cells.columns, height = (low.y - high.y) / cells.rows;
    for (int shade = 1; shade <= shades; ++shade) {
      std::string path;
      for (std::size_t i = 0; i < cells.values.size(); ++i) {
        const double value = cells.values[i];
        if (!(value > 0.0) || std::clamp(static_cast<int>(std::ceil(value * shades)), 1, shades) != shade) continue;
        const std::size_t across = i % static_cast<std::size_t>(cells.columns);
        const std::size_t up = i / static_cast<std::size_t>(cells.columns);
        const double x = low.x + width * static_cast<double>(across), y = low.y - height * static_cast<double>(up + 1);
        path += text('M', coordinate(x), ' ', coordinate(y), 'h', coordinate(width), 'v', coordinate(height), "h-",
                     coordinate(width), 'z');
      }
      if (path.empty()) continue;
      out_.empty_element("path", {{"d", path},
                                  {"fill", std::string(plot_colours[0])},
                                  {"fill-opacity", coordinate(0.1 + 0.9 * shade / shades)}});
    }
  }

  void draw_guide(const PlotGuide& guide) {
    const PlotPoint from = frame_.pixel(guide.from), to = frame_.pixel(guide.to);
    out_.empty_element(
        "path",
        {{"d", text('M', coordinate(from.x), ' ', coordinate(from.y), 'L', coordinate(to.x), ' ', coordinate(to.y))},
         {"stroke", "currentColor"},
         {"stroke-opacity", "0.55"},
         {"stroke-dasharray", "2 3"}});
    if (guide.label.empty()) return;
    const bool left = to.x > frame_.left() + 0.6 * frame_.inner_width();
    out_.element("text", guide.label,
                 {{"x", coordinate(to.x + (left ? -5.0 : 5.0))},
                  {"y", coordinate(to.y + 11.0)},
                  {"font-size", "11"},
                  {"text-anchor", left ? "end" : "start"}});
  }

  static constexpr std::string_view dash = "6 4";

  const SvgPlot& plot_;
  MarkupText& out_;
  PlotLegend legend_;
  PlotFrame frame_;
};

}  // namespace detail

/// The plot as an <svg> element, which can be put into HTML or saved as a file. A curve has at most some hundred
/// points, chosen so that it looks the same (detail::thin_curve); points and bars are all drawn. Throws ShapeError
/// where the number of cells is not columns x rows.
[[nodiscard]] inline std::string to_svg(const SvgPlot& plot) {
  detail::MarkupText out;
  {
    const auto svg = out.open("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                                      {"viewBox", detail::text("0 0 ", plot.width, ' ', plot.height)},
                                      {"width", std::to_string(plot.width)},
                                      {"height", std::to_string(plot.height)},
                                      {"role", "img"},
                                      {"aria-label", plot.title},
                                      {"font-family", "system-ui, 'Segoe UI', 'DejaVu Sans', Helvetica, sans-serif"},
                                      {"font-size", "11"},
                                      {"fill", "currentColor"}});
    if (!plot.title.empty()) out.element("title", plot.title);
    if (!plot.description.empty()) out.element("desc", plot.description);
    detail::PlotDrawing(plot, out).draw();
  }
  return std::move(out).str();
}

/// Writes it to a file, which it replaces in one step. Throws FileError, and as to_svg.
inline void write_svg(const std::string& path, const SvgPlot& plot) {
  const std::string svg = to_svg(plot) + '\n';
  write_file_atomically(path, std::as_bytes(std::span<const char>(svg)));
}

}  // namespace qmtl::inline QMTL_ABI
