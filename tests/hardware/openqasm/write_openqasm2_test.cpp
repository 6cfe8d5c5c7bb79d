// SPDX-License-Identifier: Apache-2.0

#include <string>

#include "hardware/openqasm/openqasm_support.hpp"
#include "qmtl/circuit/program_text.hpp"
#include "qmtl/hardware/openqasm/read_openqasm.hpp"
#include "qmtl/hardware/openqasm/write_openqasm.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace write_openqasm2_test {

using namespace qmtl;
using test::contains;
using test::message_of;

/// One operation of a gate with angles that are no multiples of anything.
[[nodiscard]] Operation example_of(Gate g) {
  Operation op{g, {2, 0, 3, 1}, {}};
  for (std::size_t a = 0; a < op.used_angles().size(); ++a) op.angles[a] = 0.3 + 0.7 * static_cast<double>(a);
  return op;
}

TEST_CASE("write_openqasm2: a text as others read it") {
  Program p(3);
  p.add_register("c", 2);
  p.append(gate::h(0)).append(gate::sx(1)).append(gate::u(2, 0.1, -0.2, 1.0 / 3)).append(gate::cp(0, 2, pi / 4));
  p.append(gate::rzz(0, 1, 0.5)).barrier({0, 2}).measure(1, 0).append(gate::x(2), Condition{0, 3});
  p.append(gate::z(2), Condition{0, 2, 2}).reset(0);
  CHECK(write_openqasm2(p) == R"(OPENQASM 2.0;
include "qelib1.inc";
gate sx a { h a; s a; h a; }
gate rzz(theta) a,b { cx a,b; rz(theta) b; cx a,b; }
qreg q[3];
creg c[2];
h q[0];
sx q[1];
u3(0.1,-0.2,0.3333333333333333) q[2];
cu1(0.7853981633974483) q[0],q[2];
rzz(0.5) q[0],q[1];
barrier q[0],q[2];
measure q[1] -> c[0];
if(c==3) x q[2];
if(c==2) z q[2];
if(c==3) z q[2];
reset q[0];
)");
  const std::string extended =
      write_openqasm2(p, {.qubit_registers = {{"a", 0, 1}, {"gate", 1, 2}}, .extended_qelib1 = true});
  CHECK(!contains(extended, "{"));
  CHECK(contains(extended, "qreg a[1];\nqreg gate_[2];\ncreg c[2];\nh a[0];\nsx gate_[0];\nu(0.1,"));
}

TEST_CASE("write_openqasm2: each gate of the table comes back") {
  for (const Gate g : test::all_gates()) {
    const Program p = std::move(Program(4).append(example_of(g)));
    for (const bool extended : {false, true}) {
      const std::string text = write_openqasm2(p, {.extended_qelib1 = extended});
      INFO(text);
      CHECK(to_string(read_openqasm2(text).program) == to_string(p));
    }
  }
}

TEST_CASE("write_openqasm2: definitions are the gates that they define") {
  for (const Gate g : test::all_gates()) {
    const Program p = std::move(Program(4).append(example_of(g)));
    std::string text = write_openqasm2(p);
    const std::size_t at = text.find("gate ");
    if (at == std::string::npos) continue;
    text.insert(text.find('{') + 1, " ");  // as somebody else would write it, so that it is expanded
    INFO(text);
    const Program read = read_openqasm2(text).program;
    CHECK(read.instructions().size() > 1);
    CHECK(test::phase_free_difference(read, p) < 1e-14);
  }
}

TEST_CASE("write_openqasm2: random programs come back") {
  Rng rng(Seed{11});
  for (int trial = 0; trial < 30; ++trial) {
    Program p(5);
    p.add_register("a", 3);
    p.add_register("b", 1);
    for (int k = 0; k < 40; ++k) {
      switch (test::pick(rng, 6)) {
        case 0: p.measure(test::pick(rng, 5), test::pick(rng, 4)); break;
        case 1: p.reset(test::pick(rng, 5)); break;
        case 2: p.barrier(test::random_order(rng, 5)); break;
        default: {
          const Operation op = test::random_operation(rng, test::random_gate(rng, 5), 5, {0, 0});
          test::pick(rng, 3) == 0 ? p.append(op, Condition{0, static_cast<std::uint64_t>(test::pick(rng, 8))})
                                  : p.append(op);
        }
      }
    }
    const std::string text = write_openqasm2(p);
    CHECK(to_string(read_openqasm2(text).program) == to_string(p));
    CHECK(write_openqasm2(read_openqasm2(text)) == text);
  }
}

TEST_CASE("write_openqasm2: names that the language does not have are changed") {
  Program p(2);
  p.add_register("C", 1);
  p.add_register("x", 1);
  p.add_register("q", 1);
  const std::string text = write_openqasm2(p.measure(0, 0).measure(0, 1).measure(0, 2));
  CHECK(contains(text, "qreg q[2];\ncreg r_C[1];\ncreg x_[1];\ncreg q_[1];\n"));
  CHECK(read_openqasm2(text).program.bits() == 3);
}

