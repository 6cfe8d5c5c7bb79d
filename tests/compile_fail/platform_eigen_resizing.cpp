// expect: qmtl: compile without EIGEN_NO_AUTOMATIC_RESIZING
// flags: -DEIGEN_NO_AUTOMATIC_RESIZING
// SPDX-License-Identifier: Apache-2.0
// With matrices that assignment does not resize.

#include "qmtl/core/scalar.hpp"
