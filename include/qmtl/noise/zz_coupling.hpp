#pragma once
// SPDX-License-Identifier: Apache-2.0
// ZzCoupling: what two qubits of a device do to each other's frequencies.

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI {

/// Two qubits of a device whose frequencies are higher by `shift` where the other is one, as zz_crosstalk takes it: in
/// GHz for times in nanoseconds.
struct ZzCoupling {
  int first = 0;
  int second = 0;
  double shift = 0.0;
};

}  // namespace qmtl::inline QMTL_ABI
