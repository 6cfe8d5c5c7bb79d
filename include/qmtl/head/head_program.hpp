#pragma once
// SPDX-License-Identifier: Apache-2.0
// A quantum head as values: what every backend runs.

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "qmtl/head/lane_engine.hpp"

namespace qmtl::detail {

/// What a quantum head is to a backend: a circuit and tasks as values, whatever the types they come from.
template <Scalar S>
struct HeadProgram {
  std::span<const Operation> encoding;
  int qubits = 0;
  int features = 0;
  int encoding_weights = 0;
  int outputs = 0;
  std::vector<EngineTask<S>> tasks;
  bool light_cones = false;                                     ///< a register for each window's light cone
  std::size_t kept_bytes = std::size_t{64} << 20;               ///< encoded states that forward may keep for backward
  void (*prepare)(const S* x, std::complex<S>* psi) = nullptr;  ///< the start, if it is not |0...0>
  void (*prepare_vjp)(const S* x, const std::complex<S>* psi, const std::complex<S>* lambda, S* grad_x) = nullptr;
};

}  // namespace qmtl::detail
