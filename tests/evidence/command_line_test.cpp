// SPDX-License-Identifier: Apache-2.0
// Tests of commands as reports show them.

#include "command_line.hpp"

#include <vector>

#include "support/catch.hpp"

namespace command_line_test {

std::string shown(const std::vector<const char*>& arguments) {
  return qmtl::benchmark::command_line("program", arguments);
}

TEST_CASE("folders of the machine are not shown", "[evidence][command_line]") {
  CHECK(shown({}) == "program");
  CHECK(shown({"--data", "/a/b", "--threads", "2"}) == "program --data DIR --threads 2");
  CHECK(shown({"--data=/a/b/"}) == "program --data=DIR");
  CHECK(shown({"--report", "/a/R.md", "--json=/b/r.json"}) == "program --report R.md --json=r.json");
  CHECK(shown({"--noise", "/a/conf_a.json,../conf_b.json"}) == "program --noise conf_a.json,conf_b.json");
  CHECK(shown({"--dataset", "Mine=/a/m.npz:x,context"}) == "program --dataset Mine=m.npz:x,context");
  CHECK(shown({"--dataset", "A/B, C=/a/m.npz"}) == "program --dataset 'A/B, C=m.npz'");
  CHECK(shown({"--dataset=Mine=/a/m.npz:x"}) == "program --dataset=Mine=m.npz:x");
  CHECK(shown({"--decays", "0", "0.1"}) == "program --decays 0 0.1");
}

}  // namespace command_line_test
