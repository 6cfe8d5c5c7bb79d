#pragma once
// SPDX-License-Identifier: Apache-2.0
// From the jobs of a head to few circuits of a device: runs whose windows do not overlap are measured together.

#include <unistd.h>

#include <algorithm>
#include <cmath>
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
#include "qmtl/hardware/circuit_sharing.hpp"
#include "qmtl/hardware/hardware_job.hpp"
#include "qmtl/hardware/synthesis/unitaries.hpp"

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

/// Puts the runs of jobs on circuits.
class JobPlanner {
 public:
  JobPlanner(std::span<const CircuitJob> jobs, const HardwareOptions& options) : options_(&options) {
    out_.name = options.name.empty() ? random_job_name() : options.name;
    out_.shots = options.shots;
    programs_.reserve(jobs.size());
    std::map<std::string, std::size_t> known;
    for (const auto& job : jobs) {
      require_numbers(job, programs_.size());
      const JobProgram& program = programs_.emplace_back(job);
      width_ = std::max(width_, program.whole().size());
      first_alike_.push_back(known.try_emplace(program.key(), first_alike_.size()).first->second);
      out_.jobs.push_back(
          {program.hash(), job.parameters, std::vector<RunPlace>(static_cast<std::size_t>(job.runs()))});
    }
  }

  [[nodiscard]] HardwareJob plan() && {
    CircuitSharing sharing;
    for (const auto& group : groups()) {
      if (!options_->share_circuits) {
        for (const auto& run : group) add_circuit({run});
        continue;
      }
      std::vector<RunQubits> qubits;
      qubits.reserve(group.size());
      for (const auto& run : group) {
        qubits.push_back({run.beginning, &programs_[run.job].whole(), &programs_[run.job].own()});
      }
      for (const auto& members : sharing(qubits)) {
        std::vector<Run> together;
        together.reserve(members.size());
        for (const std::size_t m : members) together.push_back(group[m]);
        add_circuit(together);
      }
    }
    if (options_->calibrate_readout && !out_.circuits.empty()) add_calibration();
    return std::move(out_);
  }

 private:
  struct Run {
    std::size_t job = 0;
    Eigen::Index run = 0;
    std::size_t beginning = 0;  ///< the same number for runs that begin with the same operations
  };

  /// A device would be sent angles that are no numbers, and JSON has none.
  static void require_numbers(const CircuitJob& job, std::size_t number) {
    for (Eigen::Index r = 0; r < job.runs(); ++r) {
      if (job.parameters.col(r).allFinite()) continue;
      throw ValueError(text("qmtl: HardwareJob: parameters of run ", r, " of job ", number,
                            ", expected finite numbers, got NaN or infinity"));
    }
  }

  /// Runs that may go together: those of one sample, where each job has as many, or that begin alike.
  [[nodiscard]] std::vector<std::vector<Run>> groups() const {
    bool by_sample = true;
    for (const auto& program : programs_) by_sample &= program.job().runs() == programs_.front().job().runs();
    Numbering<std::string> beginnings;
    std::vector<std::vector<Run>> out;
    for (std::size_t j = 0; j < programs_.size(); ++j) {
      for (Eigen::Index r = 0; r < programs_[j].job().runs(); ++r) {
        const Run run{j, r, beginnings(programs_[j].shared_key(r))};
        const std::size_t group = by_sample ? static_cast<std::size_t>(r) : run.beginning;
        if (group >= out.size()) out.resize(group + 1);
        out[group].push_back(run);
      }
    }
    return out;
  }

  /// Jobs that are measured together, by the first that is like each, and which of them bring the operations that they
  /// begin with.
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

  /// The circuit of jobs that are measured together, transpiled once for all samples, and calls of one sample each,
  /// unless angles are bound before.
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
    std::set<std::size_t> begun;
    std::vector<double> parameters;
    for (const auto& run : together) {
      structure.emplace_back(first_alike_[run.job], begun.insert(run.beginning).second);
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

  /// X on a qubit of the device in its gates: what the transpiler makes of it on a qubit of the head.
  [[nodiscard]] std::vector<Operation> transpiled_x() const {
    Program alone(static_cast<int>(width_));
    alone.append(gate::x(0));
    alone.add_register("x", 1);
    alone.measure(0, 0);
    const Program made = transpiled(std::move(alone));
    const int qubit = measured_into(made, 0).front();
    std::vector<Operation> out;
    Unitary2 product = Unitary2::Identity();
    for (const auto& step : made.instructions()) {
      const auto on = instruction_qubits(step);
      if (std::ranges::find(on, qubit) == on.end()) continue;
      if (std::holds_alternative<Barrier>(step.action) || std::holds_alternative<Measurement>(step.action)) continue;
      const Operation* op = bound_gate(step);
      if (op == nullptr || info(op->gate).qubits != 1) refuse_x();
      out.push_back(*op);
      product = (one_qubit_matrix(*op) * product).eval();
    }
    if (!(std::abs(product(0, 0)) < 1e-6)) refuse_x();
    return out;
  }
  [[noreturn]] static void refuse_x() {
    throw CircuitError(
        "qmtl: HardwareJob: a transpiled X, for the calibration of readout, must be gates on one qubit that exchange "
        "|0> and |1>");
  }

  void add_calibration() {
    const auto qubits = measured_qubits();
    int width = 0;
    for (const auto& circuit : out_.circuits) width = std::max(width, circuit.qubits());
    out_.calibration =
        ReadoutCalibration{static_cast<int>(out_.circuits.size()), static_cast<int>(out_.circuits.size()) + 1, qubits};
    const auto x = transpiled_x();
    for (const bool one : {false, true}) {
      Program program(width);
      for (const int q : qubits) {
        for (Operation op : x) {
          op.qubits[0] = q;
          if (one) program.append(op);
        }
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
  std::vector<std::size_t> first_alike_;  // of a job: the first with the same circuit
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
/// for less than one shot, a name that is not of 1 to 64 letters, digits, '-' and '_', or parameters that are not
/// finite, ShapeError and CircuitError for jobs that cannot be, CircuitError for a transpiler that loses bits. Cost: in
/// proportion to the runs, whether they were asked for in one call or in thousands.
[[nodiscard]] inline HardwareJob plan_hardware_job(std::span<const CircuitJob> jobs,
                                                   const HardwareOptions& options = {}) {
  if (options.shots < 1) {
    throw ValueError(detail::text("qmtl: HardwareJob: shots, expected at least 1, got ", options.shots));
  }
  if (!options.name.empty()) detail::check_job_name(options.name);
  return detail::JobPlanner(jobs, options).plan();
}

}  // namespace qmtl::inline QMTL_ABI
