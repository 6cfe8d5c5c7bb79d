#pragma once
// SPDX-License-Identifier: Apache-2.0
// Heads with other initial angles, scales and angles of features: what was tried before the heads got their form.

#include <vector>

#include "evidence/heads.hpp"

namespace qmtl::benchmark::evidence {

/// head_kinds, mapped_kinds and, behind their names and a dash, variants of them.
[[nodiscard]] std::vector<HeadKind> head_variants(int features, const std::vector<ModelTask>& tasks);

}  // namespace qmtl::benchmark::evidence
