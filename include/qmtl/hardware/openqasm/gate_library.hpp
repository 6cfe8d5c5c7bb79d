#pragma once
// SPDX-License-Identifier: Apache-2.0
// The gates of OpenQASM's libraries beside the table of gates: other names, definitions, and which library has what.

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "qmtl/circuit/gate.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

/// Another name of a gate of the table; global phases aside in OpenQASM 2, where they cannot be seen.
struct GateAlias {
  std::string_view name;
  Gate gate;
};

inline constexpr std::array aliases2{GateAlias{"u1", Gate::P}, GateAlias{"u3", Gate::U}, GateAlias{"cu1", Gate::CP}};

/// stdgates.inc defines its CX by a U that is i X in OpenQASM 3; what it says that it is, and what all others take it
/// for, is the gate of OpenQASM 2.
inline constexpr std::array aliases3{GateAlias{"CX", Gate::CX}, GateAlias{"phase", Gate::P}, GateAlias{"u1", Gate::P},
                                     GateAlias{"cphase", Gate::CP}};

/// qelib1.inc as it was published (arXiv:1707.03429), which all readers have; Qiskit's has more.
inline constexpr std::array<std::string_view, 24> published_qelib1{"u3", "u2", "u1",  "cx",  "id",  "x",   "y",   "z",
                                                                   "h",  "s",  "sdg", "t",   "tdg", "rx",  "ry",  "rz",
                                                                   "cz", "cy", "ch",  "ccx", "crz", "cu1", "cu3", "CX"};

[[nodiscard]] constexpr bool is_published(std::string_view name) {
  return std::find(published_qelib1.begin(), published_qelib1.end(), name) != published_qelib1.end();
}

/// What qelib1.inc, as Qiskit extends it, has beside gates of the table: c3sqrtx and c4x as corrected there later.
inline constexpr std::string_view qelib1_definitions = R"(
gate u2(phi,lambda) q { U(pi/2,phi,lambda) q; }
gate u0(gamma) q { id q; }
gate cu3(theta,phi,lambda) c,t { cu(theta,phi,lambda,0) c,t; }
gate csx a,b { h b; cu1(pi/2) a,b; h b; }
gate rccx a,b,c {
  u2(0,pi) c; u1(pi/4) c; cx b,c; u1(-pi/4) c; cx a,c; u1(pi/4) c; cx b,c; u1(-pi/4) c; u2(0,pi) c;
}
gate rc3x a,b,c,d {
  u2(0,pi) d; u1(pi/4) d; cx c,d; u1(-pi/4) d; u2(0,pi) d; cx a,d; u1(pi/4) d; cx b,d; u1(-pi/4) d; cx a,d;
  u1(pi/4) d; cx b,d; u1(-pi/4) d; u2(0,pi) d; u1(pi/4) d; cx c,d; u1(-pi/4) d; u2(0,pi) d;
}
gate c3x a,b,c,d {
  h d; cu1(-pi/4) a,d; h d; cx a,b; h d; cu1(pi/4) b,d; h d; cx a,b; h d; cu1(-pi/4) b,d; h d; cx b,c;
  h d; cu1(pi/4) c,d; h d; cx a,c; h d; cu1(-pi/4) c,d; h d; cx b,c; h d; cu1(pi/4) c,d; h d; cx a,c;
  h d; cu1(-pi/4) c,d; h d;
}
gate c3sqrtx a,b,c,d {
  h d; cu1(pi/8) a,d; h d; cx a,b; h d; cu1(-pi/8) b,d; h d; cx a,b; h d; cu1(pi/8) b,d; h d; cx b,c;
  h d; cu1(-pi/8) c,d; h d; cx a,c; h d; cu1(pi/8) c,d; h d; cx b,c; h d; cu1(-pi/8) c,d; h d; cx a,c;
  h d; cu1(pi/8) c,d; h d;
}
gate c4x a,b,c,d,e {
  h e; cu1(pi/2) d,e; h e; c3x a,b,c,d; h e; cu1(-pi/2) d,e; h e; c3x a,b,c,d; c3sqrtx a,b,c,e;
}
)";

/// What stdgates.inc has beside gates of the table.
inline constexpr std::string_view stdgates_definitions = R"(
gate u2(phi, lambda) q { gphase(-(phi + lambda + pi/2)/2); U(pi/2, phi, lambda) q; }
gate u3(theta, phi, lambda) q { gphase(-(phi + lambda + theta)/2); U(theta, phi, lambda) q; }
)";

