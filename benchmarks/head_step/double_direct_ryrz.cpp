// SPDX-License-Identifier: Apache-2.0
// The heads of the head step in double, method direct, encoding with RZ.

#include "run_head_impl.hpp"

template qmtl::benchmark::HeadRun qmtl::benchmark::run_head<double, qmtl::benchmark::Method::direct, true>(
    const Config&, EncodingKind, int, const TimingOptions&, const Inputs<double>&, Outputs<double>&);
