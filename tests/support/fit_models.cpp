// SPDX-License-Identifier: Apache-2.0
// Training of the models that many tests train.

#include "support/fit_models.hpp"

QMTL_TEST_FIT(, qmtl::test::Quantum<double>)
QMTL_TEST_FIT(, qmtl::test::Quantum<float>)
QMTL_TEST_FIT(, qmtl::test::Classical)
