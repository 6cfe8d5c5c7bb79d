#pragma once
// SPDX-License-Identifier: Apache-2.0
// A HardwareJob as a JSON file, its circuits as OpenQASM 2, and results of circuits as JSON.

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/atomic_file.hpp"
#include "qmtl/core/utf.hpp"
#include "qmtl/hardware/circuit_result.hpp"
#include "qmtl/hardware/hardware_job.hpp"
#include "qmtl/hardware/openqasm/read_openqasm.hpp"
#include "qmtl/hardware/openqasm/write_openqasm.hpp"
#include "qmtl/hardware/plan_job.hpp"
#include "qmtl/io/json_text.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

inline constexpr std::string_view job_format = "qmtl hardware job";

/// Throws FileError unless an object is of this format and version 1.
inline void require_format(const JsonField& root, std::string_view format) {
  if (root.at("format").string() != format) root.at("format").fail(in_quotes(format));
  if (root.at("version").number() != 1.0) root.at("version").fail("1");
}

[[nodiscard]] inline std::int64_t count_of(const JsonField& field) {
  const double value = field.number();
  // One more is what 2^53 + 1 is read as, too.
  if (!(value >= 0.0 && value < 0x1p53 && std::floor(value) == value)) field.fail("an integer from 0 to 2^53 - 1");
  return static_cast<std::int64_t>(value);
}

/// Of 64 bits, which JSON's numbers do not hold everywhere: as text.
[[nodiscard]] inline std::uint64_t integer_of(const JsonField& field) {
  const std::string& digits = field.string();
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) field.fail("an integer of 64 bits");
  return value;
}

[[nodiscard]] inline nlohmann::json to_json(const PlannedJob& job) {
  auto parameters = nlohmann::json::array(), runs = nlohmann::json::array();
  for (Eigen::Index r = 0; r < job.parameters.cols(); ++r) {
    const auto column = job.parameters.col(r);
    parameters.push_back(std::vector<double>(column.begin(), column.end()));
    const auto& [circuit, place] = job.runs[static_cast<std::size_t>(r)];
    runs.push_back({circuit, place});
  }
  return {{"circuit", std::to_string(job.circuit)}, {"parameters", std::move(parameters)}, {"runs", std::move(runs)}};
}

/// Reads what `to_json` of a job has written; no number in it leads out of the job.
class JobReader {
 public:
  JobReader(const JsonField& root, std::string_view where, LoadBudget& budget)
      : root_(root), where_(where), budget_(&budget) {}

  [[nodiscard]] HardwareJob read() && {
    require_format(root_, job_format);
    out_.name = root_.at("name").string();
    if (!is_job_name(out_.name)) root_.at("name").fail("1 to 64 letters, digits, '-' and '_'");
    out_.shots = count_of(root_.at("shots"));
    if (out_.shots < 1) root_.at("shots").fail("at least 1");
    read_circuits(root_.at("circuits"));
    const JsonField jobs = root_.at("jobs");
    for (std::size_t j = 0; j < jobs.size(); ++j) read_job(jobs[j]);
    if (const auto calibration = root_.find("calibration")) read_calibration(*calibration);
    return std::move(out_);
  }

 private:
  void read_circuits(const JsonField& circuits) {
    for (std::size_t c = 0; c < circuits.size(); ++c) {
      const std::string& text = circuits[c].string();
      OpenQasmOptions options{.name = name_of(c)};
      const std::uint64_t most = budget_->limits().bytes / sizeof(Instruction);
      options.limits.steps = std::min(options.limits.steps, static_cast<std::size_t>(most));
      out_.circuits.push_back(read_openqasm2(text, options).program);
      budget_->take(sizeof(Instruction) * out_.circuits.back().instructions().size(), where_);
    }
  }
  [[nodiscard]] std::string name_of(std::size_t circuit) const {
    return qmtl::detail::text(where_, ", circuit ", circuit);
  }
  [[nodiscard]] int last_circuit() const noexcept { return static_cast<int>(out_.circuits.size()) - 1; }

  void read_job(const JsonField& job) {
    PlannedJob& out = out_.jobs.emplace_back();
    out.circuit = integer_of(job.at("circuit"));
    const JsonField runs = job.at("runs"), parameters = job.at("parameters");
    if (parameters.size() != runs.size()) parameters.fail("as many as runs");
    const std::size_t rows = runs.size() == 0 ? 0 : parameters[0].size();
    out.parameters.resize(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(runs.size()));
    for (std::size_t r = 0; r < runs.size(); ++r) {
      if (parameters[r].size() != rows) parameters[r].fail("as many numbers as in the first");
      for (std::size_t i = 0; i < rows; ++i) {
        out.parameters(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(r)) = parameters[r][i].number();
      }
      if (runs[r].size() != 2) runs[r].fail("a circuit and a register");
      const int circuit = runs[r][0].index(last_circuit());
      const auto& registers = out_.circuits[static_cast<std::size_t>(circuit)].registers();
      out.runs.push_back({circuit, runs[r][1].index(static_cast<int>(registers.size()) - 1)});
    }
  }

  void read_calibration(const JsonField& calibration) {
    ReadoutCalibration out{
        calibration.at("zeros").index(last_circuit()), calibration.at("ones").index(last_circuit()), {}};
    const JsonField qubits = calibration.at("qubits");
    for (std::size_t i = 0; i < qubits.size(); ++i) {
      out.qubits.push_back(qubits[i].index(std::numeric_limits<int>::max()));
    }
    out_.calibration = std::move(out);
  }

