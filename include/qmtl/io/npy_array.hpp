#pragma once
// SPDX-License-Identifier: Apache-2.0
// NumPy arrays in memory: element types, and checked conversion to and from Eigen matrices, numbers and strings.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/printable.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/core/utf.hpp"

namespace qmtl::inline QMTL_ABI {

/// The element types that qmtl reads and writes, little-endian; `unicode` is NumPy's fixed-length UTF-32 text (`<U..`).
enum class DType : std::uint8_t { boolean, u8, i32, i64, f32, f64, unicode };

/// An array as a .npy file holds it.
struct NpyArray {
  std::vector<std::size_t> shape;  ///< empty: one single element
  DType dtype = DType::f64;        ///< of every element
  bool fortran_order = false;      ///< the first axis varies fastest, instead of the last
  std::vector<std::byte> data;     ///< the elements, little-endian, without gaps
  std::size_t unicode_length = 0;  ///< characters in each element of a `unicode` array; 0 for all other types
};

/// Element types of C++ that a numeric array converts to and from.
template <class T>
concept NpyNumber = std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, std::uint8_t> ||
    std::same_as<T, std::int32_t> || std::same_as<T, std::int64_t>;

/// Bytes of one element.
[[nodiscard]] inline std::size_t item_bytes(DType dtype, std::size_t unicode_length = 0) noexcept {
  switch (dtype) {
    case DType::boolean:
    case DType::u8: return 1;
    case DType::i32:
    case DType::f32: return 4;
    case DType::i64:
    case DType::f64: return 8;
    case DType::unicode: return 4 * unicode_length;
  }
  return 0;
}

/// NumPy's name of the element type: "<f4", "|u1", "<U12". Throws ValueError for a value of DType without a name.
[[nodiscard]] inline std::string dtype_name(DType dtype, std::size_t unicode_length = 0) {
  static constexpr std::array names = {"|b1", "|u1", "<i4", "<i8", "<f4", "<f8"};
  if (dtype == DType::unicode) return detail::text("<U", unicode_length);
  const auto i = static_cast<std::size_t>(dtype);
  if (i >= names.size())
    throw ValueError(detail::text("qmtl: npy: a dtype must be one of DType's enumerators, got number ", i));
  return names[i];
}

namespace detail {

/// The DType that stores a T.
template <class T>
[[nodiscard]] consteval DType dtype_of() {
  if (std::same_as<T, bool>) return DType::boolean;
  if (std::same_as<T, std::uint8_t>) return DType::u8;
  if (std::same_as<T, std::int32_t>) return DType::i32;
  if (std::same_as<T, std::int64_t>) return DType::i64;
  return std::same_as<T, float> ? DType::f32 : DType::f64;
}

[[nodiscard]] constexpr std::optional<std::size_t> checked_product(std::size_t a, std::size_t b) noexcept {
  if (a != 0 && b > std::numeric_limits<std::size_t>::max() / a) return std::nullopt;
  return a * b;
}

/// The number of elements of `shape`, or nothing where it does not fit; an axis of length 0 makes it 0.
[[nodiscard]] inline std::optional<std::size_t> element_count(std::span<const std::size_t> shape) noexcept {
  if (std::ranges::find(shape, std::size_t{0}) != shape.end()) return 0;
  std::optional<std::size_t> count = 1;
  for (const std::size_t length : shape) {
    if (count) count = checked_product(*count, length);
  }
  return count;
}

/// "(546, 28, 28)", as Python writes it.
[[nodiscard]] inline std::string shape_text(std::span<const std::size_t> shape) {
  std::string out = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) out += text(i == 0 ? "" : " ", shape[i], ',');
  if (shape.size() > 1) out.pop_back();
  return out + ")";
}

/// The number of elements of `array`; throws ShapeError unless its data are exactly as large as shape and type say.
[[nodiscard]] inline std::size_t checked_count(const NpyArray& array, std::string_view where) {
  const auto count = element_count(array.shape);
  const auto bytes = count ? checked_product(*count, item_bytes(array.dtype, array.unicode_length)) : std::nullopt;
  constexpr std::size_t longest = std::numeric_limits<std::size_t>::max() / 4;
  const bool bad_text = array.dtype == DType::unicode && (array.unicode_length == 0 || array.unicode_length > longest);
  if (!bytes || *bytes != array.data.size() || bad_text) {
    throw ShapeError(text("qmtl: ", where, ": ", dtype_name(array.dtype, array.unicode_length), " array of shape ",
                          shape_text(array.shape), ", expected ",
                          bytes && !bad_text ? text(*bytes, " bytes of data") : std::string("a possible size"),
                          ", got ", array.data.size(), " bytes"));
  }
  return *count;
}

template <class T>
[[nodiscard]] T load_little_endian(const std::byte* from) noexcept {
  std::array<std::byte, sizeof(T)> bytes;
  std::memcpy(bytes.data(), from, sizeof(T));
  if constexpr (std::endian::native == std::endian::big) std::ranges::reverse(bytes);
  return std::bit_cast<T>(bytes);
}

template <class T>
void store_little_endian(std::byte* to, T value) noexcept {
  auto bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
  if constexpr (std::endian::native == std::endian::big) std::ranges::reverse(bytes);
  std::memcpy(to, bytes.data(), sizeof(T));
}

/// Whether the real type To holds the integer exactly: its bits from first to last set one fit the significand.
template <std::floating_point To, std::integral From>
[[nodiscard]] constexpr bool is_exact(From value) noexcept {
  const auto wide = static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
  const std::uint64_t magnitude = std::cmp_less(value, 0) ? ~wide + 1 : wide;
  return magnitude == 0 || (magnitude >> std::countr_zero(magnitude)) >> std::numeric_limits<To>::digits == 0;
}

/// `value` as a To, or nothing where that changes it: integers must be kept exactly; reals may round to a narrower real
/// but not overflow, and become integers only where they are whole and in range. NaN and infinity stay what they are.
template <NpyNumber To, NpyNumber From>
[[nodiscard]] std::optional<To> convert_number(From value) noexcept {
  if constexpr (std::integral<From> && std::integral<To>) {
    if (!std::in_range<To>(value)) return std::nullopt;
  } else if constexpr (std::integral<From>) {
    if (!is_exact<To>(value)) return std::nullopt;
  } else if constexpr (std::integral<To>) {
    const From end = std::ldexp(From{1}, std::numeric_limits<To>::digits);
    const From begin = std::is_signed_v<To> ? -end : From{0};
    if (!(value >= begin && value < end && std::trunc(value) == value)) return std::nullopt;
  } else if constexpr (sizeof(To) < sizeof(From)) {
    if (std::isfinite(value) && std::abs(value) > static_cast<From>(std::numeric_limits<To>::max()))
      return std::nullopt;
  }
  return static_cast<To>(value);
}

/// Calls `f` with a std::type_identity of the C++ type that an element of the numeric `array` is loaded as.
template <class F>
decltype(auto) visit_numbers(const NpyArray& array, std::string_view where, F&& f) {
  switch (array.dtype) {
    case DType::boolean:
    case DType::u8: return f(std::type_identity<std::uint8_t>{});
    case DType::i32: return f(std::type_identity<std::int32_t>{});
    case DType::i64: return f(std::type_identity<std::int64_t>{});
    case DType::f32: return f(std::type_identity<float>{});
    case DType::f64: return f(std::type_identity<double>{});
    case DType::unicode: break;
  }
  throw ValueError(
      text("qmtl: ", where, ": expected numbers, got text (", dtype_name(array.dtype, array.unicode_length), ")"));
}

/// Where the elements of an array lie when it is seen as a matrix: rows along the first axis, the others flattened.
class MatrixLayout {
 public:
  explicit MatrixLayout(const NpyArray& array, std::string_view where)
      : rows_(array.shape.empty() ? 1 : array.shape[0]), fortran_order_(array.fortran_order) {
    if (!array.shape.empty()) rest_.assign(array.shape.begin() + 1, array.shape.end());
    const auto columns = element_count(rest_);
    constexpr auto most = static_cast<std::size_t>(std::numeric_limits<Eigen::Index>::max());
    if (!columns || *columns > most || rows_ > most) {
      throw ShapeError(text("qmtl: ", where, ": no matrix can hold an array of shape ", shape_text(array.shape)));
    }
    columns_ = *columns;
  }

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }

