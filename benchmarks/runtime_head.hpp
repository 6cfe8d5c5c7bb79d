#pragma once
// SPDX-License-Identifier: Apache-2.0
// A head whose circuits are known at run time only: the engine behind QuantumHead, for sweeps over many sizes.

#include <algorithm>
#include <utility>

#include "qmtl/head/parallel_backend.hpp"
#include "threads.hpp"
#include "workload.hpp"

namespace qmtl::benchmark {

/// Steps a program with window operators, on one register or on one a light cone.
template <Scalar S, bool Complex = false>
class RuntimeHead {
 public:
  RuntimeHead(Program program, bool light_cones, int threads)
      : program_(std::move(program)), backend_(make_head_program(program_, light_cones)) {
    set_threads(backend_, threads);
  }
  RuntimeHead(const RuntimeHead&) = delete;  // the backend refers to program_
  RuntimeHead& operator=(const RuntimeHead&) = delete;

  void step(const Inputs<S>& in, Outputs<S>& out) {
    std::fill(out.dtheta.begin(), out.dtheta.end(), S(0));
    backend_.forward(in.x.data(), in.x.cols(), in.theta.data(), out.y.data());
    backend_.backward(in.x.data(), in.theta.data(), in.c.data(), out.dtheta.data(), out.dx.data(), out.dtheta.size());
  }

 private:
  [[nodiscard]] static detail::HeadProgram<S> make_head_program(const Program& program, bool light_cones) {
    detail::HeadProgram<S> head;
    head.encoding = program.encoding;
    head.qubits = program.qubits;
    head.features = program.qubits;
    head.outputs = program.outputs();
    head.light_cones = light_cones;
    const auto k = static_cast<Eigen::Index>(program.width());
    typename detail::WindowOperator<S>::Table eigenvalues(Eigen::Index{1} << k, k);
    for (Eigen::Index a = 0; a < eigenvalues.rows(); ++a) {
      for (Eigen::Index j = 0; j < k; ++j) {
        eigenvalues(a, j) = static_cast<S>(parity_sign(static_cast<Index>(a), qubit_mask(static_cast<int>(j))));
      }
    }
    for (int t = 0; t < program.tasks(); ++t) {
      head.tasks.push_back({program.block, program.windows[static_cast<std::size_t>(t)], eigenvalues,
                            t * program.width(), t * program.block_weights(), false});
    }
    return head;
  }

  Program program_;
  detail::ParallelBackend<S, detail::LaneBackend<S, Complex>> backend_;
};

}  // namespace qmtl::benchmark
