// SPDX-License-Identifier: Apache-2.0
// Drawings are parsed back: what stands on the wires, and what bars connect, must be the circuit's operations.

#include "qmtl/circuit/drawing.hpp"

#include <array>
#include <string>
#include <vector>

#include "qmtl/circuit/combinators.hpp"
#include "support/catch.hpp"
#include "support/random_circuit.hpp"

namespace drawing_test {

using namespace qmtl;

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    REQUIRE(end != std::string::npos);
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// One drawing as a table: cells[row][column], rows alternating between wires and the gaps below them.
struct Table {
  std::vector<std::vector<std::string>> cells;
  std::size_t columns = 0;
};

/// Which characters of a row belong to symbols: on a wire '-' is fill, unless inside parentheses.
std::vector<bool> covered(const std::string& line, bool wire) {
  std::vector<bool> out;
  int depth = 0;
  for (const char c : line) {
    if (c == '(') ++depth;
    out.push_back(depth > 0 || c != (wire ? '-' : ' '));
    if (c == ')') --depth;
  }
  REQUIRE(depth == 0);
  return out;
}

/// Splits a drawing at the positions where no row has a symbol: those are the gaps between columns.
Table parse(const std::string& text, int qubits) {
  Lines lines = lines_of(text);
  REQUIRE(static_cast<int>(lines.size()) == 2 * qubits - 1);
  const std::size_t label = detail::text('q', qubits - 1, ": ").size();
  std::vector<std::vector<bool>> marks;
  std::size_t width = 0;
  for (std::size_t row = 0; row < lines.size(); ++row) {
    if (row % 2 == 0) CHECK(lines[row].rfind(detail::text('q', row / 2, ':'), 0) == 0);
    lines[row].erase(0, label);
    marks.push_back(covered(lines[row], row % 2 == 0));
    width = std::max(width, lines[row].size());
  }
  Table table;
  table.cells.resize(lines.size());
  bool inside = false;
  for (std::size_t i = 0; i < width; ++i) {
    bool any = false;
    for (const auto& mark : marks) any = any || (i < mark.size() && mark[i]);
    if (any && !inside) ++table.columns;
    inside = any;
    for (std::size_t row = 0; row < lines.size(); ++row) {
      table.cells[row].resize(table.columns);
      if (i < marks[row].size() && marks[row][i]) table.cells[row].back() += lines[row][i];
    }
  }
  return table;
}

/// What must stand on the wire of an operation's k-th qubit.
std::string expected_symbol(const Operation& op, std::size_t k) {
  std::string out(info(op.gate).symbols[k]);
  if (out == "@" || op.used_angles().empty()) return out;
  out += '(';
  for (std::size_t a = 0; a < op.used_angles().size(); ++a) out += (a == 0 ? "" : ",") + to_string(op.angles[a]);
  return out + ')';
}

TEST_CASE("symbols are the gates' names without their controls, but for a few signs") {
  for (int g = 0; g < gate_kinds; ++g) {
    const auto gate = static_cast<Gate>(g);
    const auto& facts = info(gate);
    std::string expected(facts.name.substr(static_cast<std::size_t>(facts.controls)));
    if (gate == Gate::CZ) expected = "@";
    if (gate == Gate::SWAP || gate == Gate::Fredkin) expected = "x";
    for (auto& letter : expected) {
      const bool kept = expected == "x" && gate != Gate::X && gate != Gate::CX && gate != Gate::Toffoli;
      if (letter >= 'a' && letter <= 'z' && !kept) letter = static_cast<char>(letter - 'a' + 'A');
    }
    if (gate == Gate::Id || gate == Gate::Sdg || gate == Gate::Tdg) expected = facts.name;
    if (gate == Gate::XXPlusYY) expected = "XX+YY";
    if (gate == Gate::SingleExcitation) expected = "G";
    if (gate == Gate::DoubleExcitation) expected = "G2";
    const bool numbered = gate == Gate::ECR || gate == Gate::SingleExcitation || gate == Gate::DoubleExcitation;
    INFO(facts.name);
    for (int k = facts.controls; k < facts.qubits; ++k) {
      std::string own = expected;
      if (numbered) own += detail::text('.', k);
      if (gate == Gate::RZX) own += k == 0 ? ".z" : ".x";
      CHECK(facts.symbols[static_cast<std::size_t>(k)] == own);
    }
  }
}

/// The lowest and highest wire that an operation touches or crosses.
std::pair<int, int> extent(const Operation& op) {
  const auto targets = op.targets();
  return {*std::min_element(targets.begin(), targets.end()), *std::max_element(targets.begin(), targets.end())};
}

/// Checks that the cells of `column` on the wires of `op` hold exactly `op`, and removes them.
void take(Table& table, const Operation& op, std::size_t column) {
  const auto [low, high] = extent(op);
  for (int row = 2 * low; row <= 2 * high; ++row) {
    std::string expected = "|";
    for (std::size_t k = 0; k < op.targets().size(); ++k) {
      if (row == 2 * op.targets()[k]) expected = expected_symbol(op, k);
    }
    auto& cell = table.cells[static_cast<std::size_t>(row)][column];
    INFO("row " << row << ", column " << column);
    CHECK(cell == expected);
    cell.clear();
  }
  for (const int row : {2 * low - 1, 2 * high + 1}) {
    if (row < 0 || row >= static_cast<int>(table.cells.size())) continue;
    CHECK(table.cells[static_cast<std::size_t>(row)][column].empty());
  }
}

/// The circuit read back: each operation at the first free column, all symbols used up, no column empty.
template <int N, int M>
void check_drawing(const Circuit<N, M>& c) {
  const std::string text = draw(c);
  INFO(text);
  Table table = parse(text, N);
  std::array<std::size_t, static_cast<std::size_t>(N)> next{};
  std::size_t columns = 0;
  for (const auto& op : c.ops()) {
    const auto [low, high] = extent(op);
    std::size_t column = 0;
    for (int q = low; q <= high; ++q) column = std::max(column, next[static_cast<std::size_t>(q)]);
    for (int q = low; q <= high; ++q) next[static_cast<std::size_t>(q)] = column + 1;
    columns = std::max(columns, column + 1);
    REQUIRE(column < table.columns);
    take(table, op, column);
  }
  CHECK(table.columns == columns);
  for (const auto& row : table.cells) {
    for (const auto& cell : row) CHECK(cell.empty());
  }
}

TEST_CASE("a drawing read back is the circuit") {
  Rng rng(Seed{1});
  for (int repeats = 0; repeats < 20; ++repeats) {
    check_drawing(test::random_circuit<1, 6>(rng));
    check_drawing(test::random_circuit<2, 8>(rng));
    check_drawing(test::random_circuit<4, 20>(rng));
    check_drawing(test::random_circuit<11, 30>(rng));
  }
}

TEST_CASE("on each wire the symbols stand in the order of the operations") {
  Rng rng(Seed{2});
  const auto c = test::random_circuit<5, 40>(rng);
  const Table table = parse(draw(c), 5);
  for (int q = 0; q < 5; ++q) {
    std::vector<std::string> expected, drawn;
    for (const auto& op : c.ops()) {
      for (std::size_t k = 0; k < op.targets().size(); ++k) {
        if (op.targets()[k] == q) expected.push_back(expected_symbol(op, k));
      }
    }
    for (const auto& cell : table.cells[static_cast<std::size_t>(2 * q)]) {
      if (!cell.empty() && cell != "|") drawn.push_back(cell);
    }
    CHECK(drawn == expected);
  }
}

TEST_CASE("every line of a drawing has all columns and no trailing blanks") {
  Rng rng(Seed{3});
  const auto c = test::random_circuit<12, 50>(rng);
  const Lines lines = lines_of(draw(c));
  for (std::size_t row = 0; row < lines.size(); ++row) {
    if (row % 2 == 0) CHECK(lines[row].size() == lines[0].size());
    CHECK((lines[row].empty() || lines[row].back() != ' '));
  }
}

TEST_CASE("two small drawings") {
  CHECK(draw(make_circuit<2>(gate::h(0), gate::cx(0, 1))) ==
        "q0: -H-@-\n"
        "       |\n"
        "q1: ---X-\n");
  CHECK(draw(make_circuit<3>(gate::fredkin(2, 0, 1), gate::ry(1, 0.5 * weight(3)), gate::cz(2, 0))) ==
        "q0: -x------------@-\n"
        "     |            |\n"
        "q1: -x-RY(0.5*w3)-|-\n"
        "     |            |\n"
        "q2: -@------------@-\n");
  CHECK(draw(make_circuit<1>()) == "q0: -\n");
}

TEST_CASE("angles as text") {
  CHECK(to_string(Angle(0.25)) == "0.25");
  CHECK(to_string(feature(3)) == "x3");
  CHECK(to_string(-weight(0)) == "-w0");
  CHECK(to_string(0.5 * weight(2) + pi / 2) == "0.5*w2+1.571");
  CHECK(to_string(weight(2) - 1.0) == "w2-1");
  CHECK(to_string(2.0 * (feature(0) - pi) * (feature(1) + 1.0)) == "2*(x0-3.142)*(x1+1)");
  CHECK(to_string(trainable_feature(3, 1, 2)) == "(w3+w1*x2)");
  CHECK(to_string(-trainable_feature(3, 1, 2, 1.0) - 0.5) == "-(w3+(w1+1)*x2)-0.5");
  CHECK(to_string(feature(0) * feature(1) - 0.5) == "(x0)*(x1)-0.5");
  CHECK(to_string(2.0 * weight(0) * feature(1)) == "2*w0*x1");
  CHECK(to_string((weight(0) - 1.0) * feature(1) + 0.5) == "(w0-1)*x1+0.5");
}

TEST_CASE("gates with equal drawings have equal matrices, whichever order their qubits are named in") {
  for (const Gate gate : test::all_gates()) {
    Operation first;
    first.gate = gate;
    for (std::size_t a = 0; a < first.used_angles().size(); ++a) first.angles[a] = 0.7 + 0.4 * static_cast<double>(a);
    const int width = info(gate).qubits;
    std::vector<Operation> orders;
    for (const auto& qubits : test::ordered_choices(width, width)) {
      orders.push_back(first);
      orders.back().qubits = qubits;
    }
    const auto matrix = [&](const Operation& op) { return test::embed(test::dense_gate(op), op.qubits, width); };
    const auto drawing = [&](const Operation& op) { return draw(CircuitView(width, std::span(&op, 1))); };
    for (const auto& a : orders) {
      for (const auto& b : orders) {
        INFO(drawing(a) << drawing(b));
        if (drawing(a) == drawing(b)) CHECK(test::max_difference(matrix(a), matrix(b)) < 1e-12);
      }
    }
  }
}

}  // namespace drawing_test
