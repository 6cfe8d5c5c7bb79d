#pragma once
// SPDX-License-Identifier: Apache-2.0
// State written to and read from files: a class has one function `archive` for both directions, so that they agree.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "qmtl/core/byte_stream.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/rng.hpp"

namespace qmtl::inline QMTL_ABI {

/// Where a number of an archive must lie: in [low, high], or NaN if that is allowed. By default it must be finite.
struct ArchiveRange {
  double low = std::numeric_limits<double>::lowest();
  double high = std::numeric_limits<double>::max();
  bool nan = false;

  [[nodiscard]] constexpr bool holds(double value) const noexcept {
    return value != value ? nan : value >= low && value <= high;
  }
};

/// Writes state. ArchiveReader has the same functions.
class ArchiveWriter {
 public:
  static constexpr bool reading = false;

  explicit ArchiveWriter(detail::ByteWriter& out) : out_(out) {}

  /// An integer, a real number, or a bool. `what` names it in errors.
  template <class T>
  requires std::is_arithmetic_v<T>
  void value(const T& v, std::string_view, ArchiveRange = {}) { out_.put_value(v); }

  /// As many numbers as the reader expects. A container that has a span of them, as a vector, will do.
  template <class Values>
  void numbers(Values&& values, std::string_view, ArchiveRange = {}) {
    const std::span span(values);
    out_.put_value<std::uint64_t>(span.size());
    out_.put(std::span<const typename decltype(span)::element_type>(span));
  }

  void rng(const std::same_as<Rng> auto& engine, std::string_view) { out_.put_value(engine.state()); }

  /// Writes what `write(ArchiveWriter&)` writes behind its size, so that a reader that takes more or less is found out.
  template <class Write>
  void block(std::string_view, const Write& write) {
    detail::ByteWriter inner;
    ArchiveWriter archive(inner);
    write(archive);
    bytes(inner.bytes());
  }
  /// Any number of bytes.
  void bytes(std::span<const std::byte> values, std::string_view = {}) {
    out_.put_value<std::uint64_t>(values.size());
    out_.put(values);
  }

 private:
  detail::ByteWriter& out_;
};

/// Reads what ArchiveWriter wrote. Throws FileError, naming what is wrong, where a number lies outside its range or
/// the file ends.
class ArchiveReader {
 public:
  static constexpr bool reading = true;

  explicit ArchiveReader(detail::ByteReader& in) : in_(in) {}

  template <class T>
  requires std::is_arithmetic_v<T>
  void value(T& v, std::string_view what, ArchiveRange range = {}) {
    if constexpr (std::same_as<T, bool>) {  // any other byte in a bool is undefined behaviour
      const auto byte = in_.value<std::uint8_t>();
      require(byte <= 1, what, ", expected 0 or 1, got ", int{byte});
      v = byte == 1;
    } else {
      v = checked(in_.value<T>(), range, what);
    }
  }

  template <class Values>
  void numbers(Values&& values, std::string_view what, ArchiveRange range = {}) {
    const std::span span(values);
    using T = typename decltype(span)::element_type;
    const auto count = in_.value<std::uint64_t>();
    require(count == span.size(), what, ", expected ", span.size(), " numbers, got ", count);
    const std::vector<T> read = in_.values<T>(span.size());
    for (std::size_t i = 0; i < read.size(); ++i) {
      if (!range.holds(static_cast<double>(read[i]))) (void)checked(read[i], range, detail::text(what, ", number ", i));
      span[i] = read[i];
    }
  }

  void rng(std::same_as<Rng> auto& engine, std::string_view what) {
    const auto state = in_.value<Rng::State>();
    require(state != Rng::State{}, what, ", expected a state that is not all zeros");
    engine = Rng(state);
  }

  template <class Read>
  void block(std::string_view what, const Read& read) {
    detail::ByteReader inner = in_.part(size_of(what));
    ArchiveReader archive(inner);
    read(archive);
    require(inner.left() == 0, what, ", expected ", inner.left(), " bytes less");
  }
  void bytes(std::vector<std::byte>& values, std::string_view what) {
    const auto read = in_.take(size_of(what));
    values.assign(read.begin(), read.end());
  }

  /// Throws FileError, "... is damaged: <what>", unless what was read is possible.
  template <class... Parts>
  void require(bool possible, const Parts&... what) const {
    if (!possible) in_.fail(detail::text("is damaged: ", what...));
  }

  /// Throws FileError: the file is whole, but not what is expected.
  template <class... Parts>
  [[noreturn]] void refuse(const Parts&... what) const {
    in_.fail(detail::text(what...));
  }

 private:
  [[nodiscard]] std::size_t size_of(std::string_view what) {
    const auto size = in_.value<std::uint64_t>();
    require(size <= in_.left(), what, ", expected at most ", in_.left(), " bytes, got ", size);
    return static_cast<std::size_t>(size);
  }

  template <class T>
  [[nodiscard]] T checked(T v, ArchiveRange range, std::string_view what) const {
    if (!range.holds(static_cast<double>(v))) {
      const bool finite = range.low == ArchiveRange{}.low && range.high == ArchiveRange{}.high;
      const std::string expected =
          finite ? std::string("a finite number") : detail::text("a number in [", range.low, ", ", range.high, "]");
      require(false, what, ", expected ", expected, ", got ", v);
    }
    return v;
  }

  detail::ByteReader& in_;
};

}  // namespace qmtl::inline QMTL_ABI
