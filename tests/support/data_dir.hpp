#pragma once
// SPDX-License-Identifier: Apache-2.0
// The folder of real data sets, named by the environment variable QMTL_DATA_DIR; tests without it skip, visibly.

#include <cstdlib>
#include <optional>
#include <string>

#include "support/catch.hpp"

namespace qmtl::test {

/// The value of QMTL_DATA_DIR, or nothing where it is not set or empty.
inline std::optional<std::string> data_dir() {
  const char* value = std::getenv("QMTL_DATA_DIR");
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

/// Runs `test` with the data folder, or warns that this test was skipped. A folder that is named but not there is not
/// skipped: the test fails when it reads its file.
template <class Test>
void with_data_dir(Test&& test) {
  if (const auto dir = data_dir()) {
    test(*dir);
  } else {
    WARN("skipped: QMTL_DATA_DIR is not set");
  }
}

}  // namespace qmtl::test
