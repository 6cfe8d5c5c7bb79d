// SPDX-License-Identifier: Apache-2.0
// The other translation unit: every header, twice.

#include "every_header.hpp"
// Again: the headers must tolerate it.
#include "every_header.hpp"

namespace b {
using Function = qmtl::Index (*)(int) noexcept;
Function function() { return &qmtl::dimension; }
const double* constant() { return &qmtl::pi; }
}  // namespace b
