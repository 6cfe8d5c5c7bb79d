#pragma once
// SPDX-License-Identifier: Apache-2.0
// What is said about a run beside its results.

#include <cstddef>
#include <string>

#include "evidence/protocol.hpp"

namespace qmtl::benchmark::evidence {

struct RunFacts {
  std::string command;
  Protocol protocol{};
  bool quick = false;
  double seconds = 0.0;       ///< so far
  std::size_t data_sets = 0;  ///< of the run, when it is finished
};

}  // namespace qmtl::benchmark::evidence
