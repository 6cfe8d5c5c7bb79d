// SPDX-License-Identifier: Apache-2.0

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "hardware/openqasm/openqasm3_texts.hpp"
#include "hardware/openqasm/openqasm_support.hpp"
#include "qmtl/circuit/program_text.hpp"
#include "qmtl/hardware/openqasm/read_openqasm.hpp"
#include "support/catch.hpp"

namespace read_openqasm3_test {

using namespace qmtl;
using test::contains;
using test::Dense;
using test::openqasm3_head;
using test::program_of;
using test::refused_body;

/// The matrix of a call on qubits q[0], q[1], ..., with its global phase: that of the call behind a control.
[[nodiscard]] Dense matrix_of(const std::string& call, int qubits, const std::string& definitions = {}) {
  std::string operands;
  for (int q = 0; q <= qubits; ++q) operands += detail::text(q == 0 ? " q[" : ",q[", q == 0 ? qubits : q - 1, "]");
  const Program p =
      program_of(definitions + "qubit[" + std::to_string(qubits + 1) + "] q; ctrl @ " + call + operands + ";");
  const Dense whole = test::unitary_of(p);
  const Eigen::Index half = Eigen::Index{1} << qubits;
  CHECK(test::max_difference(whole.topLeftCorner(half, half), Dense::Identity(half, half)) < 1e-14);
  return whole.bottomRightCorner(half, half);
}

/// U of OpenQASM 3, as its specification prints it.
[[nodiscard]] Dense specified_u(double theta, double phi, double lambda) {
  const test::Complex i(0, 1), t = std::exp(i * theta);
  return 0.5 * test::matrix2(1.0 + t, -i * std::exp(i * lambda) * (1.0 - t), i * std::exp(i * phi) * (1.0 - t),
                             std::exp(i * (phi + lambda)) * (1.0 + t));
}

[[nodiscard]] double difference(const Dense& a, const Dense& b) { return test::max_difference(a, b); }

TEST_CASE("OpenQASM 3: statements become instructions") {
  const auto read = read_openqasm3(R"(
include "stdgates.inc";
qubit[2] a;
qubit b;
bit[2] c;
bit d;
h a;
U(0.5, -π/4, 3*pi/8) b;
cx a, b;
barrier;
c = measure a;
measure a[0] -> c[1];
d = measure b;
if (c == 2) { x b; y b; }
if (d) z b; else h b;
if (c[1] == 1 && c[0] == 0) x a[0];
reset a[1];
)");
  CHECK(read.qubit_registers == std::vector<QuantumRegister>{{"a", 0, 2}, {"b", 2, 1}});
  Program p(3);
  p.add_register("c", 2);
  p.add_register("d", 1);
  p.append(gate::h(0)).append(gate::h(1)).append(gate::u(2, 0.5, -pi / 4, 3 * pi / 8)).append(gate::cx(0, 2));
  p.append(gate::cx(1, 2)).barrier({0, 1, 2}).measure(0, 0).measure(1, 1).measure(0, 1).measure(2, 2);
  p.append(gate::x(2), Condition{0, 2}).append(gate::y(2), Condition{0, 2}).append(gate::z(2), Condition{1, 1});
  p.append(gate::h(2), Condition{1, 0}).append(gate::x(0), Condition{0, 2}).reset(1);
  CHECK(to_string(read.program) == to_string(p));
}

TEST_CASE("OpenQASM 3: U behind a control has the phase of the specification") {
  CHECK(difference(matrix_of("U(0.5,0.7,1.1)", 1), specified_u(0.5, 0.7, 1.1)) < 1e-15);
  CHECK(difference(matrix_of("inv @ U(0.5,0.7,1.1)", 1), specified_u(0.5, 0.7, 1.1).adjoint()) < 1e-15);
}

TEST_CASE("OpenQASM 3: gates of the library are those of its definitions, with their phases") {
  const std::string own = R"(
gate own_p(λ) a { ctrl @ gphase(λ) a; }
gate own_x a { U(π, 0, π) a; gphase(-π/2); }
gate own_y a { U(π, π/2, π/2) a; gphase(-π/2); }
gate own_z a { own_p(π) a; }
gate own_h a { U(π/2, 0, π) a; gphase(-π/4); }
gate own_s a { pow(0.5) @ own_z a; }
gate own_sdg a { inv @ pow(0.5) @ own_z a; }
gate own_t a { pow(0.5) @ own_s a; }
gate own_tdg a { inv @ pow(0.5) @ own_s a; }
gate own_sx a { pow(0.5) @ own_x a; }
gate own_rx(θ) a { U(θ, -π/2, π/2) a; gphase(-θ/2); }
gate own_ry(θ) a { U(θ, 0, 0) a; gphase(-θ/2); }
gate own_rz(λ) a { gphase(-λ/2); U(0, 0, λ) a; }
gate own_cx a, b { ctrl @ own_x a, b; }
gate own_cy a, b { ctrl @ own_y a, b; }
gate own_cz a, b { ctrl @ own_z a, b; }
gate own_cp(λ) a, b { ctrl @ own_p(λ) a, b; }
gate own_crx(θ) a, b { ctrl @ own_rx(θ) a, b; }
gate own_cry(θ) a, b { ctrl @ own_ry(θ) a, b; }
gate own_crz(θ) a, b { ctrl @ own_rz(θ) a, b; }
gate own_ch a, b { ctrl @ own_h a, b; }
gate own_swap a, b { own_cx a, b; own_cx b, a; own_cx a, b; }
gate own_ccx a, b, c { ctrl @ ctrl @ own_x a, b, c; }
gate own_cswap a, b, c { ctrl @ own_swap a, b, c; }
gate own_cu(θ, φ, λ, γ) a, b { own_p(γ-θ/2) a; ctrl @ U(θ, φ, λ) a, b; }
gate own_phase(λ) q { U(0, 0, λ) q; }
gate own_cphase(λ) a, b { ctrl @ own_phase(λ) a, b; }
gate own_id a { U(0, 0, 0) a; }
gate own_u1(λ) q { U(0, 0, λ) q; }
gate own_u2(φ, λ) q { gphase(-(φ+λ+π/2)/2); U(π/2, φ, λ) q; }
gate own_u3(θ, φ, λ) q { gphase(-(φ+λ+θ)/2); U(θ, φ, λ) q; }
)";
  const std::map<std::string, int> calls{{"p(0.3)", 1},
                                         {"x", 1},
                                         {"y", 1},
                                         {"z", 1},
                                         {"h", 1},
                                         {"s", 1},
                                         {"sdg", 1},
                                         {"t", 1},
                                         {"tdg", 1},
                                         {"sx", 1},
                                         {"rx(4)", 1},
                                         {"ry(0.3)", 1},
                                         {"rz(0.3)", 1},
                                         {"cx", 2},
                                         {"cy", 2},
                                         {"cz", 2},
                                         {"cp(5)", 2},
                                         {"crx(0.3)", 2},
                                         {"cry(0.3)", 2},
                                         {"crz(0.3)", 2},
                                         {"ch", 2},
                                         {"swap", 2},
                                         {"ccx", 3},
                                         {"cswap", 3},
                                         {"cu(0.1,0.2,0.3,0.4)", 2},
                                         {"phase(0.3)", 1},
                                         {"cphase(0.3)", 2},
                                         {"id", 1},
                                         {"u1(0.3)", 1},
                                         {"u2(0.3,0.4)", 1},
                                         {"u3(0.1,0.2,0.3)", 1}};
  for (const auto& [call, qubits] : calls) {
    INFO(call);
    CHECK(difference(matrix_of(call, qubits), matrix_of("own_" + call, qubits, own)) < 3e-15);
  }
}

