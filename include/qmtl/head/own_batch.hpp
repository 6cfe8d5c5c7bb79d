#pragma once
// SPDX-License-Identifier: Apache-2.0
// The size of a head's last batch, which its copies do not share.

#include "qmtl/core/scalar.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The size of the batch that backward may be asked for, -1 for none: a copy has made no forward.
class OwnBatch {
 public:
  OwnBatch() = default;
  OwnBatch(const OwnBatch&) noexcept {}
  OwnBatch(OwnBatch&&) noexcept = default;
  OwnBatch& operator=(const OwnBatch&) noexcept {
    size_ = -1;
    return *this;
  }
  OwnBatch& operator=(OwnBatch&&) noexcept = default;
  ~OwnBatch() = default;
  OwnBatch& operator=(Eigen::Index size) noexcept {
    size_ = size;
    return *this;
  }
  [[nodiscard]] operator Eigen::Index() const noexcept { return size_; }  // NOLINT(google-explicit-constructor)

 private:
  Eigen::Index size_ = -1;
};

}  // namespace qmtl::inline QMTL_ABI::detail
