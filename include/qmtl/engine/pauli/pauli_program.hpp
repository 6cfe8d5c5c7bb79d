#pragma once
// SPDX-License-Identifier: Apache-2.0
// A noisy circuit as a list of real steps on the Pauli coordinates that matter.

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "qmtl/circuit/angle.hpp"
#include "qmtl/measure/pauli.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Steps on numbers at `places`, each of which holds one string's coordinate, or its negative, at a time. Gates that
/// only rename strings leave no trace.
struct PauliProgram {
  enum class Kind : std::uint8_t {
    rotate,  ///< pairs (a, b) by an angle: a' = cos a - sin b, b' = sin a + cos b
    add,     ///< to += factor * from; no `from` is a `to`
    scale,   ///< place *= factor
    mix,     ///< groups of rows, each row a sum of terms; a group's rows read what was there before
    save     ///< what follows cannot be undone: go on with a copy
  };
  struct Step {
    Kind kind;
    int angle = -1;                  ///< of a rotation
    std::size_t first = 0, end = 0;  ///< in the table of its kind; of a mix, groups
  };
  struct Pair {
    std::uint32_t a, b;
  };
  struct Factor {
    std::uint32_t place;
    double factor;
  };
  struct Sum {
    std::uint32_t to, from;
    double factor;
  };
  struct Row {
    std::uint32_t to;
    std::size_t terms_end;
  };
  /// A string's coordinate, and where it lies: it is `factor` times the number there.
  struct Coordinate {
    PauliString string;
    std::uint32_t place;
    double factor;
  };

  std::vector<Step> steps;
  std::vector<Angle> angles;
  std::vector<Pair> pairs;
  std::vector<Sum> sums;
  std::vector<Factor> factors;
  std::vector<std::size_t> group_ends;  ///< of mixes, in rows
  std::vector<Row> rows;
  std::vector<Factor> terms;
  std::size_t places = 0;
  std::size_t saves = 0;
  std::vector<int> qubits;         ///< which qubit of the circuit bit j of a start's string is
  std::vector<Coordinate> starts;  ///< at the start; of |0...0>, whose coordinates are 1, those of products of Z
  std::vector<Factor> ends;        ///< where what was asked for lies, in that order; the factor 0 if it is always zero

  /// A measure of its cost.
  [[nodiscard]] std::size_t work() const noexcept {
    return 2 * pairs.size() + sums.size() + factors.size() + terms.size();
  }
  /// Memory of its tables.
  [[nodiscard]] std::size_t bytes() const noexcept {
    const auto sum = [](const auto&... tables) {
      return ((tables.size() * sizeof(typename std::remove_cvref_t<decltype(tables)>::value_type)) + ...);
    };
    return sum(steps, angles, pairs, sums, factors, group_ends, rows, terms, qubits, starts, ends);
  }

  /// Leaves out the copies, which only a run backward begins from.
  void drop_saves() {
    std::erase_if(steps, [](const Step& step) { return step.kind == Kind::save; });
    saves = 0;
  }
};

}  // namespace qmtl::inline QMTL_ABI::detail
