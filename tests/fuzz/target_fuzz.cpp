// SPDX-License-Identifier: Apache-2.0
// parse_target, and distances of what it accepts.

#include "fuzz/fuzz.hpp"
#include "qmtl/io/target_json.hpp"
#include "support/device_json.hpp"

namespace qmtl::fuzz {

void check(BytesView input) {
  Target target;
  if (!accepts([&] { target = parse_target(as_text(input), {.bytes = 1 << 16}); })) return;
  const auto& map = target.couplings;
  require(map.qubits() >= 1 && map.qubits() <= CouplingMap::max_qubits, "there are qubits");
  for (const auto& [a, b] : map.couplings()) {
    require(map.distance(a, b) == 1 && map.distance(b, a) == 1 && map.directed(a, b), "a coupling couples");
    require(std::ranges::binary_search(map.neighbours(a), b), "a coupling makes neighbours");
  }
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> out;
  for (const std::string& text : {std::string(R"({"name":"a","qubits":4,"edges":[[0,1],[1,2]],"basis_gates":["cz"]})"),
                                  test::device_conf().dump()}) {
    const auto bytes = as_bytes(text);
    out.emplace_back(bytes.begin(), bytes.end());
  }
  return out;
}

}  // namespace qmtl::fuzz
