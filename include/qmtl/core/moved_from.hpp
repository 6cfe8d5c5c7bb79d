#pragma once
// SPDX-License-Identifier: Apache-2.0
// The check that an object still holds what it was made with.

#include <string_view>
#include <utility>

#include "qmtl/core/error.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Throws LogicError for a `what` that has been moved from.
[[noreturn]] inline void throw_moved_from(std::string_view what) {
  throw LogicError(text("qmtl: ", what, ": it has been moved from and can only be assigned to"));
}

/// A member that knows whether its object has been moved from, so that a later call is an error and no stray access.
/// Copies are like their original; assigning to the object makes it good again.
class MovedFrom {
 public:
  MovedFrom() = default;
  MovedFrom(const MovedFrom&) = default;
  MovedFrom(MovedFrom&& other) noexcept : moved_(std::exchange(other.moved_, true)) {}
  MovedFrom& operator=(const MovedFrom&) = default;
  MovedFrom& operator=(MovedFrom&& other) noexcept {
    moved_ = std::exchange(other.moved_, true);
    return *this;
  }
  ~MovedFrom() = default;

  /// Throws LogicError if the object, a `what`, has been moved from.
  void check(std::string_view what) const {
    if (moved_) throw_moved_from(what);
  }

 private:
  bool moved_ = false;
};

}  // namespace qmtl::inline QMTL_ABI::detail
