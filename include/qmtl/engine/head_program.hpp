#pragma once
// SPDX-License-Identifier: Apache-2.0
// A quantum head as values: what every backend runs.

#include <algorithm>
#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "qmtl/circuit/operation.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/measure/measurement_basis.hpp"

namespace qmtl::inline QMTL_ABI {

/// One task as the engine sees it: values and spans of static storage, no types.
template <Scalar S>
struct EngineTask {
  std::span<const Operation> block;  ///< on local qubits
  std::vector<int> window;           ///< register qubits
  ColMajorMatrix<S> eigenvalues;     ///< 2^k x outputs: of what is diagonal in the outputs' observables
  int first_output = 0;
  int first_parameter = 0;
  bool direct = false;                    ///< run the block on a copy of the state instead of using window operators
  std::vector<ObservableTerm> terms{};    ///< what is not diagonal, on local qubits
  std::vector<MeasurementBasis> bases{};  ///< in which a device reads the outputs; empty: the computational basis

  [[nodiscard]] int outputs() const noexcept { return static_cast<int>(eigenvalues.cols()); }
};

namespace detail {

/// The block's operations on the qubits of the register.
template <Scalar S>
[[nodiscard]] std::vector<Operation> place_block(const EngineTask<S>& task) {
  std::vector<Operation> placed(task.block.begin(), task.block.end());
  for (auto& op : placed) op = relabel(op, task.window);
  return placed;
}

template <Scalar S>
struct HeadCone;

/// Whether all qubits of a window lie in another one.
[[nodiscard]] inline bool contains(const std::vector<int>& outer, const std::vector<int>& window) {
  return std::all_of(window.begin(), window.end(),
                     [&outer](int q) { return std::find(outer.begin(), outer.end(), q) != outer.end(); });
}

}  // namespace detail

/// What a quantum head is to a backend: a circuit and tasks as values, whatever the types they come from. The weights
/// of the encoding come first, then each task's from `first_parameter` on.
template <Scalar S>
struct HeadProgram {
  std::span<const Operation> encoding;
  int qubits = 0;
  int features = 0;
  int encoding_weights = 0;
  int outputs = 0;
  std::vector<EngineTask<S>> tasks;
  /// `head_cones`, for a register for each window's light cone; null: one for all. So a head without light cones does
  /// not compile what finds them.
  std::vector<detail::HeadCone<S>> (*light_cones)(const HeadProgram& program) = nullptr;
  std::size_t kept_bytes = std::size_t{64} << 20;  ///< of states that forward may keep for backward, on each thread
  void (*prepare)(const S* x, std::complex<S>* psi) = nullptr;  ///< the start, if it is not |0...0>
  /// Adds dL/dx for L = <psi|H|psi>, from the prepared psi and lambda = H psi; null if that is never asked for.
  void (*prepare_vjp)(const S* x, const std::complex<S>* psi, const std::complex<S>* lambda, S* grad_x) = nullptr;
};

namespace detail {

/// What is not the same in two programs of heads: how they are computed does not count. Null: they are the same.
template <Scalar S>
[[nodiscard]] const char* first_difference(const HeadProgram<S>& a, const HeadProgram<S>& b) {
  const auto same_task = [](const EngineTask<S>& s, const EngineTask<S>& t) {
    return std::ranges::equal(s.block, t.block) && s.window == t.window && s.first_output == t.first_output &&
           s.first_parameter == t.first_parameter && s.outputs() == t.outputs() &&
           s.eigenvalues.rows() == t.eigenvalues.rows() && s.eigenvalues == t.eigenvalues && s.terms == t.terms;
  };
  if (a.qubits != b.qubits) return "number of qubits";
  if (a.features != b.features) return "number of features";
  if (a.prepare != b.prepare || !std::ranges::equal(a.encoding, b.encoding)) return "encoding";
  return a.outputs == b.outputs && std::ranges::equal(a.tasks, b.tasks, same_task) ? nullptr : "list of tasks";
}

}  // namespace detail

}  // namespace qmtl::inline QMTL_ABI