  /// Distance between an element and the one below it.
  [[nodiscard]] std::size_t row_stride() const noexcept { return fortran_order_ ? 1 : columns_; }

  /// Position of the first element of a column, whose index counts the other axes in C order (the last one fastest).
  [[nodiscard]] std::size_t column_offset(std::size_t column) const noexcept {
    if (!fortran_order_) return column;
    std::size_t offset = 0;
    std::size_t stride = rows_;
    std::size_t block = columns_;
    for (const std::size_t length : rest_) {
      block /= length;
      offset += stride * (column / block % length);
      stride *= length;
    }
    return offset;
  }

  /// The same of all columns: 8 bytes each.
  [[nodiscard]] std::vector<std::size_t> column_offsets() const {
    std::vector<std::size_t> offsets(columns_);
    for (std::size_t column = 0; column < columns_; ++column) offsets[column] = column_offset(column);
    return offsets;
  }

 private:
  std::size_t rows_;
  std::size_t columns_ = 1;
  bool fortran_order_;
  std::vector<std::size_t> rest_;
};

/// Element (row, column) of the array, which begins at `from`, as an S; throws ValueError where S cannot hold it.
template <NpyNumber S, NpyNumber T>
[[nodiscard]] S read_element(const NpyArray& array, const std::byte* from, std::string_view where, std::size_t row,
                             std::size_t column) {
  T value = load_little_endian<T>(from);
  if (array.dtype == DType::boolean) value = static_cast<T>(value != T{0});
  const auto converted = convert_number<S>(value);
  if (!converted) {
    throw ValueError(text("qmtl: ", where, ": row ", row, ", column ", column, ": expected a value that ",
                          dtype_name(dtype_of<S>()), " can hold, got ", value, " (", dtype_name(array.dtype), ")"));
  }
  return *converted;
}