TEST_CASE("OpenQASM 3: powers of gates") {
  const auto same = [](const std::string& a, const std::string& b, int qubits, const std::string& definitions = {}) {
    INFO(a << " and " << b);
    CHECK(difference(matrix_of(a, qubits, definitions), matrix_of(b, qubits, definitions)) < 1e-14);
  };
  same("pow(2) @ sx", "x", 1);
  same("pow(3) @ t", "pow(-5) @ t", 1);
  same("pow(0) @ h", "id", 1);
  same("pow(1001) @ x", "x", 1);
  same("pow(-2) @ rx(0.3)", "rx(-0.6)", 1);
  same("pow(1/2.0) @ z", "s", 1);
  same("pow(0.5) @ x", "sx", 1);
  same("inv @ pow(0.25) @ z", "tdg", 1);
  same("pow(0.5) @ pow(2) @ t", "t", 1);
  same("pow(0.5) @ pow(4) @ sx", "id", 1);
  same("pow(2) @ pow(0.3) @ cu(1,2,3,0.4)", "pow(0.6) @ cu(1,2,3,0.4)", 2);
  same("pow(0.5) @ cx", "ctrl @ sx", 2);
  same("pow(2) @ pow(0.5) @ swap", "swap", 2);
  same("pow(3) @ pow(1/3.0) @ cswap", "cswap", 3);
  same("pow(0.5) @ rz(0.6)", "rz(0.3)", 1);
  same("pow(0.5) @ crx(0.6)", "crx(0.3)", 2);
  same("pow(0.5) @ p(2*pi + 0.2)", "p(0.1)", 1);
  same("pow(2) @ pow(0.5) @ U(0.1,0.2,0.3)", "U(0.1,0.2,0.3)", 1);
  const std::string g = "gate g(a) q { h q; rz(a) q; gphase(0.3); } gate f a, b { h a; cx a, b; U(1,2,3) b; }\n";
  same("pow(3) @ pow(1/3.0) @ g(0.4)", "g(0.4)", 1, g);
  same("inv @ inv @ f", "f", 2, g);
  same("pow(-1) @ f", "inv @ f", 2, g);
  const Dense f = matrix_of("f", 2, g);
  CHECK(difference(matrix_of("pow(3) @ f", 2, g), f * f * f) < 1e-14);
  CHECK(difference(matrix_of("inv @ f", 2, g), f.adjoint()) < 1e-14);
  CHECK(contains(refused_body(g + "qubit[2] q; pow(0.5) @ f q[0], q[1];"), "powers of 'f' that are no integers"));
}