  JsonField root_;
  std::string_view where_;
  LoadBudget* budget_;
  HardwareJob out_;
};

}  // namespace detail

/// The job as JSON; parse_hardware_job reads it again. Circuits are OpenQASM 2 texts, angles and parameters exact.
/// Throws as write_openqasm2.
[[nodiscard]] inline std::string hardware_job_text(const HardwareJob& job) {
  nlohmann::json out{{"format", detail::job_format}, {"version", 1}, {"name", job.name}, {"shots", job.shots}};
  auto circuits = nlohmann::json::array(), jobs = nlohmann::json::array();
  for (const Program& circuit : job.circuits) circuits.push_back(write_openqasm2(circuit));
  for (const PlannedJob& planned : job.jobs) jobs.push_back(detail::to_json(planned));
  out["circuits"] = std::move(circuits);
  out["jobs"] = std::move(jobs);
  if (job.calibration) {
    out["calibration"] = {
        {"zeros", job.calibration->zeros}, {"ones", job.calibration->ones}, {"qubits", job.calibration->qubits}};
  }
  return out.dump(1);
}

/// Throws FileError for what hardware_job_text does not write, and as read_openqasm2; what is read is no larger than
/// the limits.
[[nodiscard]] inline HardwareJob parse_hardware_job(std::string_view text,
                                                    std::string_view where = "parse_hardware_job",
                                                    const LoadLimits& limits = {}) {
  detail::LoadBudget budget(limits);
  budget.take(text.size(), where);
  const nlohmann::json root = detail::parse_json(text, where, budget);
  return detail::JobReader(detail::JsonField(root, where), where, budget).read();
}

namespace detail {

/// Throws FileError where the journal of another job is beside a job's file: without that file nobody could tell what
/// its results are of.
inline void require_no_other_journal(const HardwareJob& job, const std::string& path) {
  const std::string journal = path + ".parts";
  struct stat status {};
  if (::stat(journal.c_str(), &status) != 0) return;
  const auto bytes = read_within(FileReader(journal, "save_hardware_job"), LoadLimits{}, journal);
  LoadBudget budget{LoadLimits{}};
  const nlohmann::json root = parse_json(as_text(bytes), journal, budget);
  const std::string& name = JsonField(root, journal).at("name").string();
  if (name == job.name) return;
  throw FileError(text("qmtl: save_hardware_job: '", path, "': job ", in_quotes(name),
                       " has its journal there, expected another path, or that journal and its results moved away"));
}

}  // namespace detail

/// Writes a job's file, all or nothing, and flushes it to the disk. Throws FileError, also where the journal of another
/// job is beside it.
inline void save_hardware_job(const HardwareJob& job, const std::string& path) {
  detail::require_no_other_journal(job, path);
  const std::string text = hardware_job_text(job);
  write_file_atomically(path, std::as_bytes(std::span(text.data(), text.size())));
}

/// Reads it. Throws FileError.
[[nodiscard]] inline HardwareJob load_hardware_job(const std::string& path, const LoadLimits& limits = {}) {
  const auto bytes = detail::read_within(detail::FileReader(path, "load_hardware_job"), limits, path);
  return parse_hardware_job(detail::as_text(bytes), path, limits);
}

namespace detail {

/// [{"registers": [{"5": 17, ...}, ...]}, {"failure": "..."}, ...], outcomes as decimal numbers.
[[nodiscard]] inline std::string results_text(std::span<const CircuitResult> results) {
  auto out = nlohmann::json::array();
  for (const auto& result : results) {
    if (!result.complete()) {
      out.push_back({{"failure", replace_invalid_utf8(result.failure)}});
      continue;
    }
    auto registers = nlohmann::json::array();
    for (const auto& counts : result.registers) {
      auto table = nlohmann::json::object();
      for (const auto& [value, count] : counts) table[std::to_string(value)] = count;
      registers.push_back(std::move(table));
    }
    out.push_back({{"registers", std::move(registers)}});
  }
  return nlohmann::json{{"format", "qmtl results"}, {"version", 1}, {"circuits", std::move(out)}}.dump();
}

[[nodiscard]] inline std::vector<CircuitResult> parse_results(std::string_view content, std::string_view where,
                                                              const LoadLimits& limits) {
  LoadBudget budget(limits);
  budget.take(content.size(), where);
  const nlohmann::json root = parse_json(content, where, budget);
  const JsonField field(root, where);
  require_format(field, "qmtl results");
  const JsonField circuits = field.at("circuits");
  std::vector<CircuitResult> out;
  for (std::size_t c = 0; c < circuits.size(); ++c) {
    if (const auto failure = circuits[c].find("failure")) {
      out.push_back(failed_result(failure->string()));
      continue;
    }
    CircuitResult& result = out.emplace_back();
    const JsonField registers = circuits[c].at("registers");
    for (std::size_t r = 0; r < registers.size(); ++r) {
      RegisterCounts& counts = result.registers.emplace_back();
      for (const auto& [outcome, count] : root["circuits"][c]["registers"][r].items()) {
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(outcome.data(), outcome.data() + outcome.size(), value);
        if (error != std::errc{} || end != outcome.data() + outcome.size() || counts.contains(value)) {
          registers[r].fail("each outcome once, as a number");
        }
        counts[value] = count_of(registers[r].at(outcome));
      }
    }
  }
  return out;
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