/// How a gate that a library lacks is defined by gates that qelib1.inc and stdgates.inc both have, in OpenQASM 3 with
/// its global phase.
struct GateDefinitionText {
  Gate gate;
  std::string_view parameters, qubits, body;
};

/// DoubleExcitation turns qubit a where b, c, d are 0, 1, 1 once a is added to them: the eight eighths of the angle
/// that a Gray code of their parities gives cancel elsewhere (Mottonen et al. 2004).
inline constexpr std::array definition_texts{
    GateDefinitionText{Gate::SX, "", "a", "h a; s a; h a;"},
    GateDefinitionText{Gate::SXdg, "", "a", "h a; sdg a; h a;"},
    GateDefinitionText{Gate::CRX, "theta", "a,b", "h b; crz(theta) a,b; h b;"},
    GateDefinitionText{Gate::CRY, "theta", "a,b", "ry(theta/2) b; cx a,b; ry(-theta/2) b; cx a,b;"},
    GateDefinitionText{Gate::SWAP, "", "a,b", "cx a,b; cx b,a; cx a,b;"},
    GateDefinitionText{Gate::ISWAP, "", "a,b", "cx a,b; h a; crz(-pi) b,a; h a; cx a,b;"},
    GateDefinitionText{Gate::ISWAPdg, "", "a,b", "cx a,b; h a; crz(pi) b,a; h a; cx a,b;"},
    GateDefinitionText{Gate::RXX, "theta", "a,b", "h a; h b; cx a,b; rz(theta) b; cx a,b; h a; h b;"},
    GateDefinitionText{Gate::RYY, "theta", "a,b",
                       "sdg a; sdg b; h a; h b; cx a,b; rz(theta) b; cx a,b; h a; h b; s a; s b;"},
    GateDefinitionText{Gate::RZZ, "theta", "a,b", "cx a,b; rz(theta) b; cx a,b;"},
    GateDefinitionText{Gate::Fredkin, "", "a,b,c", "cx c,b; ccx a,b,c; cx c,b;"},
    GateDefinitionText{Gate::RZX, "theta", "a,b", "h b; cx a,b; rz(theta) b; cx a,b; h b;"},
    GateDefinitionText{Gate::ECR, "", "a,b", "h b; cx a,b; rz(pi/2) b; cx a,b; h b; x a;"},
    GateDefinitionText{Gate::XXPlusYY, "theta", "a,b", "cx a,b; h a; crz(theta) b,a; h a; cx a,b;"},
    GateDefinitionText{Gate::SISWAP, "", "a,b", "cx a,b; h a; crz(-pi/2) b,a; h a; cx a,b;"},
    GateDefinitionText{Gate::SISWAPdg, "", "a,b", "cx a,b; h a; crz(pi/2) b,a; h a; cx a,b;"},
    GateDefinitionText{Gate::SingleExcitation, "theta", "a,b",
                       "cx a,b; ry(theta/2) a; cx b,a; ry(-theta/2) a; cx b,a; cx a,b;"},
    GateDefinitionText{Gate::DoubleExcitation, "theta", "a,b,c,d",
                       "cx a,b; cx a,c; cx a,d; ry(theta/8) a; cx b,a; ry(theta/8) a; cx c,a; ry(-theta/8) a; cx b,a; "
                       "ry(-theta/8) a; cx d,a; ry(theta/8) a; cx b,a; ry(theta/8) a; cx c,a; ry(-theta/8) a; cx b,a; "
                       "ry(-theta/8) a; cx d,a; cx a,d; cx a,c; cx a,b;"},
    GateDefinitionText{Gate::CU, "theta,phi,lambda,gamma", "c,t",
                       "u1(gamma+(lambda+phi)/2) c; u1((lambda-phi)/2) t; cx c,t; u3(-theta/2,0,-(phi+lambda)/2) t; "
                       "cx c,t; u3(theta/2,phi,0) t;"},
};

/// The definition as it is written, without the end of the line.
[[nodiscard]] inline std::string definition_of(const GateDefinitionText& of) {
  const bool angles = !of.parameters.empty();
  return text("gate ", info(of.gate).name, angles ? "(" : "", of.parameters, angles ? ")" : "", ' ', of.qubits, " { ",
              of.body, " }");
}

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
