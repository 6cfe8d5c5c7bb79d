#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a file may demand of whoever loads it, checked before memory is taken.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/file_reader.hpp"

namespace qmtl::inline QMTL_ABI {

/// What a file may demand. A loader that is asked for more throws a FileError before it takes the memory; the message
/// names the field to raise, as in `load_medmnist<float>(path, {.limits = {.bytes = std::uint64_t{40} << 30}})`.
struct LoadLimits {
  /// All that is loaded, added up: a file's text or its unpacked arrays, and the matrices, cells and names made of
  /// them. The largest MedMNIST sets at 224 x 224 pixels need more: unpacked, and 4 bytes a pixel as float.
  std::uint64_t bytes = std::uint64_t{8} << 30;
  std::uint64_t rows = std::uint64_t{1} << 30;               ///< of a table, or along the first axis of an array
  std::uint64_t columns = std::uint64_t{1} << 20;            ///< of a table; each other axis, and their product
  std::uint64_t entries = 65535;                             ///< files in an archive
  double ratio = 500.0;                                      ///< of `bytes` to those of the packed arrays
  std::uint64_t ratio_free_bytes = std::uint64_t{64} << 20;  ///< less than that, as a mask of zeros, may exceed it
};

namespace detail {

/// a * b, or the largest number where that does not fit.
[[nodiscard]] constexpr std::uint64_t saturated_product(std::uint64_t a, std::uint64_t b) noexcept {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  return a != 0 && b > most / a ? most : a * b;
}

/// a + b, or the largest number where that does not fit.
[[nodiscard]] constexpr std::uint64_t saturated_sum(std::uint64_t a, std::uint64_t b) noexcept {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  return b > most - a ? most : a + b;
}

/// Throws FileError for more rows than the limit or than Eigen can number.
inline void require_rows(std::uint64_t rows, const LoadLimits& limits, std::string_view where) {
  constexpr std::uint64_t possible = std::numeric_limits<std::ptrdiff_t>::max();
  const std::uint64_t most = std::min(limits.rows, possible);
  if (rows <= most) return;
  throw FileError(text("qmtl: ", where, ": too many rows, expected at most ", most, " (LoadLimits::rows), got ", rows));
}

/// Throws FileError for more columns than the limit or than an int, which counts features and tasks, can hold.
inline void require_columns(std::uint64_t columns, const LoadLimits& limits, std::string_view where) {
  constexpr std::uint64_t possible = std::numeric_limits<int>::max();
  const std::uint64_t most = std::min(limits.columns, possible);
  if (columns <= most) return;
  throw FileError(
      text("qmtl: ", where, ": too many columns, expected at most ", most, " (LoadLimits::columns), got ", columns));
}

/// Throws FileError unless the axes of an array are within the limits: the first as rows, the others as columns, both
/// one by one and multiplied, so that an axis of length 0 hides nothing.
inline void require_extents(std::span<const std::size_t> shape, const LoadLimits& limits, std::string_view where) {
  if (shape.empty()) return;
  require_rows(shape[0], limits, where);
  std::uint64_t columns = 1;
  for (const std::size_t length : shape.subspan(1)) {
    require_columns(length, limits, where);
    columns = saturated_product(columns, length);
  }
  require_columns(columns, limits, where);
}

/// Adds up the memory that a loader is about to take.
class LoadBudget {
 public:
  /// `packed_bytes` are those of the arrays in their archive; without it nothing is packed.
  explicit LoadBudget(const LoadLimits& limits, std::optional<std::uint64_t> packed_bytes = std::nullopt) noexcept
      : limits_(limits), packed_(packed_bytes) {}

  [[nodiscard]] const LoadLimits& limits() const noexcept { return limits_; }

  /// Throws FileError where `bytes` more are too many.
  void take(std::uint64_t bytes, std::string_view where) {
    taken_ = saturated_sum(taken_, bytes);
    if (taken_ > limits_.bytes) {
      throw FileError(text("qmtl: ", where, ": too large when loaded, expected at most ", limits_.bytes,
                           " bytes in all (LoadLimits::bytes), got ", taken_));
    }
    if (!packed_ || taken_ <= limits_.ratio_free_bytes) return;
    if (static_cast<double>(taken_) > limits_.ratio * static_cast<double>(*packed_)) {
      throw FileError(text("qmtl: ", where, ": a zip bomb? ", *packed_, " packed bytes become ", taken_,
                           ", expected a ratio of at most ", limits_.ratio, " (LoadLimits::ratio)"));
    }
  }

  /// The same for a matrix.
  void take_matrix(std::uint64_t rows, std::uint64_t columns, std::size_t item_bytes, std::string_view where) {
    take(saturated_product(saturated_product(rows, columns), item_bytes), where);
  }

 private:
  LoadLimits limits_;
  std::optional<std::uint64_t> packed_;
  std::uint64_t taken_ = 0;
};

/// All bytes of a file, if the limits allow that many. Throws FileError before they are read.
[[nodiscard]] inline std::vector<std::byte> read_within(FileReader&& file, const LoadLimits& limits,
                                                        std::string_view where) {
  LoadBudget(limits).take(file.size(), where);
  constexpr std::uint64_t possible = std::numeric_limits<std::size_t>::max();
  return std::move(file).all(static_cast<std::size_t>(std::min(limits.bytes, possible)));
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
