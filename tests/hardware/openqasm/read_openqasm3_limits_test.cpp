// SPDX-License-Identifier: Apache-2.0
// What the OpenQASM 3 parser refuses.

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "hardware/openqasm/openqasm3_texts.hpp"
#include "hardware/openqasm/openqasm_support.hpp"
#include "support/catch.hpp"
#include "support/data_dir.hpp"

namespace read_openqasm3_limits_test {

using namespace qmtl;
using test::contains;
using test::message_of;
using test::program_of;
using test::refused;
using test::refused_body;

TEST_CASE("OpenQASM 3: conditions that a program cannot hold are refused") {
  const std::string bits = "qubit q; bit[3] a; bit[2] b; bit c;\n";
  CHECK(contains(refused_body(bits + "if (a[0] && b[0]) x q;"), ":4:1: conditions on several registers"));
  CHECK(contains(refused_body(bits + "if (a != 2) x q;"), "does not have a value"));
  CHECK(contains(refused_body(bits + "if (a) x q;"), "expected one bit or a comparison"));
  CHECK(contains(refused_body(bits + "if (a == 8) x q;"), "can never have the value 8"));
  CHECK(contains(refused_body(bits + "if (a + 1 == 8) x q;"), "calculations with measured bits"));
  CHECK(contains(refused_body(bits + "if (a == 1) x q; else z q;"), "does not have a value"));
  CHECK(contains(refused_body(bits + "int n; if (c) n = 1;"), "assignments under conditions"));
  CHECK(
      contains(refused_body(bits + "if (c) { c = measure q; x q; }"), "behind a measurement of its condition's bits"));
  CHECK(contains(refused_body(bits + "if (c) { c = measure q; } else { x q; }"),
                 "behind a measurement of its condition's bits"));
  const Program measured = program_of(bits + "if (c) { c = measure q; } else { } x q;");
  CHECK(measured.instructions().size() == 2);
  const Program nested = program_of(
      bits + "if (a[0]) { x q; if (!a[2]) { y q; } z q; } if (uint[2](b) == 3) h q; if (bool(c) == true) t q;");
  REQUIRE(nested.instructions().size() == 5);
  CHECK(nested.instructions()[0].condition == Condition{0, 1, 1});
  CHECK(nested.instructions()[1].condition == Condition{0, 1, 5});
  CHECK(nested.instructions()[2].condition == Condition{0, 1, 1});
  CHECK(nested.instructions()[3].condition == Condition{1, 3});
  CHECK(nested.instructions()[4].condition == Condition{2, 1});
}

TEST_CASE("OpenQASM 3: what is beyond circuits is refused by name") {
  for (const std::string_view word : {"def", "extern", "defcal", "cal", "while", "switch", "box", "delay", "duration",
                                      "stretch", "array", "return", "end", "defcalgrammar", "break", "complex"}) {
    INFO(word);
    CHECK(contains(refused_body("qubit q;\n  " + std::string(word) + " x;"),
                   ":4:3: statements with '" + std::string(word) + "' are not supported"));
  }
  CHECK(contains(refused_body("rz(1) q; "), "'q', which is not defined"));
  CHECK(contains(refused_body("qubit q; rx(100ns) q;"), ":3:13: durations such as '100ns' are not supported"));
  CHECK(contains(refused_body("input int n;"), "inputs of type 'int' are not supported"));
  CHECK(contains(refused_body("bit[2] c = \"01\";"), "bits that do not begin with zero"));
}

TEST_CASE("OpenQASM 3: what a text may demand is limited") {
  const OpenQasmOptions fewer{.limits = {.steps = 100000}};
  CHECK(contains(refused_body("qubit q; for uint i in [0:1000000000000] { }", fewer), "OpenQasmLimits::steps"));
  CHECK(contains(refused_body("qubit q; gate g a { pow(100000000) @ U(1,2,3) a; } g q;", fewer),
                 "OpenQasmLimits::steps"));
  std::string loops;
  for (int k = 0; k < 100; ++k) loops += detail::text("for uint i", k, " in [0:9] ");
  CHECK(contains(refused_body("qubit q; " + loops + "x q;", fewer), "OpenQasmLimits::steps"));
  std::string deep;
  for (int k = 0; k < 300; ++k) deep += "if (true) ";
  CHECK(contains(refused_body("qubit q; " + deep + "x q;"), "OpenQasmLimits::nesting"));
  CHECK(contains(refused_body("qubit q; " + std::string(300, '{')), "OpenQasmLimits::nesting"));
  CHECK(contains(refused_body("qubit q; ctrl(5000) @ x q;"), "expected 1 to 4096 controls"));
  const auto limited = [](const std::string& body) { return refused_body(body, {.limits = {.steps = 1000}}); };
  CHECK(contains(limited("qubit[1001] q; for uint i in [0:1] measure q;"), "OpenQasmLimits::steps"));
  std::string slots, qubits;
  for (int k = 0; k < 640; ++k) {
    slots += detail::text(k == 0 ? "a" : ",a", k);
    qubits += detail::text(k == 0 ? "q[" : ",q[", k, ']');
  }
  const std::string begin = "qubit[640] q; gate g " + slots + " { ", end = " } g " + qubits + ';';
  std::string barriers, controlled;
  for (int k = 0; k < 100; ++k) {
    barriers += "barrier " + slots + ';';
    controlled += "ctrl(639) @ x " + slots + ';';
  }
  CHECK(contains(limited(begin + barriers + end), "OpenQasmLimits::steps"));
  CHECK(contains(limited(begin + controlled + end), "OpenQasmLimits::steps"));
  std::string inputs = "qubit q; ";
  for (int k = 0; k < 2000; ++k) inputs += detail::text("input float a", k, "; ");
  CHECK(contains(limited(inputs), "OpenQasmLimits::steps"));
  std::string powers;
  for (int k = 0; k < 6400; ++k) powers += "pow(1) @ ";
  CHECK(
      contains(limited("qubit q; gate g a { " + powers + "x a; } for uint i in [0:19] g q;"), "OpenQasmLimits::steps"));
}

TEST_CASE("OpenQASM 3: files of others are read, or refused with what is the matter") {
  test::with_data_dir([](const std::string& dir) {
    const std::map<std::string, std::string> problems{{"alignment", "'stretch' are not supported"},
                                                      {"arrays", "'array' are not supported"},
                                                      {"cphase", ":1:1: "},
                                                      {"dd", "'stretch' are not supported"},
                                                      {"defcal", "'defcalgrammar' are"},
                                                      {"gateteleport", ":6:1: statements with 'extern'"},
                                                      {"ipe", "classical bits"},
                                                      {"msd", "'def' are not supported"},
                                                      {"qec", "'def' are not supported"},
                                                      {"rus", "'def' are not supported"},
                                                      {"scqec", "'extern' are not supported"},
                                                      {"t1", "'duration' are not supported"},
                                                      {"varteleport", "'def' are not supported"},
                                                      {"vqe", "'extern' are not supported"}};
    int read = 0;
    for (const auto& entry : std::filesystem::directory_iterator(dir + "/qasm/openqasm3")) {
      if (entry.path().extension() != ".qasm") continue;
      INFO(entry.path());
      const auto problem = problems.find(entry.path().stem().string());
      if (problem == problems.end()) {
        const auto file = read_openqasm_file(entry.path().string());
        CHECK(!file.program.instructions().empty());
        ++read;
      } else {
        const auto message = message_of<FileError>([&] { (void)read_openqasm_file(entry.path().string()); });
        INFO(message);
        CHECK((problem->first == "cphase" || contains(message, problem->second)));
      }
    }
    CHECK(read == 7);
  });
}

TEST_CASE("OpenQASM 3: each line of the files that are invalid is refused with its place") {
  test::with_data_dir([](const std::string& dir) {
    int lines = 0;
    for (const auto& entry : std::filesystem::directory_iterator(dir + "/qasm/openqasm3_invalid")) {
      const auto whole = message_of<FileError>([&] { (void)read_openqasm_file(entry.path().string()); });
      CHECK(contains(whole, entry.path().filename().string() + ":"));
      std::ifstream file(entry.path());
      for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.starts_with("//")) continue;
        INFO(entry.path() << ": " << line);
        const bool first = line.starts_with("OPENQASM");  // elsewhere it is wrong anyway
        const std::string before = first ? "" : "include \"stdgates.inc\"; bit[2] a; bit b; int i; bool x_;\n";
        const auto message = refused(before + line + (first ? "\nx $0;" : "\nx $0;"), {.name = "line"});
        CHECK(contains(message, first ? "qmtl: line:1:" : "qmtl: line:"));
        ++lines;
      }
    }
    CHECK(lines > 90);
  });
}

}  // namespace read_openqasm3_limits_test
