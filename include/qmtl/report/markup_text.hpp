#pragma once
// SPDX-License-Identifier: Apache-2.0
// Text of HTML and SVG: escaped whatever it holds, and elements that are closed in the order they were opened.

#include <cmath>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "qmtl/core/error.hpp"
#include "qmtl/core/number_text.hpp"
#include "qmtl/core/printable.hpp"
#include "qmtl/core/utf.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// `raw` as text of HTML or XML, between tags or within double quotes: markup characters become references; bytes that
/// are no UTF-8 and characters that XML does not have become U+FFFD.
[[nodiscard]] inline std::string escape_markup(std::string_view raw) {
  std::string out;
  for (std::size_t at = 0; at < raw.size();) {
    const auto c = next_character(raw, at);
    if (!c) ++at;
    const bool outside_xml = !c || (is_control(*c) && *c != '\n' && *c != '\t') || *c == 0xfffe || *c == 0xffff;
    switch (outside_xml ? U'\ufffd' : *c) {
      case U'&': out += "&amp;"; break;
      case U'<': out += "&lt;"; break;
      case U'>': out += "&gt;"; break;
      case U'"': out += "&quot;"; break;
      case U'\'': out += "&#39;"; break;
      case U'\ufffd': out += "\xef\xbf\xbd"; break;
      default: append_utf8(out, *c);
    }
  }
  return out;
}

/// How many characters a text has, about: for the room that it takes.
[[nodiscard]] inline std::size_t characters(std::string_view utf8) noexcept {
  std::size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xc0u) != 0x80u ? 1u : 0u;
  return count;
}

/// `text` with at most `most` characters, the last of them "..." where it was longer.
[[nodiscard]] inline std::string shortened(std::string_view text, std::size_t most) {
  if (characters(text) <= most) return std::string(text);
  std::size_t end = 0;
  for (std::size_t count = 0; end < text.size(); ++end) {
    const bool starts = (static_cast<unsigned char>(text[end]) & 0xc0u) != 0x80u;
    if (starts && ++count == most) break;
  }
  return std::string(text.substr(0, end)) + "\xe2\x80\xa6";
}

/// A coordinate with one decimal, or none where that is 0.
[[nodiscard]] inline std::string coordinate(double value) {
  std::string out = number_text(value, std::chars_format::fixed, 1);
  if (out.ends_with(".0")) out.resize(out.size() - 2);
  return out == "-0" ? "0" : out;
}

/// An attribute of an element; the value is escaped.
struct Attribute {
  std::string_view name;
  std::string value;
};

/// Elements, one after the other or within one another.
class MarkupText {
 public:
  /// An element that is closed at the end of the scope that it is a value of.
  class Open {
   public:
    Open(MarkupText& text, std::string_view name) : text_(&text), name_(name) {}
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;
    ~Open() { text_->raw("</").raw(name_).raw(">"); }

   private:
    MarkupText* text_;
    std::string name_;
  };

  [[nodiscard]] Open open(std::string_view name, std::initializer_list<Attribute> attributes = {}) {
    start(name, attributes);
    raw(">");
    return Open(*this, name);
  }
  /// An element with nothing but text in it.
  MarkupText& element(std::string_view name, std::string_view content,
                      std::initializer_list<Attribute> attributes = {}) {
    const Open scope = open(name, attributes);
    return text(content);
  }
  /// An element without content: <name .../>, as SVG and XML have it.
  MarkupText& empty_element(std::string_view name, std::initializer_list<Attribute> attributes) {
    start(name, attributes);
    return raw("/>");
  }
  MarkupText& text(std::string_view content) { return raw(escape_markup(content)); }
  /// Markup as it is.
  MarkupText& raw(std::string_view markup) {
    out_ += markup;
    return *this;
  }

  [[nodiscard]] const std::string& str() const& noexcept { return out_; }
  [[nodiscard]] std::string str() && noexcept { return std::move(out_); }

 private:
  void start(std::string_view name, std::initializer_list<Attribute> attributes) {
    raw("<").raw(name);
    for (const Attribute& attribute : attributes) {
      raw(" ").raw(attribute.name).raw("=\"").text(attribute.value).raw("\"");
    }
  }

  std::string out_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
