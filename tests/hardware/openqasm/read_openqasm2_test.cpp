// SPDX-License-Identifier: Apache-2.0

#include "qmtl/hardware/openqasm/read_openqasm.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "hardware/openqasm/openqasm_support.hpp"
#include "qmtl/circuit/program_text.hpp"
#include "qmtl/hardware/openqasm/write_openqasm.hpp"
#include "support/catch.hpp"
#include "support/data_dir.hpp"
#include "support/throws.hpp"

namespace read_openqasm2_test {

using namespace qmtl;
using test::contains;
using test::message_of;

constexpr std::string_view head = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\n";

[[nodiscard]] Program program_of(std::string_view body) {
  return read_openqasm2(std::string(head) + std::string(body)).program;
}

[[nodiscard]] std::string refused(const std::string& text, const OpenQasmOptions& options = {}) {
  return message_of<FileError>([&] { (void)read_openqasm2(text, options); });
}
[[nodiscard]] std::string refused_body(std::string_view body) { return refused(std::string(head) + std::string(body)); }

TEST_CASE("OpenQASM 2: statements become instructions") {
  const auto read = read_openqasm2(std::string(head) + R"(
qreg a[2]; qreg b[1];
creg c[2];
h a;
u3(0.5, -pi/4, 3*pi/8) b[0];  // a comment
cx a[0], b[0];
cx a, b[0];
barrier a, b[0];
measure a -> c;
if (c == 2) x b[0];
if (c == 1) measure a[1] -> c[0];
reset b;
)");
  CHECK(read.qubit_registers == std::vector<QuantumRegister>{{"a", 0, 2}, {"b", 2, 1}});
  Program p(3);
  p.add_register("c", 2);
  p.append(gate::h(0)).append(gate::h(1)).append(gate::u(2, 0.5, -pi / 4, 3 * pi / 8)).append(gate::cx(0, 2));
  p.append(gate::cx(0, 2)).append(gate::cx(1, 2)).barrier({0, 1, 2}).measure(0, 0).measure(1, 1);
  p.append(gate::x(2), Condition{0, 2}).append(Instruction{Measurement{1, 0, {}}, Condition{0, 1}}).reset(2);
  CHECK(to_string(read.program) == to_string(p));
}

TEST_CASE(
    "OpenQASM 2: a definition as the library writes it is the library's gate only with the library's gates in it") {
  const std::string definition = "gate swap a,b { cx a,b; cx b,a; cx a,b; }\nqreg q[2]; swap q[0],q[1];";
  const auto swap = read_openqasm2("OPENQASM 2.0; include \"qelib1.inc\";\n" + definition).program;
  CHECK(to_string(swap) == to_string(Program(2).append(gate::swap(0, 1))));
  const auto other = read_openqasm2("OPENQASM 2.0; gate cx a,b { U(0.3,0,0) b; }\n" + definition).program;
  Program turns(2);
  for (const int q : {1, 0, 1}) turns.append(gate::u(q, 0.3, 0, 0));
  CHECK(to_string(other) == to_string(turns));
}

TEST_CASE("OpenQASM 2: expressions are those of calculators") {
  const auto angle = [](std::string_view expression) {
    const Program p = program_of("qreg q[1]; rz(" + std::string(expression) + ") q[0];");
    return std::get<Operation>(p.instructions()[0].action).angles[0].offset;
  };
  CHECK(angle("1/2") == 0.5);
  CHECK(angle("-2^2") == -4.0);
  CHECK(angle("2^3^2") == 512.0);
  CHECK(angle("2^-1") == 0.5);
  CHECK(angle("8-3-2") == 3.0);
  CHECK(angle("8/4/2") == 1.0);
  CHECK(angle("-(1+2)*3") == -9.0);
  CHECK(angle("sin(pi/2)+cos(0)+tan(0)+exp(0)+ln(1)+sqrt(4)") == 5.0);
  CHECK(angle("1.5e-3") == 1.5e-3);
  CHECK(angle(".5") == 0.5);
  CHECK(angle("3.") == 3.0);
  CHECK(angle("- - 2") == 2.0);
  CHECK(angle("0.1234567890123456789") == 0.1234567890123456789);
}

TEST_CASE("OpenQASM 2: gates of the library are what it says") {
  // Definitions of qelib1.inc, written out by its own primitives.
  const std::map<std::string, std::string> definitions{
      {"u2(0.3,0.4) q[0];", "u3(pi/2,0.3,0.4) q[0];"},
      {"sx q[0];", "sdg q[0]; h q[0]; sdg q[0];"},
      {"sxdg q[0];", "s q[0]; h q[0]; s q[0];"},
      {"swap q[0],q[1];", "cx q[0],q[1]; cx q[1],q[0]; cx q[0],q[1];"},
      {"cu1(0.7) q[0],q[1];", "u1(0.35) q[0]; cx q[0],q[1]; u1(-0.35) q[1]; cx q[0],q[1]; u1(0.35) q[1];"},
      {"cu3(0.7,0.2,0.1) q[0],q[1];",
       "u1(0.15) q[0]; u1(-0.05) q[1]; cx q[0],q[1]; u3(-0.35,0,-0.15) q[1]; cx q[0],q[1]; u3(0.35,0.2,0) q[1];"},
      {"crx(0.7) q[0],q[1];", "u1(pi/2) q[1]; cx q[0],q[1]; u3(-0.35,0,0) q[1]; cx q[0],q[1]; u3(0.35,-pi/2,0) q[1];"},
      {"rzz(0.7) q[0],q[1];", "cx q[0],q[1]; u1(0.7) q[1]; cx q[0],q[1];"},
      {"rxx(0.7) q[0],q[1];",
       "u3(pi/2,0.7,0) q[0]; h q[1]; cx q[0],q[1]; u1(-0.7) q[1]; cx q[0],q[1]; h q[1]; "
       "u2(-pi,pi-0.7) q[0];"},
      {"cswap q[0],q[1],q[2];", "cx q[2],q[1]; ccx q[0],q[1],q[2]; cx q[2],q[1];"},
      {"ch q[0],q[1];",
       "h q[1]; sdg q[1]; cx q[0],q[1]; h q[1]; t q[1]; cx q[0],q[1]; t q[1]; h q[1]; s q[1]; "
       "x q[1]; s q[0];"},
  };
  for (const auto& [call, definition] : definitions) {
    INFO(call);
    CHECK(test::phase_free_difference(program_of("qreg q[4]; " + call), program_of("qreg q[4]; " + definition)) <
          1e-14);
  }
  const auto same = [](std::string_view call, ControlledOperation controlled) {
    return test::phase_free_difference(program_of("qreg q[5]; " + std::string(call)),
                                       std::move(Program(5).append(std::move(controlled)))) < 1e-14;
  };
  CHECK(same("c3x q[0],q[1],q[2],q[3];", gate::mcx({0, 1, 2}, 3)));
  CHECK(same("c3sqrtx q[0],q[1],q[2],q[3];", {{0, 1, 2}, gate::sx(3)}));
  CHECK(same("c4x q[0],q[1],q[2],q[3],q[4];", gate::mcx({0, 1, 2, 3}, 4)));
  CHECK(same("csx q[0],q[1];", {{0}, gate::sx(1)}));
}

TEST_CASE("OpenQASM 2: definitions are expanded") {
  const Program p = program_of(R"(
gate inner(a, b) x, y { rz(a/2) x; cx x, y; barrier x, y; ry(-(a + b)) y; }
gate outer(t) q, r, s { inner(t, 2*t) s, q; h r; }
gate nothing q { }
qreg q[3]; qreg r[3];
outer(0.5) q[0], q[1], q[2];
nothing q;
inner(1, 2) q, r[0];
)");
  Program expected(6);
  expected.append(gate::rz(2, 0.25))
      .append(gate::cx(2, 0))
      .barrier({2, 0})
      .append(gate::ry(0, -1.5))
      .append(gate::h(1));
  for (int k = 0; k < 3; ++k) {
    expected.append(gate::rz(k, 0.5)).append(gate::cx(k, 3)).barrier({k, 3}).append(gate::ry(3, -3.0));
  }
  CHECK(to_string(p) == to_string(expected));
}

TEST_CASE("OpenQASM 2: a file may define what the published library does not have") {
  const Program own = program_of("gate cu c,t { cx c,t; }\nqreg q[2]; cu q[0],q[1];");
  CHECK(own.instructions()[0] == Instruction{gate::cx(0, 1), {}});
  CHECK(contains(refused_body("gate cx c,t { CX c,t; }\n"), ":3:6: expected a new name, got 'cx' again"));
}

TEST_CASE("OpenQASM 2: registers of many bits are split") {
  const Program p = program_of("qreg q[2]; creg c[130]; measure q[1] -> c[129];");
  REQUIRE(p.registers().size() == 3);
  CHECK(p.registers()[2] == ClassicalRegister{"c_128", 128, 2});
  CHECK(std::get<Measurement>(p.instructions()[0].action).bit == 129);
  CHECK(contains(refused_body("qreg q[2]; creg c[65]; if (c==1) x q[0];"), "more than 64 bits"));
}

TEST_CASE("OpenQASM 2: errors say where, and what was expected") {
  const std::pair<std::string_view, std::string_view> cases[]{
      {"", ":3:1: expected qubits to be declared, got none"},
      {"qreg q[1]", ":3:10: expected ';', got the end"},
      {"qreg q[0];", ":3:6: expected 1 to 4096 qubits in all, got 0 more than 0"},
      {"qreg q[5000];", ":3:6: expected 1 to 4096 qubits in all"},
      {"qreg q[99999999999999999999];", ":3:8: expected an integer below 2^63"},
      {"qreg q[2];\nw q[0];", ":4:1: expected a statement or a gate, got 'w', which is not defined"},
      {"qreg q[2];\nh q[2];", ":4:5: expected an index below 2, got 2"},
      {"qreg q[2];\nh r[0];", ":4:3: expected a qubit, got 'r', which is not defined"},
      {"qreg q[2];\ncx q[0];", ":4:1: gate 'cx' has 2 qubits, got 1"},
      {"qreg q[2];\ncx q[0] q[1];", ":4:9: expected ',' or ';', got 'q'"},
      {"qreg q[2];\nrz q[0];", ":4:1: gate 'rz' has 1 parameters, got 0"},
      {"qreg q[2];\nrz(1,2) q[0];", ":4:1: gate 'rz' has 1 parameters, got 2"},
      {"qreg q[2];\ncx q[0],q[0];", ":4:1: a gate's qubits must be distinct, got qubit 0 twice"},
      {"qreg q[2]; qreg r[3];\ncx q,r;", ":4:1: expected registers of the same size, got 2 and 3"},
      {"qreg q[2]; qreg q[2];", ":3:17: expected a new name, got 'q' again"},
      {"qreg q[2]; creg c[3];\nmeasure q -> c;", ":4:1: expected as many qubits as bits, got 2 and 3"},
      {"qreg q[2]; creg c[3];\nmeasure q -> q;", ":4:14: expected a register of classical bits, got 'q'"},
      {"qreg q[2]; creg c[3];\nif (c==8) x r;", ":4:13: expected a qubit, got 'r', which is not defined"},
      {"qreg q[2];\nif (q==1) x q;", ":4:5: expected a register of classical bits, got 'q'"},
      {"qreg q[2];\nrz(1+) q;", ":4:6: expected an expression, got ')'"},
      {"qreg q[2];\nrz(foo) q;", ":4:4: expected an expression, got 'foo', which is not defined"},
      {"qreg q[2];\nrz(1/0) q;", ":4:1: expected a finite number, got inf"},
      {"qreg q[2];\nrz(1e999) q;", ":4:4: expected a number that a double can hold, got '1e999'"},
      {"qreg q[2];\nrz(12ab) q;", ":4:4: expected a number, got '12ab'"},
      {"qreg q[2]; \xc3\xa4 q;", ":3:12: expected ASCII characters, got another one"},
      {"qreg q[2]; ? q;", ":3:12: expected a statement or an expression, got the character '?'"},
      {"/* no end", ":3:1: expected '*/' behind a comment, got the end"},
      {"include \"", ":3:9: expected a closing quote"},
      {"include \"own.inc\";", ":3:10: no file 'own.inc'"},
      {"include \"../own.inc\";", ":3:10: expected a relative path that stays in its folder"},
      {"opaque magic(a) q; qreg q[1]; magic(1) q;", ":3:31: gate 'magic' is opaque"},
      {"gate g q { h r; }", ":3:14: expected a qubit, got 'r', which is not defined"},
      {"qreg r[1]; gate g q { h r; }", ":3:25: expected a qubit of the gate, got 'r'"},
      {"gate g q { g q; }", ":3:12: expected a statement or a gate, got 'g', which is not defined"},
      {"gate g(a,a) q { }", ":3:10: expected a new name, got 'a' again"},
      {"gate g q { measure q; }", ":3:12: expected a gate, got 'measure'"},
      {"gate g q { h q;", ":3:16: expected a gate, got the end"},
      {"gate g q,r { cx q,q; } qreg q[2]; g q[0],q[1];", "distinct"},
      {"OPENQASM 2.0;", ":3:1: expected a statement, got a second version"},
      {"qreg q[1]; if (c==1) x q;", ":3:16: expected a register of classical bits, got 'c'"},
  };
  for (const auto& [body, problem] : cases) {
    INFO(body);
    CHECK(contains(refused_body(body), (problem.starts_with(':') ? "qmtl: OpenQASM" : "") + std::string(problem)));
  }
  CHECK(contains(refused("qreg q[1];"), "OpenQASM:1:1: expected 'OPENQASM 2.0;', got 'qreg'"));
  CHECK(contains(refused("OPENQASM 3.0;"), "OpenQASM:1:10: expected version 2.0, got '3.0'"));
  CHECK(contains(refused("OPENQASM 2.0;\nx", {.name = "f.qasm"}), "qmtl: f.qasm:2:1: expected"));
}

TEST_CASE("OpenQASM 2: what a text may demand is limited") {
  std::string exponential = "gate g0 q { h q; }\n";
  for (int k = 1; k < 60; ++k) {
    exponential += detail::text("gate g", k, " q { g", k - 1, " q; g", k - 1, " q; }\n");
  }
  CHECK(contains(refused_body(exponential + "qreg q[1]; g59 q[0];"), "OpenQasmLimits::steps"));
  std::string nothing = "gate g0 q { }\n";  // no instruction at all, but 2^59 calls
  for (int k = 1; k < 60; ++k) nothing += detail::text("gate g", k, " q { g", k - 1, " q; g", k - 1, " q; }\n");
  CHECK(contains(refused_body(nothing + "qreg q[1]; g59 q[0];"), "OpenQasmLimits::steps"));
  std::string chain = "gate g0 q { h q; }\n";
  for (int k = 1; k < 1000; ++k) chain += detail::text("gate g", k, " q { g", k - 1, " q; }\n");
  CHECK(contains(refused_body(chain), "OpenQasmLimits::nesting"));
  const std::string deep = "qreg q[1]; rz(" + std::string(100'000, '(') + "1" + std::string(100'000, ')') + ") q[0];";
  CHECK(contains(refused_body(deep), "OpenQasmLimits::nesting"));
  CHECK(contains(refused_body("qreg q[1]; rz(" + std::string(100'000, '-') + "1) q[0];"), "nesting"));
  CHECK(contains(refused(std::string(head) + "qreg q[4000]; h q; h q;", {.limits = {.steps = 5000}}),
                 "OpenQasmLimits::steps"));
  CHECK(contains(refused(std::string(head), {.limits = {.bytes = 10}}), "OpenQasmLimits::bytes"));
  std::string many;
  for (int k = 0; k < 2000; ++k) many += detail::text("creg c", k, "[1];");
  CHECK(contains(refused_body(many), "OpenQasmLimits::registers"));
}

TEST_CASE("OpenQASM 2: files of others are read") {
  test::with_data_dir([](const std::string& dir) {
    int files = 0;
    for (const std::string_view folder :
         {"qasm/openqasm2", "qasm/qasmbench_small", "routing/circuits", "routing/queko"}) {
      for (const auto& entry : std::filesystem::directory_iterator(dir + "/" + std::string(folder))) {
        if (entry.path().extension() != ".qasm" || std::filesystem::file_size(entry) > 400'000) continue;
        INFO(entry.path());
        if (entry.path().filename() == "vqe_uccsd_n4.qasm") {  // its only register of qubits is called reg
          const auto message = message_of<FileError>([&] { (void)read_openqasm_file(entry.path().string()); });
          CHECK(contains(message, ":225:9: expected a qubit, got 'q', which is not defined"));
        } else if (entry.path().filename().string().starts_with("invalid_")) {
          const auto message = message_of<FileError>([&] { (void)read_openqasm_file(entry.path().string()); });
          const bool no_semicolon = contains(message, ":4:1: expected ';', got 'qreg'");
          CHECK((no_semicolon || contains(message, ":5:1: expected a statement or a gate, got 'w'")));
        } else {
          const auto read = read_openqasm_file(entry.path().string());
          CHECK(!read.program.instructions().empty());
          CHECK(read_openqasm2(write_openqasm2(read)).qubit_registers == read.qubit_registers);
        }
        ++files;
      }
    }
    CHECK(files > 80);
  });
}

TEST_CASE("OpenQASM 2: conditions on values that registers have, and on others, which never hold") {
  const Program p = program_of("qreg q[2]; creg c[64]; if(c==18446744073709551615) x q[0];");
  REQUIRE(p.instructions().size() == 1);
  CHECK(p.instructions()[0].condition == Condition{0, ~std::uint64_t{0}});
  const Program never = program_of("qreg q[2]; creg c[2]; if(c==4) x q[0]; if(c==5) measure q[0] -> c[0]; x q[1];");
  REQUIRE(never.instructions().size() == 1);
  CHECK(never.instructions()[0] == Instruction{gate::x(1), {}});
}

}  // namespace read_openqasm2_test