TEST_CASE("OpenQASM 3: controls act on whole definitions, on one or on zero") {
  const std::string g = "gate g a, b { gphase(0.7); U(0.1,0.2,0.3) a; cx a, b; }\n";
  const Dense once = matrix_of("g", 2, g);
  const Dense twice = matrix_of("ctrl @ g", 3, g);  // the control is qubit 0
  for (const Eigen::Index control : {0, 1}) {
    Dense part(4, 4);
    for (Eigen::Index r = 0; r < 4; ++r) {
      for (Eigen::Index c = 0; c < 4; ++c) part(r, c) = twice(2 * r + control, 2 * c + control);
    }
    CHECK(difference(part, control == 1 ? once : Dense::Identity(4, 4)) < 1e-14);
  }
  const auto same = [&](const std::string& a, const std::string& b, int qubits) {
    INFO(a << " and " << b);
    CHECK(difference(matrix_of(a, qubits, g), matrix_of(b, qubits, g)) < 1e-14);
  };
  same("ctrl(3) @ x", "ctrl @ ctrl @ ctrl @ x", 4);
  same("ctrl @ inv @ g", "inv @ ctrl @ g", 3);
  same("negctrl @ negctrl @ g", "negctrl(2) @ g", 4);
  Program negative(3);
  negative.append(gate::x(0)).append(gate::toffoli(0, 1, 2)).append(gate::x(0));
  CHECK(to_string(program_of("qubit[3] q; negctrl @ ctrl @ x q[0], q[1], q[2];")) == to_string(negative));
  Program mcx(4);
  mcx.append(gate::mcx({0, 1, 2}, 3));
  CHECK(to_string(program_of("qubit[4] q; ctrl(3) @ x q[0], q[1], q[2], q[3];")) == to_string(mcx));
  Program broadcast(3);
  broadcast.append(gate::cx(0, 1)).append(gate::cx(0, 2));
  CHECK(to_string(program_of("qubit a; qubit[2] q; ctrl @ x a, q;")) == to_string(broadcast));
  Program phase(2);
  phase.append(gate::p(0, 0.5)).append(gate::cp(0, 1, 0.25));
  CHECK(to_string(program_of("qubit[2] q; gphase(1); ctrl @ gphase(0.5) q[0]; ctrl(2) @ gphase(0.25) q[0], q[1];")) ==
        to_string(phase));
}

