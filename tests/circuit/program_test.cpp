// SPDX-License-Identifier: Apache-2.0
// Programs: what is put in is there, in order and as text, and what does not fit is refused and changes nothing.

#include "qmtl/circuit/program.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "qmtl/circuit/dynamic_circuit.hpp"
#include "qmtl/circuit/program_text.hpp"
#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/throws.hpp"

namespace program_test {

using namespace qmtl;

constexpr auto bell = make_circuit<2>(gate::h(0), gate::cx(0, 1));

/// The Kraus operators of amplitude damping (Nielsen and Chuang, eq. 8.108).
std::vector<Program::Matrix> damping(double gamma) {
  return {test::matrix2(1, 0, 0, std::sqrt(1 - gamma)), test::matrix2(0, std::sqrt(gamma), 0, 0)};
}

Program example() {
  Program p(4);
  p.append(bell);
  const int c = p.add_register("c", 2);
  p.add_register("flag", 1);
  p.unitary(test::swap_matrix(1), {2, 0});
  p.channel(damping(0.25), {1});
  p.measure(0, 0).measure(1, 2).barrier({0, 1, 3}).reset(0);
  p.append(gate::rx(1, 0.5 * weight(0)), Condition{c, 2});
  p.append(ControlledOperation{{0, 1, 2}, gate::x(3)}, Condition{1, 1});
  return p;
}

TEST_CASE("the text of a program") {
  CHECK(to_string(example()) ==
        "qubits 4\n"
        "bits c[2]\n"
        "bits flag[1]\n"
        "matrix m0 = [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]]\n"
        "matrix m1 = [[1, 0], [0, 0.8660254037844386]]\n"
        "matrix m2 = [[0, 0.5], [0, 0]]\n"
        "h q0\n"
        "cx q0, q1\n"
        "unitary m0 q2, q0\n"
        "channel m1..m2 q1\n"
        "measure q0 -> c[0]\n"
        "measure q1 -> flag[0]\n"
        "barrier q0, q1, q3\n"
        "reset q0\n"
        "if c == 2: rx(0.5*w0) q1\n"
        "if flag == 1: controlled q0, q1, q2: x q3\n");
}

TEST_CASE("a program holds its instructions, registers and matrices") {
  const Program p = example();
  CHECK(p == example());
  CHECK(p.bits() == 3);
  CHECK(p.registers()[1] == ClassicalRegister{"flag", 2, 1});
  CHECK(p.instructions().size() == 10);
  CHECK(std::get<Operation>(p.instructions()[1].action) == gate::cx(0, 1));
  const auto& channel = std::get<Channel>(p.instructions()[3].action);
  REQUIRE(channel.count == 2);
  CHECK(p.matrices()[static_cast<std::size_t>(channel.first)](1, 1).real() == std::sqrt(0.75));
  CHECK(p.instructions()[8].condition == Condition{0, 2});
  CHECK(Program(bell) == Program(2).append(gate::h(0)).append(gate::cx(0, 1)));
  CHECK_FALSE(Program(bell) == Program(2).append(gate::h(0)).append(gate::cx(1, 0)));
}

TEST_CASE("what does not fit into a program is refused and leaves it as it was") {
  Program p = example();
  const auto refused = [&p](auto error, auto&& call, const char* part) {
    CHECK(test::message_of<decltype(error)>([&] { call(p); }).find(part) != std::string::npos);
    CHECK(p == example());
  };
  const CircuitError circuit("");
  const ShapeError shape("");
  const ValueError value("");
  refused(
      circuit, [](Program& q) { q.append(gate::h(4)); }, "got 4");
  refused(
      circuit, [](Program& q) { q.append(make_circuit<5>(gate::h(0), gate::h(4))); }, "at most 4 qubits, got 5");
  refused(
      circuit,
      [](Program& q) {
        q.append(ControlledOperation{{0, 3}, gate::cx(1, 3)});
      },
      "qubit 3 at position 1");
  refused(
      circuit, [](Program& q) { q.measure(0, 3); }, "bit must be below 3, got 3");
  refused(
      circuit, [](Program& q) { q.reset(-1); }, "got qubit -1");
  refused(
      circuit, [](Program& q) { q.barrier({}); }, "at least one qubit");
  refused(
      circuit,
      [](Program& q) {
        q.append(gate::x(0), Condition{2, 0});
      },
      "register must be below 2, got 2");
  refused(
      circuit,
      [](Program& q) {
        q.append(gate::x(0), Condition{0, 4});
      },
      "'c' of 2 bits can never have the value 4");
  refused(
      circuit,
      [](Program& q) {
        q.append(gate::x(0), Condition{0, 3, 1});
      },
      "value must be of bits of its mask 1, got 3");
  refused(
      circuit, [](Program& q) { q.add_qubits(-1); }, "0 or more, got -1");
  refused(
      circuit, [](Program& q) { q.add_qubits(4095); }, "1 to 4096 qubits");
  refused(
      circuit, [](Program& q) { q.add_register("c", 1); }, "'c' twice");
  refused(
      circuit, [](Program& q) { q.add_register("d", 65); }, "of 65");
  refused(
      shape, [](Program& q) { q.unitary(test::swap_matrix(1), {0}); }, "must have 2 rows and columns, got 4 and 4");
  refused(
      value,
      [](Program& q) {
        q.unitary(2.0 * test::swap_matrix(1), {0, 1});
      },
      "got an error of 3");
  refused(
      value, [](Program& q) { q.channel({}, {0}); }, "got an error of 1");
  refused(
      value, [](Program& q) { q.unitary(test::matrix2(NAN, 0, 0, 1), {0}); }, "must preserve the trace");
  refused(
      value, [](Program& q) { q.unitary(test::matrix2(1, 0, 0, NAN), {0}); }, "must preserve the trace");
  CHECK_THROWS_AS(Program(0), CircuitError);
}

TEST_CASE("a program's own matrices may be added to it again") {
  Program program(2);
  program.unitary(test::matrix2(0, 1, 1, 0), {0});
  for (int i = 0; i < 8; ++i) program.channel(program.matrices().first(1), {1});
  for (const auto& matrix : program.matrices()) CHECK(matrix == test::matrix2(0, 1, 1, 0));
  CHECK(program.matrices().size() == 9);
}

TEST_CASE("any instruction can be appended, with the same checks") {
  const Program p = example();
  Program copy(4);
  copy.add_register("c", 2);
  copy.add_register("flag", 1);
  copy.add_matrices(std::vector<Program::Matrix>{test::swap_matrix(1)});
  copy.add_matrices(damping(0.25));
  for (const auto& step : p.instructions()) copy.append(step);
  CHECK(copy == p);
  CHECK(to_string(copy) == to_string(p));
  copy.append(Instruction{Measurement{2, 1}, Condition{1, 1}}).append(Instruction{Reset{3}, Condition{0, 3}});
  CHECK(copy.instructions().back().condition == Condition{0, 3});
  for (const auto& wrong :
       {Instruction{Measurement{4, 0}, {}}, Instruction{Measurement{0, 3}, {}}, Instruction{Reset{0}, Condition{2, 0}},
        Instruction{Channel{{0}, 1, 1}, {}}, Instruction{Channel{{0}, 0, 1}, {}}, Instruction{Channel{{0}, 2, 1}, {}},
        Instruction{MatrixOperation{{0, 1}, 1}, {}}, Instruction{MatrixOperation{{0, 1}, 3}, {}},
        Instruction{MatrixOperation{{0}, 0}, {}}, Instruction{Barrier{{1, 1}}, {}}}) {
    Program q = p;
    CHECK_THROWS_AS(q.append(wrong), Error);
    CHECK(q == p);
  }
}

TEST_CASE("a measurement may misread, wherever it goes, at rates that are probabilities") {
  Program p(2);
  p.add_register("c", 2);
  p.measure(0, 1, {0.25, 0.5}).measure(1, "c", 0, {0.0, 0.125});
  const std::string reads =
      "measure q0 -> c[1], P(1|0) = 0.25, P(0|1) = 0.5\n"
      "measure q1 -> c[0], P(1|0) = 0, P(0|1) = 0.125\n";
  CHECK(to_string(p).ends_with(reads));
  CHECK(on(on(p, 2, std::array{1, 0}), 2, std::array{1, 0}) == p);
  Program ideal(2);
  ideal.add_register("c", 2);
  CHECK(ideal.measure(0, 1).measure(1, "c", 0) != p);
  CHECK(test::message_of<ValueError>([&] {
          p.measure(0, 0, {0.0, 1.5});
        }) == "qmtl: Program: a measurement: a readout error, expected a number in [0, 1], got 1.5");
}

TEST_CASE("matrices of the table serve any number of instructions") {
  Program p(2);
  const int noise = p.add_matrices(damping(0.1));
  const int swap = p.add_matrices(std::vector<Program::Matrix>{test::swap_matrix(1)});
  for (int k = 0; k < 10; ++k) p.append(Channel{{k % 2}, noise, 2}).append(MatrixOperation{{0, 1}, swap});
  CHECK(p.matrices().size() == 3);
  CHECK(p.instructions().size() == 20);
  CHECK(std::get<Channel>(p.instructions()[2].action) == Channel{{1}, 0, 2});
  CHECK_THROWS_AS(p.append(Channel{{0}, 1, 1}), CircuitError);  // the second of two
  CHECK_THROWS_AS(p.append(MatrixOperation{{0}, noise}), CircuitError);
  CHECK_THROWS_AS(p.append(Channel{{0, 1}, noise, 2}), ShapeError);
  CHECK(test::message_of<ShapeError>([&] {
          p.unitary(test::Dense::Identity(128, 128), {0, 1});
        }).find("1 to 6 qubits, got 7") != std::string::npos);
}

TEST_CASE("programs one after another, and on a window") {
  Program part(2);
  part.add_register("flag", 1);
  part.add_register("d", 3);
  part.unitary(test::phase_matrix(0), {1}).measure(0, "flag", 0).measure(1, "d", 2);
  part.append(gate::ry(1, weight(2) * feature(0)), Condition{1, 4}).name_weight(2, "theta");
  Program whole = example();
  whole.append(part, std::array{3, 1});
  CHECK(whole.bits() == 6);
  const std::string text = to_string(whole);
  const std::string end =
      "unitary m3 q1\n"
      "measure q3 -> flag[0]\n"
      "measure q1 -> d[2]\n"
      "if d == 4: ry(theta*x0) q1\n";
  CHECK(text.substr(text.size() - end.size()) == end);
  CHECK(feature_count(whole) == 1);
  CHECK(weight_count(whole) == 3);
  CHECK(on(part, 2, std::array{0, 1}) == part);
  CHECK(on(on(part, 2, std::array{1, 0}), 2, std::array{1, 0}) == part);
  CHECK(Program(2).append(part) == part);
  Program twice = part;
  twice.append(twice);
  CHECK(twice == Program(part).append(Program(part)));
  Program other(2);
  other.add_register("d", 2);
  CHECK(test::message_of<CircuitError>([&] { other.append(part); }) ==
        "qmtl: Program: register 'd' must have 2 bits, got 3");
  CHECK(to_string(other) == "qubits 2\nbits d[2]\n");
  CHECK_THROWS_AS(Program(1).append(part), CircuitError);
}

template <class P>
concept GivesParts = requires(P&& p) {
  std::forward<P>(p).registers();
}
|| requires(P&& p) { std::forward<P>(p).instructions(); }
|| requires(P&& p) { std::forward<P>(p).matrices(); }
|| requires(P&& p) { std::forward<P>(p).names(); };
static_assert(GivesParts<const Program&> && !GivesParts<Program>,
              "the parts of a program that is about to end must not be looked at");

TEST_CASE("a circuit's operations must fit on its own qubits, however many the program has") {
  Program p(3);
  const auto outside = gate::h(1);
  CHECK_THROWS_AS(p.append(CircuitView(1, std::span(&outside, 1))), CircuitError);
  CHECK(p.instructions().empty());
}

TEST_CASE("a circuit's controls, matrices and names become a program's") {
  DynamicCircuit c(3);
  const int m = c.add_matrix(test::phase_matrix(0.5), "phase");
  c.append(gate::mcx({0, 1}, 2)).append(MatrixOperation{{2}, m, true}).append(gate::rx(0, weight(0)));
  c.name_weight(0, "theta");
  const Program p(c);
  CHECK(p.instructions().size() == 3);
  const std::string text = to_string(p), end = "controlled q0, q1: x q2\nunitary m0' q2\nrx(theta) q0\n";
  CHECK(text.substr(text.size() - end.size()) == end);
}

TEST_CASE("a condition may be on some bits of a register") {
  constexpr Condition middle{0, 2, 2};
  for (std::uint64_t value = 0; value < 8; ++value) CHECK(middle.holds(value) == ((value & 2) != 0));
  CHECK(Condition{0, 5}.holds(5));
  CHECK(!Condition{0, 5}.holds(7));
  Program p(1);
  p.add_register("c", 3);
  p.append(gate::x(0), middle);
  CHECK(to_string(p) == "qubits 1\nbits c[3]\nif c & 2 == 2: x q0\n");
}

TEST_CASE("a program can get more qubits") {
  Program p(1);
  p.append(gate::h(0)).add_qubits(2).append(gate::cx(0, 2));
  CHECK(p.qubits() == 3);
}

TEST_CASE("registers have names that text cannot mistake") {
  Program p(2);
  for (const char* name : {"", " ", "q0", "c == 1: x q0\nif d", "1c", "a-b"}) {
    CHECK_THROWS_AS(p.add_register(name, 1), CircuitError);
  }
  CHECK(p.add_register("_c1", 2) == 0);
  CHECK(p.find_register("_c1") == 0);
  CHECK(p.find_register("c") == -1);
  CHECK(test::message_of<CircuitError>([&] { p.measure(0, "d", 0); }) == "qmtl: Program: no register is called 'd'");
  CHECK_THROWS_AS(p.measure(0, "_c1", 2), CircuitError);
}

}  // namespace program_test
