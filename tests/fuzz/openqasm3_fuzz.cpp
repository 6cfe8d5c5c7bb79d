// SPDX-License-Identifier: Apache-2.0
// read_openqasm3. An input is the text.

#include "fuzz/openqasm.hpp"

namespace qmtl::fuzz {

void check(BytesView input) { check_openqasm<3>(as_text(input)); }

std::vector<Bytes> seeds() {
  std::vector<Bytes> out;
  for (const std::string_view body :
       {"qubit[3] q;\nbit[2] c;\nU(pi/2,0,π) q;\nctrl @ inv @ pow(2) @ h q[0],q[1];\nc = measure q[0:1];\nif (c[0] == "
        "1 && "
        "!c[1]) { x q[2]; } \n",
        "const int[32] n = 3;\ninput float[64] theta;\nqubit[n] q;\nfor uint i in [0:n-2] { cx q[i], q[i+1]; "
        "rx(2*theta+i) "
        "q[-1]; }\nuint[8] k = 1; k <<= 2; if (k > 3) z q; let a = q[{0,2}] ++ q[1];\nreset a;\nbarrier;",
        "gate g(a) x, y { gphase(a/2); negctrl @ U(a, 0x1F, 1_0.5) x, y; pow(0.5) @ z x; }\ng(0.3) $0, "
        "$2;\n@note\npragma x\n"}) {
    out.push_back(joined({as_bytes("OPENQASM 3.0;\ninclude \"stdgates.inc\";\n"), as_bytes(body)}));
  }
  Program program = example_program();
  program.append(gate::rx(0, 0.5 * weight(1) + 1)).append(gate::ry(1, feature(0) * feature(1)));
  program.append(gate::mcx({0, 1, 2}, 3)).append(gate::z(2), Condition{0, 2, 2});
  out.push_back(joined({as_bytes(write_openqasm3(program))}));
  return out;
}

}  // namespace qmtl::fuzz
