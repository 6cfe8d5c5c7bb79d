// SPDX-License-Identifier: Apache-2.0
// One of two translation units with every header in it; checks that both see the same inline function and constant.

#include "every_header.hpp"

namespace b {
using Function = qmtl::Index (*)(int) noexcept;
Function function();
const double* constant();
}  // namespace b

int main() { return b::function() == &qmtl::dimension && b::constant() == &qmtl::pi ? 0 : 1; }
