// SPDX-License-Identifier: Apache-2.0
// From programs as values to the engine behind QuantumHead.

#include "runtime_head.hpp"

#include <algorithm>
#include <memory>

#include "qmtl/engine/parallel_backend.hpp"
#include "threads.hpp"

namespace qmtl::benchmark {
namespace {

using S = double;

/// Z of each of k qubits, on every basis state.
[[nodiscard]] detail::WindowOperators<S>::Table signs(Eigen::Index k) {
  detail::WindowOperators<S>::Table table(Eigen::Index{1} << k, k);
  for (Eigen::Index a = 0; a < table.rows(); ++a) {
    for (Eigen::Index j = 0; j < k; ++j) {
      table(a, j) = static_cast<S>(parity_sign(static_cast<Index>(a), qubit_mask(static_cast<int>(j))));
    }
  }
  return table;
}

[[nodiscard]] HeadProgram<S> make_head_program(const Program& program, bool light_cones) {
  HeadProgram<S> head;
  head.encoding = program.encoding;
  head.qubits = program.qubits;
  head.features = program.qubits;
  head.outputs = program.outputs();
  if (light_cones) head.light_cones = &detail::head_cones<S>;
  const auto eigenvalues = signs(program.width());
  for (int t = 0; t < program.tasks(); ++t) {
    head.tasks.push_back({program.block, program.windows[static_cast<std::size_t>(t)], eigenvalues, t * program.width(),
                          t * program.block_weights(), false});
  }
  return head;
}

template <class Backend>
[[nodiscard]] auto make_step(const Program& program, bool light_cones, int threads) {
  const auto backend = std::make_shared<detail::ParallelBackend<S, Backend>>(make_head_program(program, light_cones));
  set_threads(*backend, threads);
  return [backend](const Inputs<S>& in, Outputs<S>& out) {
    std::fill(out.dtheta.begin(), out.dtheta.end(), S(0));
    backend->forward(in.x, in.theta, out.y);
    backend->backward(in.x, in.theta, in.c, out.dtheta, out.dx);
  };
}

}  // namespace

RuntimeHead::RuntimeHead(const Program& program, bool light_cones, int threads) {
  if (!light_cones && program.qubits >= detail::least_qubits_for_tiles) {
    step_ = make_step<detail::LaneBackend<S, false, true>>(program, light_cones, threads);
  } else {
    step_ = make_step<detail::LaneBackend<S, false>>(program, light_cones, threads);
  }
}

}  // namespace qmtl::benchmark
