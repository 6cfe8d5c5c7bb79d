#pragma once
// SPDX-License-Identifier: Apache-2.0
// SimulatedProvider: a device's noise model behind the interface of a service, to rehearse what a service will do.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/core/binomial.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/hardware/bound_runs.hpp"
#include "qmtl/hardware/provider.hpp"
#include "qmtl/noise/density_matrix.hpp"
#include "qmtl/noise/pauli_simulator.hpp"
#include "qmtl/noise/readout_error.hpp"
#include "qmtl/noise/with_noise.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// A program on the qubits that it uses, and which of its own these are.
struct CompactProgram {
  Program program;
  std::vector<int> qubits;
};

/// Idle qubits left out: a device's may be a hundred. Throws CircuitError for a program that uses none.
[[nodiscard]] inline CompactProgram compact(const Program& program) {
  std::set<int> used;
  for (const auto& step : program.instructions()) {
    if (std::holds_alternative<Barrier>(step.action)) continue;
    for (const int q : instruction_qubits(step)) used.insert(q);
  }
  if (used.empty()) throw CircuitError("qmtl: SimulatedProvider: a circuit must use at least one qubit");
  std::vector<int> qubits(used.begin(), used.end());
  std::vector<int> place(static_cast<std::size_t>(program.qubits()), -1);
  for (std::size_t i = 0; i < qubits.size(); ++i) place[static_cast<std::size_t>(qubits[i])] = static_cast<int>(i);
  ProgramCopy out(program);
  Program narrow(static_cast<int>(qubits.size()));
  for (const auto& r : program.registers()) narrow.add_register(r.name, r.bits);
  out.program = std::move(narrow);
  for (Instruction step : program.instructions()) {
    if (auto* barrier = std::get_if<Barrier>(&step.action)) {
      std::erase_if(barrier->qubits, [&](int q) { return place[static_cast<std::size_t>(q)] < 0; });
      if (barrier->qubits.empty()) continue;
    }
    out.copy(relabel(step, place));
  }
  return {std::move(out.program), std::move(qubits)};
}

/// What may come behind a measurement: barriers, and what a noise model does to qubits that wait.
[[nodiscard]] inline bool changes_nothing_read(const Instruction& step) {
  const auto* op = std::get_if<Operation>(&step.action);
  return std::holds_alternative<Barrier>(step.action) || std::holds_alternative<Channel>(step.action) ||
         (op != nullptr && is_diagonal(op->gate));
}

}  // namespace detail

/// The probabilities of what is read in a program's registers, a table a register (2^bits), under a noise model whose
/// qubits are the program's. Each register is read at the end, and conditions there are none. Throws CircuitError for
/// a program that does otherwise, MemoryError for more than 15 qubits in use. Cost: as density_matrix.
[[nodiscard]] inline std::vector<std::vector<double>> register_probabilities(const Program& program,
                                                                             const NoiseModel& model) {
  const auto narrow = detail::compact(program);
  const Program noisy = with_noise(narrow.program, model, narrow.qubits);
  ProgramCopy unread(noisy);
  const auto bits = static_cast<std::size_t>(noisy.bits());
  std::vector<int> measured(bits, -1);
  std::vector<ReadoutError> errors(bits);
  std::vector<bool> read(static_cast<std::size_t>(noisy.qubits()), false);
  for (const auto& step : noisy.instructions()) {
    const auto* m = std::get_if<Measurement>(&step.action);
    const auto on = instruction_qubits(step);
    const auto is_read = [&](int q) { return read[static_cast<std::size_t>(q)]; };
    const bool after = std::ranges::any_of(on, is_read), all_after = std::ranges::all_of(on, is_read);
    const bool barrier = std::holds_alternative<Barrier>(step.action);
    if (step.condition || (after && !barrier && !(all_after && detail::changes_nothing_read(step)))) {
      throw CircuitError("qmtl: SimulatedProvider: a circuit must measure at its end, without conditions");
    }
    if (m != nullptr) {
      measured[static_cast<std::size_t>(m->bit)] = m->qubit;
      errors[static_cast<std::size_t>(m->bit)] = m->error;
      read[static_cast<std::size_t>(m->qubit)] = true;
    } else if (!after) {
      unread.copy(step);
    }
  }
  if (std::ranges::find(measured, -1) != measured.end()) {
    throw CircuitError("qmtl: SimulatedProvider: a circuit must measure each of its classical bits");
  }
  const auto probabilities = [&]() -> std::function<std::vector<double>(std::span<const int>)> {
    detail::require_runnable<double>(unread.program, {}, {});
    if (detail::PauliSimulator::runs(unread.program)) {
      const auto simulator = std::make_shared<detail::PauliSimulator>(unread.program);
      simulator->run({}, {});
      return [simulator](std::span<const int> qubits) { return simulator->probabilities(qubits); };
    }
    const auto rho = std::make_shared<const DensityMatrix>(density_matrix(unread.program));
    return [rho](std::span<const int> qubits) { return rho->probabilities(qubits); };
  }();
  std::vector<std::vector<double>> out;
  for (const auto& [name, first, width] : noisy.registers()) {
    const auto from = static_cast<std::size_t>(first), count = static_cast<std::size_t>(width);
    out.push_back(probabilities(std::span(measured).subspan(from, count)));
    apply_readout_errors(out.back(), std::span(errors).subspan(from, count));
  }
  return out;
}

