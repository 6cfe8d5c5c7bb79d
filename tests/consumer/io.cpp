// SPDX-License-Identifier: Apache-2.0
// A user of the opt-in headers that need libzip and nlohmann-json.

#include <qmtl/io/npz.hpp>
#include <qmtl/io/report_json.hpp>

int main() {
  try {
    (void)qmtl::Npz::open("no such file.npz");
  } catch (const qmtl::FileError&) {
    return 0;
  }
  return 1;
}
