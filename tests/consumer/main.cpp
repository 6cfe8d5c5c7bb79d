// SPDX-License-Identifier: Apache-2.0
// The smallest user: the umbrella header and the version.

#include <qmtl/qmtl.hpp>

#include <cstdio>

static_assert(QMTL_VERSION_MAJOR == 0 && qmtl::dimension(3) == 8);

int main() { return std::printf("qmtl " QMTL_VERSION "\n") > 0 ? 0 : 1; }