/// Counts of a program's registers in so many shots, as register_probabilities has them; registers are drawn
/// independently of each other, which no marginal shows.
[[nodiscard]] inline CircuitResult simulated_result(const Program& program, const NoiseModel& model, std::int64_t shots,
                                                    Rng& rng) {
  CircuitResult out;
  for (const auto& table : register_probabilities(program, model)) {
    const auto counts = multinomial(rng, shots, table);
    RegisterCounts& seen = out.registers.emplace_back();
    for (std::size_t value = 0; value < counts.size(); ++value) {
      if (counts[value] > 0) seen.emplace(value, counts[value]);
    }
  }
  return out;
}

/// A service in this process: jobs complete as soon as they are asked for. Counts are drawn from a seed and the job's
/// number, so that the same jobs in the same order have the same counts.
class SimulatedProvider {
 public:
  /// Qubit q of a circuit is qubit q of the model; without one there are no errors.
  explicit SimulatedProvider(NoiseModel model = {}, Seed seed = Seed{1}, std::string device = "simulated")
      : model_(std::move(model)), seed_(seed), device_(std::move(device)) {}

  [[nodiscard]] std::string name() const { return device_; }
  [[nodiscard]] ProviderLimits limits() const noexcept { return {}; }
  void check(const Program&) const noexcept {}

  /// Throws as register_probabilities.
  [[nodiscard]] std::string submit(const ProviderJob& job) {
    Rng rng(Seed{seed_.value + jobs_.size()});
    std::vector<CircuitResult> results;
    for (const Program& circuit : job.circuits) results.push_back(simulated_result(circuit, model_, job.shots, rng));
    jobs_.push_back({std::string(job.tag), std::move(results)});
    return detail::text("simulated-", jobs_.size() - 1);
  }
  [[nodiscard]] std::optional<std::string> find(std::string_view tag) const {
    for (std::size_t j = 0; j < jobs_.size(); ++j) {
      if (jobs_[j].tag == tag) return detail::text("simulated-", j);
    }
    return std::nullopt;
  }
  [[nodiscard]] JobStatus status(const std::string& id) const {
    (void)job(id);
    return {JobState::completed};
  }
  [[nodiscard]] std::vector<CircuitResult> results(const std::string& id, std::span<const Program>) const {
    return job(id).results;
  }
  void cancel(const std::string& id) const { (void)job(id); }

 private:
  struct Job {
    std::string tag;
    std::vector<CircuitResult> results;
  };

  [[nodiscard]] const Job& job(const std::string& id) const {
    for (std::size_t j = 0; j < jobs_.size(); ++j) {
      if (id == detail::text("simulated-", j)) return jobs_[j];
    }
    throw ProviderError("qmtl: SimulatedProvider: no job of that name");
  }

  NoiseModel model_;
  Seed seed_;
  std::string device_;
  std::vector<Job> jobs_;
};

}  // namespace qmtl::inline QMTL_ABI