/// The rows of the array, as to_matrix sees them, as the columns of `out`, which has their number and size: without a
/// copy between. `where` names the array in messages. Throws as to_matrix does.
template <NpyNumber S>
void copy_rows(const NpyArray& array, std::string_view where, BatchOut<S> out) {
  (void)checked_count(array, where);
  if (out.size() == 0) return;
  const MatrixLayout layout(array, where);
  const std::vector<std::size_t> offsets = layout.column_offsets();
  visit_numbers(array, where, [&]<class T>(std::type_identity<T>) {
    for (std::size_t row = 0; row < layout.rows(); ++row) {
      const std::byte* from = array.data.data() + sizeof(T) * row * layout.row_stride();
      S* to = out.col(static_cast<Eigen::Index>(row)).data();
      for (std::size_t column = 0; column < layout.columns(); ++column) {
        to[column] = read_element<S, T>(array, from + sizeof(T) * offsets[column], where, row, column);
      }
    }
  });
}

/// The text of one element: up to `length` UTF-32 characters, the zeros that NumPy pads with left out.
[[nodiscard]] inline std::string unicode_item(const std::byte* item, std::size_t length) {
  const auto at = [item](std::size_t i) { return load_little_endian<char32_t>(item + 4 * i); };
  while (length > 0 && at(length - 1) == 0) --length;
  std::string out;
  for (std::size_t i = 0; i < length; ++i) {
    if (!is_unicode(at(i))) {
      throw ValueError(text("qmtl: to_strings: ", static_cast<std::uint32_t>(at(i)), " is no Unicode character"));
    }
    append_utf8(out, at(i));
  }
  return out;
}

}  // namespace detail

/// The array as a matrix of S: one row per entry of the first axis, the remaining axes flattened in C order whatever
/// the array's own order is, so that a vector gives one column and n images of 28 x 28 give n x 784. Booleans become 0
/// and 1. Throws ValueError for text and for a number that S cannot hold (integers must be kept exactly, reals may
/// round), ShapeError where data and shape disagree. Cost: one pass.
template <NpyNumber S>
[[nodiscard]] ColMajorMatrix<S> to_matrix(const NpyArray& array) {
  (void)detail::checked_count(array, "to_matrix");
  const detail::MatrixLayout layout(array, "to_matrix");
  ColMajorMatrix<S> out(static_cast<Eigen::Index>(layout.rows()), static_cast<Eigen::Index>(layout.columns()));
  if (out.size() == 0) return out;
  detail::visit_numbers(array, "to_matrix", [&]<class T>(std::type_identity<T>) {
    S* to = out.data();
    for (std::size_t column = 0; column < layout.columns(); ++column) {
      const std::byte* from = array.data.data() + sizeof(T) * layout.column_offset(column);
      for (std::size_t row = 0; row < layout.rows(); ++row, from += sizeof(T) * layout.row_stride()) {
        *to++ = detail::read_element<S, T>(array, from, "to_matrix", row, column);
      }
    }
  });
  return out;
}

