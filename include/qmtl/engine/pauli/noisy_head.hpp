#pragma once
// SPDX-License-Identifier: Apache-2.0
// A head's noisy circuits as Pauli programs: which tasks share an encoding.

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/engine/pauli/noisy_reading.hpp"
#include "qmtl/engine/pauli/pauli_scheduler.hpp"
#include "qmtl/engine/pauli/pauli_tracer.hpp"
#include "qmtl/noise/readout_error.hpp"
#include "qmtl/noise/with_noise.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// An encoding and the readings that begin where it ends.
template <Scalar S>
struct NoisyGroup {
  PauliLanes<S> lanes;
  std::vector<NoisyReading<S>> readings;
};

/// A head's circuits under noise, as few as are cheap: readings that depend on the same part of the encoding share it.
template <Scalar S>
class NoisyHead {
 public:
  NoisyHead(const HeadProgram<S>& program, const NoiseModel& model, const std::vector<int>& device_qubits)
      : program_(&program),
        model_(&model),
        device_(qubits_of_device(program.qubits, device_qubits)),
        encoding_(CircuitView(program.qubits, program.encoding)),
        writer_(encoding_, model, device_),
        noisy_encoding_(writer_.write(false)),
        maps_(noisy_encoding_),
        reach_(maps_.all(), program.qubits) {
    for (const auto& task : program.tasks) {
      if (task.bases.empty()) add(task, nullptr);
      for (const auto& basis : task.bases) add(task, &basis);
    }
    group();
  }

  [[nodiscard]] std::vector<NoisyGroup<S>>& groups() noexcept { return groups_; }

 private:
  using Members = std::vector<std::size_t>;  // numbers of readings

  /// Checks the list of qubits before anything is made of it.
  [[nodiscard]] static std::vector<int> qubits_of_device(int count, const std::vector<int>& device) {
    check_device_qubits("NoisyBackend", device);
    std::vector<int> qubits(static_cast<std::size_t>(count));
    std::iota(qubits.begin(), qubits.end(), 0);
    return on_device("NoisyBackend", qubits, device);
  }

  /// A task in one of its measurement bases; null: the computational one.
  void add(const EngineTask<S>& task, const MeasurementBasis* basis) {
    std::vector<Operation> ops = place_block(task);
    if (basis != nullptr) {
      for (const auto& op : basis->rotations()) ops.push_back(relabel(op, task.window));
    }
    // The noise of the encoding does not depend on what follows; how long qubits have waited since is in the writer.
    const Program block(CircuitView(program_->qubits, ops));
    const Program noisy_block = NoiseWriter(writer_).write_next(block, true);
    const PauliMaps rest(noisy_block);

    ColMajorMatrix<double> eigenvalues =
        basis != nullptr ? basis->eigenvalues : task.eigenvalues.template cast<double>();
    std::vector<ReadoutError> errors;
    for (const int q : task.window) errors.push_back(model_->readout_error(device_[static_cast<std::size_t>(q)]));
    for (Eigen::Index o = 0; o < eigenvalues.cols(); ++o) {
      apply_readout_errors_to_observable(
          std::span(eigenvalues.col(o).data(), static_cast<std::size_t>(eigenvalues.rows())), errors);
    }
    const auto observables = z_strings(std::move(eigenvalues));
    PauliTracer tracer;
    for (const auto& string : observables.strings) (void)tracer.need(string, task.window);
    tracer.trace_back(rest.all());
    const PauliProgram traced = std::move(tracer).finish();
    readings_.emplace_back(task, PauliScheduler(traced, false).run(), observables.coefficients);
  }

  [[nodiscard]] PauliProgram encoding_of(const Members& members, std::vector<std::vector<std::size_t>>& numbers) const {
    PauliTracer tracer;
    numbers.clear();
    for (const std::size_t m : members) {
      auto& of_reading = numbers.emplace_back();
      const auto& block = readings_[m].block();
      for (const auto& start : block.starts) of_reading.push_back(tracer.need(start.string, block.qubits));
    }
    tracer.trace_back(maps_.all(), &reach_);
    const PauliProgram traced = std::move(tracer).finish();
    return PauliScheduler(traced, true).run();
  }

  /// Readings on the same qubits together, or all of them if that is less work.
  void group() {
    std::vector<Members> apart;
    for (std::size_t m = 0; m < readings_.size(); ++m) {
      const auto like = std::find_if(apart.begin(), apart.end(), [&](const Members& other) {
        return std::ranges::is_permutation(readings_[other.front()].block().qubits, readings_[m].block().qubits);
      });
      if (like == apart.end()) {
        apart.push_back({m});
      } else {
        like->push_back(m);
      }
    }
    std::vector<std::vector<std::vector<std::size_t>>> numbers(apart.size());
    std::vector<PauliProgram> programs;
    std::size_t work = 0;
    for (std::size_t i = 0; i < apart.size(); ++i) {
      programs.push_back(encoding_of(apart[i], numbers[i]));
      work += programs.back().work();
    }
    if (apart.size() > 1 && program_->qubits <= 64) {
      Members all(readings_.size());
      std::iota(all.begin(), all.end(), std::size_t{0});
      std::vector<std::vector<std::size_t>> of_all;
      try {
        PauliProgram together = encoding_of(all, of_all);
        constexpr double worth_it = 0.8;  // smaller circuits stay in the caches
        if (static_cast<double>(together.work()) < worth_it * static_cast<double>(work)) {
          apart = {std::move(all)};
          numbers = {std::move(of_all)};
          programs = {std::move(together)};
        }
      } catch (const MemoryError&) {
        // then apart
      }
    }
    for (std::size_t i = 0; i < apart.size(); ++i) {
      NoisyGroup<S> made{PauliLanes<S>(std::move(programs[i])), {}};
      for (std::size_t k = 0; k < apart[i].size(); ++k) {
        made.readings.push_back(std::move(readings_[apart[i][k]]));
        made.readings.back().connect(made.lanes.program().ends, numbers[i][k]);
      }
      groups_.push_back(std::move(made));
    }
  }

  const HeadProgram<S>* program_;
  const NoiseModel* model_;
  std::vector<int> device_;
  Program encoding_;
  NoiseWriter writer_;  // at the encoding's end
  Program noisy_encoding_;
  PauliMaps maps_;
  PauliReach reach_;
  std::vector<NoisyReading<S>> readings_;
  std::vector<NoisyGroup<S>> groups_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
