#pragma once
// SPDX-License-Identifier: Apache-2.0
// The header of a .npy file: a Python dictionary {'descr': ..., 'fortran_order': ..., 'shape': ...}, read and written.

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/io/npy_array.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Reads the dictionary by hand: only the grammar that NumPy writes, so nothing in it can be code.
class NpyHeaderParser {
 public:
  /// `where` names the file in messages; both views must outlive the parser.
  NpyHeaderParser(std::string_view header, std::string_view where) : header_(header), where_(where) {}

  /// The array that the header describes, still without data. Throws FileError.
  [[nodiscard]] NpyArray parse() {
    expect('{');
    while (!accept('}')) {
      parse_entry();
      if (!accept(',') && peek() != '}') fail("',' or '}'");
    }
    if (peek() != '\0' || at_ != header_.size()) fail("nothing after the dictionary");
    if (!has_descr_ || !has_order_ || !has_shape_) fail("the keys 'descr', 'fortran_order' and 'shape'");
    return std::move(array_);
  }

 private:
  static constexpr std::size_t most_axes = 64;  // NumPy's own limit, 32 before its version 2

  void parse_entry() {
    const std::string_view key = parse_string();
    expect(':');
    if (key == "descr") {
      once(has_descr_);
      parse_descr();
    } else if (key == "fortran_order") {
      once(has_order_);
      array_.fortran_order = parse_bool();
    } else if (key == "shape") {
      once(has_shape_);
      parse_shape();
    } else {
      fail(text("one of 'descr', 'fortran_order', 'shape', each once, got ", in_quotes(key)));
    }
  }

  void parse_descr() {
    if (peek() == '[' || peek() == '(') fail_dtype(header_.substr(at_), "a structured type");
    const std::string_view descr = parse_string();
    const bool has_order = !descr.empty() && std::string_view("<>|=").find(descr[0]) != std::string_view::npos;
    const std::string_view type = has_order ? descr.substr(1) : descr;
    if (type == "b1" || type == "?") {
      array_.dtype = DType::boolean;
    } else if (type == "u1") {
      array_.dtype = DType::u8;
    } else if (has_order && descr[0] == '>') {
      fail_dtype(descr, "big-endian");
    } else if (type.starts_with('U')) {
      array_.dtype = DType::unicode;
      array_.unicode_length = parse_unicode_length(descr, type.substr(1));
    } else {
      array_.dtype = parse_wide_number(descr, type);
    }
  }

  [[nodiscard]] DType parse_wide_number(std::string_view descr, std::string_view type) const {
    if (type == "i4") return DType::i32;
    if (type == "i8") return DType::i64;
    if (type == "f4") return DType::f32;
    if (type == "f8") return DType::f64;
    const char kind = type.empty() ? '\0' : type[0];
    fail_dtype(descr, kind == 'O'   ? "Python objects (a pickle, which could run code)"
                      : kind == 'c' ? "complex numbers"
                      : kind == 'V' ? "a structured type"
                      : kind == 'S' ? "byte strings"
                                    : "");
  }

  [[nodiscard]] std::size_t parse_unicode_length(std::string_view descr, std::string_view digits) const {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size();
    if (!whole || length == 0 || length > std::numeric_limits<std::size_t>::max() / 4) {
      fail_dtype(descr, "text of an impossible length");
    }
    return length;
  }

  void parse_shape() {
    expect('(');
    while (!accept(')')) {
      if (array_.shape.size() == most_axes) fail(text("at most ", most_axes, " axes"));
      array_.shape.push_back(parse_length());
      if (accept(',')) continue;
      if (peek() != ')' || array_.shape.size() == 1) fail("',' in the shape");  // Python: (3) is no tuple
    }
  }

  [[nodiscard]] std::size_t parse_length() {
    skip_space();
    std::size_t length = 0;
    const char* end = header_.data() + header_.size();
    const auto [next, error] = std::from_chars(header_.data() + at_, end, length);
    if (error != std::errc{}) fail("the length of an axis");
    at_ = static_cast<std::size_t>(next - header_.data());
    if (at_ < header_.size() && header_[at_] == 'L') ++at_;  // as Python 2 wrote long integers
    return length;
  }

  [[nodiscard]] bool parse_bool() {
    skip_space();
    for (const auto& [name, value] : {std::pair{std::string_view("True"), true}, {std::string_view("False"), false}}) {
      if (header_.substr(at_).starts_with(name)) {
        at_ += name.size();
        return value;
      }
    }
    fail("True or False");
  }

  [[nodiscard]] std::string_view parse_string() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail("a string in quotes");
    const std::size_t begin = at_ + 1;
    const std::size_t end = header_.find(quote, begin);
    if (end == std::string_view::npos) fail("the end of a string");
    at_ = end + 1;
    return header_.substr(begin, end - begin);
  }

  void once(bool& seen) {
    if (std::exchange(seen, true)) fail("each key once");
  }

  void skip_space() { at_ = std::min(header_.find_first_not_of(" \t\r\n", at_), header_.size()); }

  [[nodiscard]] char peek() {
    skip_space();
    return at_ < header_.size() ? header_[at_] : '\0';
  }

  [[nodiscard]] bool accept(char c) {
    if (peek() != c || at_ == header_.size()) return false;
    ++at_;
    return true;
  }

  void expect(char c) {
    if (!accept(c)) fail(text('\'', c, '\''));
  }

  [[noreturn]] void fail(std::string_view expected) const {
    throw FileError(text("qmtl: ", where_, ": bad .npy header at byte ", at_, ", expected ", expected, ", got ",
                         in_quotes(header_.substr(std::min(at_, header_.size())))));
  }

  [[noreturn]] void fail_dtype(std::string_view descr, std::string_view what) const {
    throw FileError(text("qmtl: ", where_, ": unsupported dtype ", in_quotes(descr), what.empty() ? "" : ", ", what,
                         "; expected one of |b1, |u1, <i4, <i8, <f4, <f8, <U.. (convert with astype before saving)"));
  }

  std::string_view header_;
  std::string_view where_;
  std::size_t at_ = 0;
  NpyArray array_;
  bool has_descr_ = false;
  bool has_order_ = false;
  bool has_shape_ = false;
};

/// The dictionary that describes `array`, spelt as NumPy spells it, without padding.
[[nodiscard]] inline std::string npy_header(const NpyArray& array) {
  return text("{'descr': '", dtype_name(array.dtype, array.unicode_length),
              "', 'fortran_order': ", array.fortran_order ? "True" : "False", ", 'shape': ", shape_text(array.shape),
              ", }");
}

}  // namespace qmtl::inline QMTL_ABI::detail
