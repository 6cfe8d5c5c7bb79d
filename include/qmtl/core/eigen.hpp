#pragma once
// SPDX-License-Identifier: Apache-2.0
// Eigen/Core without the warnings that g++ before 12.3 has about its own AVX-512 intrinsics (GCC bug 105593). They are
// attributed to its headers' lines, so that this header has to be the first to include them.

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <Eigen/Core>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
