// SPDX-License-Identifier: Apache-2.0
// read_openqasm2. An input is the text.

#include "fuzz/openqasm.hpp"

namespace qmtl::fuzz {

void check(BytesView input) { check_openqasm<2>(as_text(input)); }

std::vector<Bytes> seeds() {
  std::vector<Bytes> out;
  for (const std::string_view body :
       {"qreg q[3];\ncreg c[2];\nh q;\ncx q[0],q[1];\nbarrier q;\nmeasure q[0] -> c[1];\nif(c==2) u3(pi/2,-0.5e-3,2^2) "
        "q[2];\n",
        "gate g(a,b) x,y { rz(-(a+b)/2) x; cx x,y; barrier y; }\nopaque o(a) q;\nqreg q[4];\nqreg r[4];\ng(1,sin(pi)) "
        "q,r;\nreset q;",
        "gate sx a { h a; s a; h a; }\nqreg q[1];\ncreg c[70];\nsx q[0];\nmeasure q[0] -> c[69];"}) {
    out.push_back(joined({as_bytes("OPENQASM 2.0;\ninclude \"qelib1.inc\";\n"), as_bytes(body)}));
  }
  out.push_back(joined({as_bytes(write_openqasm2(example_program()))}));
  return out;
}

}  // namespace qmtl::fuzz
