#pragma once
// SPDX-License-Identifier: Apache-2.0
// Bytes of binary files, written and read value by value, and their checksum.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "qmtl/core/error.hpp"

namespace qmtl::inline QMTL_ABI::detail {

static_assert(std::endian::native == std::endian::little,
              "qmtl: binary files must be written on a little-endian machine");

inline constexpr std::uint64_t fnv1a_basis = 0xcbf29ce484222325u;

/// The FNV-1a hash of bytes that follow those of `hash`.
[[nodiscard]] inline std::uint64_t fnv1a(std::span<const std::byte> bytes, std::uint64_t hash = fnv1a_basis) noexcept {
  for (const std::byte b : bytes) hash = (hash ^ static_cast<std::uint64_t>(b)) * 0x100000001b3u;
  return hash;
}

/// The bytes seen as characters.
[[nodiscard]] inline std::string_view as_text(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Appends values to a byte buffer.
class ByteWriter {
 public:
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void put(std::span<const T> values) {
    if (!values.empty()) append(values.data(), values.size_bytes());
  }
  template <class T>
  void put_value(const T& value) {
    put(std::span<const T>(&value, 1));
  }
  /// Overwrites a value that was put at byte `at`.
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void replace(std::size_t at, const T& value) noexcept { std::memcpy(bytes_.data() + at, &value, sizeof(T)); }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  void append(const void* data, std::size_t size) {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + size);
    std::memcpy(bytes_.data() + at, data, size);
  }

  std::vector<std::byte> bytes_;
};

/// Takes values from a byte buffer; throws FileError, starting with "qmtl: <where>: '<path>'", where it ends too early.
class ByteReader {
 public:
  ByteReader(std::span<const std::byte> bytes, std::string_view where, std::string_view path)
      : rest_(bytes), where_(where), path_(path) {}

  [[nodiscard]] std::span<const std::byte> take(std::size_t count) {
    if (count > rest_.size()) fail(text("is truncated: expected ", count, " more bytes, got ", rest_.size()));
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  template <class T>
  requires std::is_trivially_copyable_v<T>
  [[nodiscard]] T value() {
    T out;
    std::memcpy(&out, take(sizeof(T)).data(), sizeof(T));
    return out;
  }
  template <class T>
  [[nodiscard]] std::vector<T> values(std::size_t count) {
    if (count > rest_.size() / sizeof(T)) (void)take(rest_.size() + 1);
    std::vector<T> out(count);
    if (count > 0) std::memcpy(out.data(), take(count * sizeof(T)).data(), count * sizeof(T));
    return out;
  }
  [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }
  /// Takes so many bytes as a reader of their own, whose errors name the same file.
  [[nodiscard]] ByteReader part(std::size_t count) { return {take(count), where_, path_}; }

  /// Throws FileError: "qmtl: <where>: '<path>' <what>".
  [[noreturn]] void fail(std::string_view what) const {
    throw FileError(text("qmtl: ", where_, ": '", path_, "' ", what));
  }

 private:
  std::span<const std::byte> rest_;
  std::string_view where_, path_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