TEST_CASE("OpenQASM 3: what is known before the program runs is calculated") {
  const auto angle = [](std::string_view expression, std::string_view before = "") {
    const Program p = program_of(std::string(before) + "qubit q; rz(" + std::string(expression) + ") q;");
    return std::get<Operation>(p.instructions()[0].action).angles[0].offset;
  };
  CHECK(angle("2**3**2") == 512.0);
  CHECK(angle("-2**2") == -4.0);
  CHECK(angle("7 % 4 + (1 << 3) + (6 & 3) + (6 | 1) + (6 ^ 3)") == 3 + 8 + 2 + 7 + 5);
  CHECK(angle("n / 2", "const int[32] n = 10;") == 5.0);
  CHECK(angle("n / 4.0", "const int[32] n = 10;") == 2.5);
  CHECK(angle("float(3) / 4") == 0.75);
  CHECK(angle("int(3.7) + uint[8](true)") == 4.0);
  CHECK(angle("τ - 2*π") == 0.0);
  CHECK(angle("arccos(-1) - pi") == 0.0);
  CHECK(angle("0x1F + 0b101 + 0o17 + 1_000") == 31 + 5 + 15 + 1000);
  CHECK(angle("mod(7, 4) + pow(2, 3) + floor(1.5) + ceiling(1.5)") == 3 + 8 + 1 + 2);
  CHECK(angle("a[0] + 10*a[1] + 100*a[2]", "uint[4] a = 6;") == 110.0);
  CHECK(angle("v", "int v = 3; v += 4; v *= 2; v <<= 1;") == 28.0);
  CHECK(contains(refused_body("qubit q; rz(3/5) q;"),
                 "integers that do not divide are ambiguous in OpenQASM 3: write 3.0/5"));
  CHECK(contains(refused_body("uint[4] a = 16;"), "expected a value that the type can hold, got 16"));
  CHECK(contains(refused_body("const int a = 1; a = 2;"), "expected a variable, got the constant 'a'"));
}

