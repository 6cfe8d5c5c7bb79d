#pragma once
// SPDX-License-Identifier: Apache-2.0
// A head whose circuits are known at run time only: the engine behind QuantumHead, for sweeps over many sizes.

#include <functional>

#include "timing.hpp"
#include "workload.hpp"

namespace qmtl::benchmark {

/// Steps a program with real amplitudes and window operators in double precision, on one register or on one a light
/// cone. Compiled in heads/runtime_head.cpp.
class RuntimeHead {
 public:
  RuntimeHead(const Program& program, bool light_cones, int threads);

  void step(const Inputs<double>& in, Outputs<double>& out) { step_(in, out); }

 private:
  std::function<void(const Inputs<double>&, Outputs<double>&)> step_;
};

/// How long a step of a program takes, with the inputs of the workload.
[[nodiscard]] inline Timing time_program(const Program& program, int batch, bool light_cones, int threads,
                                         const TimingOptions& options) {
  const Inputs<double> in(program, batch);
  Outputs<double> out(program, batch);
  RuntimeHead head(program, light_cones, threads);
  return time_runs(options, [&] { head.step(in, out); });
}

}  // namespace qmtl::benchmark
