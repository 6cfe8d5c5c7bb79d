#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a training needs to know of a model's tasks.

#include <limits>
#include <string>

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI {

/// The tasks of a model as facts that outlive its type.
struct TaskFacts {
  std::string name;
  int classes = 0;  ///< 0 for a real target
  int outputs = 0;
  int first_output = 0;
  int parameters = 0;
  bool standardizable = false;                             ///< a real target, of which `fit` learns the scale
  double reach = std::numeric_limits<double>::infinity();  ///< the largest magnitude of its logits
};

}  // namespace qmtl::inline QMTL_ABI
