#pragma once
// SPDX-License-Identifier: Apache-2.0
// From the jobs of a head to few circuits of a device: runs whose windows do not overlap are measured together.

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/hardware/bound_runs.hpp"
#include "qmtl/hardware/graph_coloring.hpp"
#include "qmtl/hardware/hardware_job.hpp"

namespace qmtl::inline QMTL_ABI {

/// From a program on the head's qubits to one on the device's, in its gates and couplings, as
/// `[&](const Program& p) { return transpile(p, target).program; }` with hardware/transpile.hpp. Registers, measured
/// bits and features stay what they are: what samples have in common is transpiled once, with features as angles, and
/// lies on the same qubits for all.
using ProgramTranspiler = std::function<Program(const Program&)>;

/// How plan_hardware_job makes circuits.
struct HardwareOptions {
  std::int64_t shots = 4096;       ///< of each circuit
  ProgramTranspiler transpile{};   ///< none: the head's qubits and gates are the device's
  bool share_circuits = true;      ///< or a circuit for each run
  bool bind_first = false;         ///< transpile each circuit with its numbers in place, and not once for all samples
  bool calibrate_readout = false;  ///< two more circuits, from which readout errors are known and undone
  std::string name{};              ///< of the job; empty: a random one
};

namespace detail {

/// A name that no other job has: 96 bits of the system's random numbers. It decides nothing but how a job is found.
[[nodiscard]] inline std::string random_job_name() {
  std::uint32_t words[3];
  if (::getentropy(words, sizeof words) != 0) throw LogicError("qmtl: HardwareJob: the system has no random numbers");
  std::string name = "qmtl-";
  for (const std::uint32_t word : words) {
    for (int shift = 28; shift >= 0; shift -= 4) name += "0123456789abcdef"[(word >> shift) & 15u];
  }
  return name;
}

inline void check_job_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  if (!name.empty() && name.size() <= 64 && std::ranges::all_of(name, allowed)) return;
  throw ValueError("qmtl: HardwareJob: name, expected 1 to 64 letters, digits, '-' and '_'");
}

/// Puts the runs of jobs on circuits.
class JobPlanner {
 public:
  JobPlanner(std::span<const CircuitJob> jobs, const HardwareOptions& options) : options_(&options) {
    out_.name = options.name.empty() ? random_job_name() : options.name;
    out_.shots = options.shots;
    for (const auto& job : jobs) {
      programs_.emplace_back(job);
      width_ = std::max(width_, programs_.back().whole().size());
      out_.jobs.push_back(
          {programs_.back().hash(), job.parameters, std::vector<RunPlace>(static_cast<std::size_t>(job.runs()))});
    }
  }

  [[nodiscard]] HardwareJob plan() && {
    for (const auto& group : groups()) {
      for (const auto& together : colored(group)) add_circuit(together);
    }
    if (options_->calibrate_readout && !out_.circuits.empty()) add_calibration();
    return std::move(out_);
  }

 private:
  struct Run {
    std::size_t job = 0;
    Eigen::Index run = 0;
    std::string shared;  ///< what it begins with
  };

  /// Runs that may go together: those of one sample, where each job has as many, or that begin alike.
  [[nodiscard]] std::vector<std::vector<Run>> groups() const {
    bool by_sample = true;
    for (const auto& program : programs_) by_sample &= program.job().runs() == programs_.front().job().runs();
    std::map<std::string, std::size_t> known;
    std::vector<std::vector<Run>> out;
    for (std::size_t j = 0; j < programs_.size(); ++j) {
      for (Eigen::Index r = 0; r < programs_[j].job().runs(); ++r) {
        Run run{j, r, programs_[j].shared_key(r)};
        const auto [place, is_new] = known.try_emplace(by_sample ? std::to_string(r) : run.shared, out.size());
        if (is_new) out.emplace_back();
        out[place->second].push_back(std::move(run));
      }
    }
    return out;
  }

  /// Runs that begin alike need qubits of their own from there on, others from the start.
  [[nodiscard]] bool fit_together(const Run& a, const Run& b) const {
    const JobProgram &first = programs_[a.job], &second = programs_[b.job];
    return a.shared == b.shared ? disjoint(first.own(), second.own()) : disjoint(first.whole(), second.whole());
  }

  [[nodiscard]] std::vector<std::vector<Run>> colored(const std::vector<Run>& group) const {
    Neighbors conflicts(group.size());
    for (std::size_t a = 0; a < group.size(); ++a) {
      for (std::size_t b = 0; b < group.size(); ++b) {
        if (a == b || (options_->share_circuits && fit_together(group[a], group[b]))) continue;
        conflicts[a].push_back(static_cast<int>(b));
      }
    }
    const auto colors = color_graph(conflicts);
    std::vector<std::size_t> place(group.size(), group.size());  // of a colour: in the order of the first runs
    std::vector<std::vector<Run>> out;
    for (std::size_t v = 0; v < group.size(); ++v) {
      auto& at = place[static_cast<std::size_t>(colors[v])];
      if (at == group.size()) {
        at = out.size();
        out.emplace_back();
      }
      out[at].push_back(group[v]);
    }
    return out;
  }

  /// Jobs that are measured together, and which of them bring the operations that they begin with.
  using Structure = std::vector<std::pair<std::size_t, bool>>;