TEST_CASE("OpenQASM 3: angles are modulo 2 pi, integers have the size and the sign of their types") {
  const auto angle = [](std::string_view expression, std::string_view before = "") {
    const Program p = program_of(std::string(before) + "qubit q; rz(" + std::string(expression) + ") q;");
    return std::get<Operation>(p.instructions()[0].action).angles[0].offset;
  };
  CHECK(angle("a", "angle a = 7 * pi;") == Approx(pi));
  CHECK(angle("a", "angle a = -pi / 2;") == Approx(3 * pi / 2));
  CHECK(angle("a", "angle a = 1.5;") == 1.5);
  CHECK(angle("a", "angle a = 1.5 * pi; a += pi;") == Approx(pi / 2));
  CHECK(angle("angle(2 * pi)") == 0.0);
  CHECK(angle("angle(-1e-30)") == 0.0);
  CHECK(angle("a", "angle[4] a = 0.5;") == Approx(pi / 8));  // of multiples of pi/8 the nearest
  CHECK(angle("a", "angle[2] a = 6.2;") == 0.0);
  CHECK(angle("a", "float a = 7 * pi;") == Approx(7 * pi));
  CHECK(angle("~a", "uint[4] a = 5;") == 10.0);
  CHECK(angle("~(a | 2)", "uint[4] a = 5;") == 8.0);
  CHECK(angle("~a", "int[4] a = 5;") == -6.0);
  CHECK(angle("~uint[3](0)") == 7.0);
  CHECK(angle("~uint[63](0) - ~uint[62](0)") == 0x1p62);
  CHECK(angle("int[4](9)") == -7.0);
  CHECK(angle("int[4](-9)") == 7.0);
  CHECK(angle("uint[4](-1)") == 15.0);
  CHECK(angle("uint[8](0x1234)") == 0x34);
  CHECK(angle("int[64](-3)") == -3.0);
  CHECK(contains(refused_body("qubit q; rz(uint(-1)) q;"), "got a negative one as uint"));
  CHECK(contains(refused_body("qubit q; rz(int[4](8.0)) q;"), "expected a value that the type can hold, got 8"));
  CHECK(contains(refused_body("uint a = 3; qubit q; rz(~a) q;"), "the inverse of a uint"));
  CHECK(contains(refused_body("for uint[2] i in [0:4] { }"), "expected a value that the type can hold, got 4"));
}

TEST_CASE("OpenQASM 3: measured bits are a number of the type that they are cast to") {
  const std::string bits = "qubit q; bit[3] b;\n";
  const auto condition = [&bits](std::string_view text) {
    const Program p = program_of(bits + "if (" + std::string(text) + ") x q;");
    return p.instructions()[0].condition;
  };
  CHECK(condition("int[3](b) == -1") == Condition{0, 7});
  CHECK(condition("int[3](b) == -4") == Condition{0, 4});
  CHECK(condition("int[3](b) == 3") == Condition{0, 3});
  CHECK(condition("uint[3](b) == 7") == Condition{0, 7});
  CHECK(condition("int[2](b[1:2]) == -2") == Condition{0, 4, 6});
  CHECK(condition("int[1](b[1])") == Condition{0, 2, 2});
  CHECK(condition("int[1](b[1]) == -1") == Condition{0, 2, 2});
  CHECK(contains(refused_body(bits + "if (int[3](b) == 4) x q;"), "these bits can never have the value 4"));
  CHECK(contains(refused_body(bits + "if (uint[3](b) == -1) x q;"), "these bits can never have the value -1"));
  CHECK(contains(refused_body(bits + "if (uint[2](b) == 1) x q;"), "a type of as many bits, 3, got one of 2"));
}

TEST_CASE("OpenQASM 3: loops and branches are unrolled") {
  const Program p = program_of(R"(
const uint n = 4;
qubit[n] q;
gate g a, b { for uint i in [1:3] { rz(i * pi) a; if (i == 2) cx a, b; else h b; } }
for uint i in [0:n-2] cx q[i], q[i+1];
for int i in [3:-2:0] { if (i == 1) { x q[i]; } else y q[i]; }
for float f in {0.5, 1.5} { ry(f) q[0]; }
for uint i in [1:0] z q[0];
g q[0], q[1];
)");
  Program expected(4);
  for (int i = 0; i < 3; ++i) expected.append(gate::cx(i, i + 1));
  expected.append(gate::y(3)).append(gate::x(1)).append(gate::ry(0, 0.5)).append(gate::ry(0, 1.5));
  expected.append(gate::rz(0, pi)).append(gate::h(1)).append(gate::rz(0, 2 * pi)).append(gate::cx(0, 1));
  expected.append(gate::rz(0, 3 * pi)).append(gate::h(1));
  CHECK(to_string(p) == to_string(expected));
}