TEST_CASE("write_openqasm2: what the language cannot say is refused") {
  const auto refused = [](const Program& p) { return message_of<CircuitError>([&] { (void)write_openqasm2(p); }); };
  CHECK(contains(refused(std::move(Program(1).append(gate::rx(0, weight(0))))),
                 "qmtl: write_openqasm2: OpenQASM 2 has no inputs"));
  Program noisy(1);
  noisy.add_register("c", 1);
  noisy.measure(0, 0, {0.1, 0.1});
  CHECK(contains(refused(noisy), "no readout errors"));
  const test::Dense identity = test::Dense::Identity(4, 4);
  Program matrix(2);
  matrix.unitary(identity, {0, 1});
  CHECK(contains(refused(matrix), "no matrices on several qubits"));
  Program channel(1);
  const test::Dense one = test::Dense::Identity(2, 2);
  channel.channel(std::vector<Program::Matrix>{one * std::sqrt(0.5), one * std::sqrt(0.5)}, {0});
  CHECK(contains(refused(channel), "no channels"));
  CHECK(contains(message_of<CircuitError>([] {
                   (void)write_openqasm2(Program(2), {.qubit_registers = {{"q", 0, 1}}});
                 }),
                 "registers of qubits must cover the program's 2 qubits"));
}

TEST_CASE("write_openqasm2: further controls are written as smaller gates, each under the condition") {
  Rng rng(Seed{4});
  for (int trial = 0; trial < 10; ++trial) {
    Program p(5);
    p.append(test::random_controlled(rng, 5, {0, 0}));
    CHECK(test::phase_free_difference(read_openqasm2(write_openqasm2(p)).program, p) < 1e-13);
  }
  Program p(4);
  p.add_register("c", 1);
  p.append(gate::mcx({0, 1, 2}, 3), Condition{0, 1});
  const Program read = read_openqasm2(write_openqasm2(p)).program;
  CHECK(read.instructions().size() > 1);
  for (const auto& step : read.instructions()) CHECK(step.condition == Condition{0, 1});
}

TEST_CASE("write_openqasm2: a matrix on one qubit is a U") {
  Rng rng(Seed{3});
  for (int trial = 0; trial < 20; ++trial) {
    Program p(2);
    p.unitary(test::random_unitary(rng, 1), {1});
    CHECK(test::phase_free_difference(read_openqasm2(write_openqasm2(p)).program, p) < 1e-14);
  }
}

TEST_CASE("write_openqasm2: gates keep the names of the text where the reader has them") {
  const std::string text = R"(OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
u2(0.1,-0.2) q[0];
u3(1.5707963267948966,0.1,-0.2) q[0];
u(0.3,0.1,-0.2) q[0];
U(0.3,0.1,-0.2) q[0];
u1(0.3) q[1];
p(0.3) q[1];
cu3(0.1,0.2,0.3) q[0],q[1];
cu(0.1,0.2,0.3,0) q[0],q[1];
cu1(0.3) q[0],q[1];
cp(0.3) q[0],q[1];
CX q[0],q[1];
cx q[0],q[1];
rz(-0.7854) q[0];
)";
  const auto read = read_openqasm2(text, {.keep_gate_names = true});
  CHECK(write_openqasm2(read, {.extended_qelib1 = true}) == text);
  const std::string published = write_openqasm2(read);  // which has u2 and cu3, and no p, u and cp
  CHECK(contains(published, "u2(0.1,-0.2)"));
  CHECK(contains(published, "cu3(0.1,0.2,0.3)"));
  CHECK(!contains(published, "\np("));
  CHECK(read_openqasm2(published).program == read.program);
  CHECK(read_openqasm2(text).gate_names.empty());
  CHECK_THROWS_AS(write_openqasm2(read.program, {.gate_names = {"u2"}}), ShapeError);
}

TEST_CASE("write_openqasm: a condition on all of 64 bits comes back") {
  Program p(1);
  p.add_register("c", 64);
  p.append(gate::x(0), Condition{0, ~std::uint64_t{0}});
  CHECK(read_openqasm2(write_openqasm2(p)).program == p);
  CHECK(!contains(write_openqasm3(p), "18446744073709551615"));
}

TEST_CASE("openqasm3_register_names: registers as the text calls them") {
  Program p(1);
  for (const auto* name : {"c", "q", "x", "s", "in"}) p.add_register(name, 1);
  for (const auto& name : openqasm3_register_names(p)) CHECK(contains(write_openqasm3(p), "bit[1] " + name + ";\n"));
  CHECK(openqasm3_register_names(p) == std::vector<std::string>{"c", "q_", "x_", "s_", "in_"});
}

}  // namespace write_openqasm2_test
