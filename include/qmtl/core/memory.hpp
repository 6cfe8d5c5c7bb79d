#pragma once
// SPDX-License-Identifier: Apache-2.0
// Memory whose size comes from a user's number: where there is none, the error says how much it was.

#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "qmtl/core/error.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// A number of bytes, exact below 2^53.
[[nodiscard]] inline std::string byte_text(double bytes) {
  constexpr double exact = 9007199254740992.0;  // 2^53
  return bytes < exact ? text(static_cast<std::uint64_t>(bytes)) : text(bytes);
}

[[noreturn]] inline void throw_no_memory(std::string_view what, double bytes) {
  throw MemoryError(text("qmtl: ", what, ": no memory for ", byte_text(bytes), " bytes"));
}

/// Runs `allocate`, which takes about `bytes` of memory for `what`. Throws MemoryError where the system has not that
/// much.
template <class Allocate>
decltype(auto) with_memory(std::string_view what, double bytes, const Allocate& allocate) {
  try {
    return allocate();
  } catch (const std::bad_alloc&) {
    throw_no_memory(what, bytes);
  } catch (const std::length_error&) {  // more than a vector can ever hold
    throw_no_memory(what, bytes);
  }
}

/// The bytes of `count` objects of type T, as a double so that no count overflows.
template <class T>
[[nodiscard]] constexpr double bytes_of(double count) noexcept {
  return count * static_cast<double>(sizeof(T));
}

}  // namespace qmtl::inline QMTL_ABI::detail
