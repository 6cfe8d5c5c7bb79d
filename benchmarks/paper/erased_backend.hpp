#pragma once
// SPDX-License-Identifier: Apache-2.0
// Backends and executors as what evaluates a trained model's circuits.

#include <memory>
#include <utility>

#include "paper/circuit_backend.hpp"
#include "qmtl/engine/shift_backend.hpp"

namespace qmtl::benchmark::paper {

template <class Backend>
[[nodiscard]] CircuitBackend erased(Backend backend) {
  return CircuitBackend(std::make_unique<detail::AnyBackendOf<double, Backend>>(std::move(backend)));
}
template <class Executor>
[[nodiscard]] CircuitBackend by_shift(const HeadProgram<double>& program, Executor executor) {
  return erased(ShiftBackend<double, Executor>(program, std::move(executor)));
}

}  // namespace qmtl::benchmark::paper
