// SPDX-License-Identifier: Apache-2.0

#include <string>

#include "hardware/openqasm/openqasm_support.hpp"
#include "qmtl/circuit/program_text.hpp"
#include "qmtl/hardware/openqasm/read_openqasm.hpp"
#include "qmtl/hardware/openqasm/write_openqasm.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace write_openqasm3_test {

using namespace qmtl;
using test::contains;

/// The program's gates as a gate of its own behind a control: all of the text between registers and its end.
[[nodiscard]] Program behind_control(const Program& p) {
  const std::string text = write_openqasm3(p);
  const std::size_t declared = text.find("qubit[");
  std::string body = text.substr(text.find('\n', declared));
  for (std::size_t at = 0; (at = body.find("q[", at)) != std::string::npos;) {
    body.erase(at + 1, 1);
    body.erase(body.find(']', at), 1);
  }
  std::string whole = text.substr(0, declared) + "gate whole ";
  std::string operands;
  for (int q = 0; q < p.qubits(); ++q) {
    whole += detail::text(q == 0 ? "" : ",", 'q', q);
    operands += detail::text(",q[", q, ']');
  }
  whole += " {" + body + "}\n" + detail::text("qubit[", p.qubits() + 1, "] q;\nctrl @ whole q[", p.qubits(), ']') +
           operands + ";\n";
  INFO(whole);
  return read_openqasm3(whole).program;
}

/// How much a program that was written differs from itself behind a control, where global phases can be seen, if those
/// of U are put right: OpenQASM's is exp(i theta / 2) times the library's.
[[nodiscard]] double controlled_difference(const Program& p) {
  const test::Dense whole = test::unitary_of(behind_control(p));
  const Eigen::Index half = Eigen::Index{1} << p.qubits();
  double phase = 0.0;
  for (const auto& step : p.instructions()) {
    const auto* op = std::get_if<Operation>(&step.action);
    if (op != nullptr && op->gate == Gate::U) phase += op->angles[0].offset / 2;
  }
  const test::Dense expected = test::unitary_of(p) * std::polar(1.0, phase);
  return std::max(test::max_difference(whole.bottomRightCorner(half, half), expected),
                  test::max_difference(whole.topLeftCorner(half, half), test::Dense::Identity(half, half)));
}

TEST_CASE("write_openqasm3: a text as others read it") {
  Program p(4);
  p.add_register("c", 2);
  p.name_weight(1, "theta");
  p.append(gate::h(0)).append(gate::rx(1, 0.5 * weight(1) + 1)).append(gate::ry(2, feature(0) * feature(3)));
  p.append(gate::u(2, 0.1, -0.2, 1.0 / 3)).append(gate::rzz(0, 1, weight(0))).barrier({0, 2}).measure(1, 0);
  p.append(gate::x(2), Condition{0, 3}).append(gate::z(2), Condition{0, 2, 2}).reset(0).append(gate::mcx({0, 1, 2}, 3));
  p.append(ControlledOperation{{0, 1}, gate::u(2, 1, 2, 3)});
  CHECK(write_openqasm3(p) == R"(OPENQASM 3.0;
include "stdgates.inc";
gate rzz(theta) a,b { cx a,b; rz(theta) b; cx a,b; }
input float[64] x0;
input float[64] x3;
input float[64] w0;
input float[64] theta;
qubit[4] q;
bit[2] c;
h q[0];
rx(0.5*theta+1) q[1];
ry((x0)*(x3)) q[2];
U(0.1,-0.2,0.3333333333333333) q[2];
rzz(w0) q[0],q[1];
barrier q[0],q[2];
c[0] = measure q[1];
if (c == 3) { x q[2]; }
if (c[1] == 1) { z q[2]; }
reset q[0];
ctrl(3) @ x q[0],q[1],q[2],q[3];
ctrl @ cu(1,2,3,0) q[0],q[1],q[2];
)");
  CHECK(to_string(read_openqasm3(write_openqasm3(p)).program).size() > 100);
}

TEST_CASE("write_openqasm3: each gate of the table comes back, and is itself behind a control") {
  for (const Gate g : test::all_gates()) {
    Operation op{g, {2, 0, 3, 1}, {}};
    for (std::size_t a = 0; a < op.used_angles().size(); ++a) op.angles[a] = 0.3 + 0.7 * static_cast<double>(a);
    const Program p = std::move(Program(4).append(op));
    const std::string text = write_openqasm3(p);
    INFO(text);
    CHECK(to_string(read_openqasm3(text).program) == to_string(p));
    CHECK(controlled_difference(p) < 3e-15);
    std::string own = text;
    const std::size_t at = own.find("gate ");
    if (at == std::string::npos) continue;
    own.insert(own.find('{') + 1, " ");  // as somebody else would write it, so that it is expanded
    const Program expanded = read_openqasm3(own).program;
    CHECK(expanded.instructions().size() > 1);
    CHECK(test::max_difference(test::unitary_of(expanded), test::unitary_of(p)) < 3e-15);
  }
}

TEST_CASE("write_openqasm3: random programs come back") {
  Rng rng(Seed{12});
  for (int trial = 0; trial < 20; ++trial) {
    Program p(4);
    p.add_register("a", 3);
    p.add_register("b", 1);
    for (int k = 0; k < 30; ++k) {
      switch (test::pick(rng, 7)) {
        case 0: p.measure(test::pick(rng, 4), test::pick(rng, 4)); break;
        case 1: p.reset(test::pick(rng, 4)); break;
        case 2: p.barrier(test::random_order(rng, 4)); break;
        case 3: p.append(gate::x(1), Condition{0, 4, 6}); break;
        default: {
          const Operation op = test::random_operation(rng, test::random_gate(rng, 4), 4, {0, 0});
          test::pick(rng, 3) == 0 ? p.append(op, Condition{0, static_cast<std::uint64_t>(test::pick(rng, 8))})
                                  : p.append(op);
        }
      }
    }
    const std::string text = write_openqasm3(p);
    CHECK(to_string(read_openqasm3(text).program) == to_string(p));
    CHECK(write_openqasm3(read_openqasm3(text)) == text);
  }
}

TEST_CASE("write_openqasm3: controlled gates and parameters come back with the same matrices") {
  Rng rng(Seed{13});
  const std::vector<double> x{0.3, -0.7, 1.1}, w{0.2, 0.5, -0.4, 2.0};
  for (int trial = 0; trial < 20; ++trial) {
    Program constant(4), symbolic(4);
    for (int j = 0; j < 4; ++j) symbolic.append(gate::rz(0, weight(j)));  // so that all are declared, in order
    for (int k = 0; k < 6; ++k) {
      constant.append(test::random_controlled(rng, 4, {0, 0}));
      symbolic.append(test::random_controlled(rng, 4));
      symbolic.append(test::random_operation(rng, test::random_gate(rng, 4), 4));
    }
    CHECK(controlled_difference(constant) < 1e-13);
    const Program read = read_openqasm3(write_openqasm3(symbolic)).program;
    CHECK(test::max_difference(test::unitary_of(read, x, w), test::unitary_of(symbolic, x, w)) < 1e-13);
  }
}

}  // namespace write_openqasm3_test