TEST_CASE("OpenQASM 3: blocks have names of their own") {
  const Program p = program_of(
      "qubit q; const int n = 1; { const int n = 2; { const int n = 3; rx(n) q; } rx(n) q; const int m = 5; rx(m) q; }"
      "{ const int m = 6; rx(m) q; } rx(n) q; for int n in {7, 8} rx(n) q;");
  std::vector<double> angles;
  for (const auto& step : p.instructions()) angles.push_back(std::get<Operation>(step.action).angles[0].offset);
  CHECK(angles == std::vector<double>{3, 2, 5, 6, 1, 7, 8});
  CHECK(contains(refused_body("const int n = 1; { const int n = 2; const int n = 3; }"), "expected a new name"));
  CHECK(contains(refused_body("{ const int n = 2; { } const int n = 3; }"), "expected a new name"));
  std::string many;  // in no time that grows with their square
  for (int k = 0; k < 100000; ++k) many += detail::text("const int a", k, "=0;");
  CHECK(program_of("qubit q;" + many + '{' + many + '}') == Program(1));
}

TEST_CASE("OpenQASM 3: slices, sets and aliases of registers") {
  const Program p = program_of(R"(
qubit[4] q; qubit[2] r; bit[4] c;
let a = q[1:2] ++ r[1];
let one = q[3];
h q[0:2:3];
x q[-1];
y q[{3, 0}];
z a;
s one;
cx q[{0, 1}], r;
c[0:1] = measure q[2:3];
measure q[{1, 0}] -> c[{2, 3}];
)");
  Program expected(6);
  expected.add_register("c", 4);
  expected.append(gate::h(0)).append(gate::h(2)).append(gate::x(3)).append(gate::y(3)).append(gate::y(0));
  expected.append(gate::z(1)).append(gate::z(2)).append(gate::z(5)).append(gate::s(3)).append(gate::cx(0, 4));
  expected.append(gate::cx(1, 5)).measure(2, 0).measure(3, 1).measure(1, 2).measure(0, 3);
  CHECK(to_string(p) == to_string(expected));
}

TEST_CASE("OpenQASM 3: inputs are parameters") {
  const auto read = read_openqasm3(std::string(openqasm3_head) + R"(
input float[64] theta; input angle x2; input float w5; input float other; input float alpha;
qubit q;
rx(theta) q; ry(2*x2 - 1) q; rz(-w5/2) q; p(other) q; ry(theta*x2) q;
gate g(a) r { ry(a/2) r; }
g(alpha) q;
)",
                                   {.features = {"alpha"}});
  Program p(1);
  p.append(gate::rx(0, weight(0))).append(gate::ry(0, 2 * feature(2) - 1)).append(gate::rz(0, -weight(5) / 2));
  p.append(gate::p(0, weight(6))).append(gate::ry(0, weight(0) * feature(2))).append(gate::ry(0, feature(0) / 2));
  p.name_weight(0, "theta").name_weight(6, "other").name_feature(0, "alpha");
  CHECK(read.program.instructions().size() == 6);
  const std::vector<double> x{0.1, 0.2, 0.3}, w{1, 2, 3, 4, 5, 6, 7};
  CHECK(difference(test::unitary_of(read.program, x, w), test::unitary_of(p, x, w)) < 1e-15);
  CHECK(read.program.names().weights == p.names().weights);
  CHECK(contains(refused_body("input float a; qubit q; rx(sin(a)) q;"), ":3:25: an angle can be a sum or a product"));
  CHECK(contains(refused_body("input float a; qubit q; pow(0.5) @ rx(a) q;"), "expected a constant"));
}

TEST_CASE("OpenQASM 3: physical qubits") {
  Program p(4);
  p.append(gate::h(3)).append(gate::cx(3, 0));
  const auto read = read_openqasm3(std::string(openqasm3_head) + "h $3; cx $3, $0;");
  CHECK(to_string(read.program) == to_string(p));
  CHECK(read.qubit_registers.empty());
  CHECK(contains(refused_body("qubit q; h $0;"), "physical qubits beside registers"));
}

}  // namespace read_openqasm3_test