  /// Their circuit with a register a job, whose features are those of all jobs, one after the other.
  [[nodiscard]] Program program_of(const Structure& structure) const {
    Program program(static_cast<int>(width_));
    int feature = 0;
    for (const auto& [j, begins] : structure) {
      if (begins) programs_[j].append_shared(program, feature);
      feature += static_cast<int>(programs_[j].job().parameters.rows());
    }
    feature = 0;
    for (const auto& [j, begins] : structure) {
      programs_[j].append_own(program, feature);
      feature += static_cast<int>(programs_[j].job().parameters.rows());
    }
    for (std::size_t place = 0; place < structure.size(); ++place) {
      const auto& job = programs_[structure[place].first].job();
      const int first = program.bits();
      program.add_register(text("job", place), static_cast<int>(job.measured.size()));
      for (std::size_t bit = 0; bit < job.measured.size(); ++bit) {
        program.measure(job.qubits[static_cast<std::size_t>(job.measured[bit])], first + static_cast<int>(bit));
      }
    }
    return program;
  }

  [[nodiscard]] Program transpiled(Program program) const {
    if (!options_->transpile) return program;
    Program out = options_->transpile(program);
    require_same_bits(program, out);
    return out;
  }

  /// The circuit of jobs that are measured together, transpiled once for all samples unless angles are bound before.
  [[nodiscard]] const Program& circuit_of(const Structure& structure) {
    const auto known = circuits_.find(structure);
    if (known != circuits_.end()) return known->second;
    Program program = program_of(structure);
    if (!options_->bind_first) program = transpiled(std::move(program));
    return circuits_.emplace(structure, std::move(program)).first->second;
  }

  /// A circuit that measures these runs, each into a register of its own.
  void add_circuit(const std::vector<Run>& together) {
    Structure structure;
    std::set<std::string> begun;
    std::vector<double> parameters;
    for (const auto& run : together) {
      structure.emplace_back(run.job, begun.insert(run.shared).second);
      const auto column = programs_[run.job].job().parameters.col(run.run);
      parameters.insert(parameters.end(), column.begin(), column.end());
    }
    const Program& circuit = circuit_of(structure);
    ProgramCopy copy(circuit);
    copy.program = Program(circuit.qubits());
    for (std::size_t place = 0; place < together.size(); ++place) {
      copy.program.add_register(text('r', registers_++), circuit.registers()[place].bits);
      out_.jobs[together[place].job].runs[static_cast<std::size_t>(together[place].run)] = {
          static_cast<int>(out_.circuits.size()), static_cast<int>(place)};
    }
    for (const auto& step : circuit.instructions()) copy.copy(bound(step, parameters));
    out_.circuits.push_back(options_->bind_first ? transpiled(std::move(copy.program)) : std::move(copy.program));
  }

  /// Throws CircuitError unless a transpiler has left registers alone and measures every bit once.
  static void require_same_bits(const Program& before, const Program& after) {
    std::vector<int> measured(static_cast<std::size_t>(after.bits()), 0);
    for (const auto& step : after.instructions()) {
      if (const auto* m = std::get_if<Measurement>(&step.action)) ++measured[static_cast<std::size_t>(m->bit)];
    }
    if (std::ranges::equal(before.registers(), after.registers()) &&
        std::ranges::all_of(measured, [](int count) { return count == 1; })) {
      return;
    }
    throw CircuitError(
        "qmtl: HardwareJob: a transpiled circuit must have the registers that it had, each bit measured once");
  }

  /// All qubits that are measured anywhere.
  [[nodiscard]] std::vector<int> measured_qubits() const {
    std::set<int> qubits;
    for (const auto& circuit : out_.circuits) {
      for (const auto& step : circuit.instructions()) {
        if (const auto* m = std::get_if<Measurement>(&step.action)) qubits.insert(m->qubit);
      }
    }
    return {qubits.begin(), qubits.end()};
  }

  void add_calibration() {
    const auto qubits = measured_qubits();
    int width = 0;
    for (const auto& circuit : out_.circuits) width = std::max(width, circuit.qubits());
    out_.calibration =
        ReadoutCalibration{static_cast<int>(out_.circuits.size()), static_cast<int>(out_.circuits.size()) + 1, qubits};
    for (const bool one : {false, true}) {
      Program program(width);
      for (const int q : qubits) {
        if (one) program.append(gate::x(q));
      }
      constexpr std::size_t register_bits = 64;
      for (std::size_t first = 0; first < qubits.size(); first += register_bits) {
        const std::size_t bits = std::min(register_bits, qubits.size() - first);
        program.add_register(text(one ? "ones" : "zeros", first / register_bits), static_cast<int>(bits));
        for (std::size_t b = first; b < first + bits; ++b) program.measure(qubits[b], static_cast<int>(b));
      }
      out_.circuits.push_back(std::move(program));
    }
  }

  const HardwareOptions* options_;
  std::vector<JobProgram> programs_;
  std::size_t width_ = 1, registers_ = 0;
  std::map<Structure, Program> circuits_;
  HardwareJob out_;
};

}  // namespace detail

/// The circuits for an executor's jobs, which may have been asked for in one call or in several, one after the other.
/// Runs that begin with the same operations (`shared`, a head's encoding) and then act on qubits of their own share a
/// circuit, as do those that have no qubit in common: tasks with disjoint windows, and the measurement bases of others;
/// which do is chosen by a colouring with as few circuits as possible (color_graph). Marginals do not depend on it, but
/// what is read in one circuit is of the same shots. Register "r7" of a circuit is run 7 of all. Throws ValueError
/// for less than one shot or a name that is not of 1 to 64 letters, digits, '-' and '_', ShapeError and CircuitError
/// for jobs that cannot be, CircuitError for a transpiler that loses bits.
[[nodiscard]] inline HardwareJob plan_hardware_job(std::span<const CircuitJob> jobs,
                                                   const HardwareOptions& options = {}) {
  if (options.shots < 1) {
    throw ValueError(detail::text("qmtl: HardwareJob: shots, expected at least 1, got ", options.shots));
  }
  if (!options.name.empty()) detail::check_job_name(options.name);
  return detail::JobPlanner(jobs, options).plan();
}

}  // namespace qmtl::inline QMTL_ABI