/// The elements of a `unicode` array of any shape, in C order, as UTF-8.
/// Throws ValueError for numbers or an invalid character, ShapeError where data and shape disagree.
[[nodiscard]] inline std::vector<std::string> to_strings(const NpyArray& array) {
  if (array.dtype != DType::unicode) {
    throw ValueError(detail::text("qmtl: to_strings: expected text (<U..), got ", dtype_name(array.dtype)));
  }
  std::vector<std::string> out;
  if (detail::checked_count(array, "to_strings") == 0) return out;
  const detail::MatrixLayout layout(array, "to_strings");
  out.reserve(layout.rows() * layout.columns());
  for (std::size_t row = 0; row < layout.rows(); ++row) {
    for (std::size_t column = 0; column < layout.columns(); ++column) {
      const std::size_t position = row * layout.row_stride() + layout.column_offset(column);
      const std::size_t bytes = item_bytes(array.dtype, array.unicode_length);
      out.push_back(detail::unicode_item(array.data.data() + bytes * position, array.unicode_length));
    }
  }
  return out;
}

/// An array of `values` in C order, of the given shape. Throws ShapeError where their number is not that of the shape.
template <class T>
requires NpyNumber<T> || std::same_as<T, bool>
[[nodiscard]] NpyArray make_npy(std::span<const T> values, const std::vector<std::size_t>& shape) {
  NpyArray array{.shape = shape, .dtype = detail::dtype_of<T>(), .data = {}};
  array.data.resize(values.size() * sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    detail::store_little_endian(array.data.data() + i * sizeof(T), values[i]);
  }
  (void)detail::checked_count(array, "make_npy");
  return array;
}

/// A matrix expression as a two-dimensional array in C order; its scalar type must be one that .npy files hold.
template <class Derived>
requires NpyNumber<typename Derived::Scalar>
[[nodiscard]] NpyArray to_npy(const Eigen::DenseBase<Derived>& matrix) {
  using T = typename Derived::Scalar;
  const std::vector<std::size_t> shape{static_cast<std::size_t>(matrix.rows()),
                                       static_cast<std::size_t>(matrix.cols())};
  if (matrix.size() == 0) return make_npy<T>({}, shape);  // Eigen would go through all rows of no columns
  const Eigen::Array<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows = matrix.derived().array();
  return make_npy<T>(std::span<const T>(rows.data(), static_cast<std::size_t>(rows.size())), shape);
}

/// UTF-8 strings as a one-dimensional `unicode` array, as wide as the longest of them.
/// Throws ValueError for invalid UTF-8 and for a string that ends in a zero character, which the format cannot keep.
[[nodiscard]] inline NpyArray to_npy(std::span<const std::string> strings) {
  std::vector<std::u32string> items;
  std::size_t length = 1;
  for (const std::string& string : strings) {
    auto characters = detail::decode_utf8(string);
    if (!characters || string.ends_with('\0')) {
      throw ValueError(detail::text("qmtl: to_npy: string ", items.size(), ": expected UTF-8 that does not end in a ",
                                    "zero character, got ", detail::in_quotes(string)));
    }
    length = std::max(length, characters->size());
    items.push_back(std::move(*characters));
  }
  NpyArray array{.shape = {items.size()}, .dtype = DType::unicode, .data = {}, .unicode_length = length};
  array.data.resize(4 * length * items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (std::size_t k = 0; k < items[i].size(); ++k) {
      detail::store_little_endian(array.data.data() + 4 * (length * i + k), items[i][k]);
    }
  }
  return array;
}

}  // namespace qmtl::inline QMTL_ABI
