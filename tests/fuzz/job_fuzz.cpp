// SPDX-License-Identifier: Apache-2.0
// Files of jobs. The first byte of an input says what the rest is: 0 a job, 1 results, 2 a journal's parts. What is
// accepted is the same after it is written and read again.

#include "fuzz/fuzz.hpp"
#include "qmtl/provider/file_journal.hpp"

namespace qmtl::fuzz {
namespace {

constexpr LoadLimits limits = {.bytes = 1 << 22};

void check_job(std::string_view text) {
  HardwareJob job;
  if (!accepts([&] { job = parse_hardware_job(text, "job", limits); })) return;
  require(job.shots >= 1, "there are shots");
  for (const PlannedJob& planned : job.jobs) {
    require(planned.runs.size() == static_cast<std::size_t>(planned.parameters.cols()), "each run has its parameters");
    for (const auto& [circuit, place] : planned.runs) {
      require(circuit >= 0 && static_cast<std::size_t>(circuit) < job.circuits.size(), "a run's circuit is there");
      const auto registers = job.circuits[static_cast<std::size_t>(circuit)].registers();
      require(place >= 0 && static_cast<std::size_t>(place) < registers.size(), "a run's register is there");
    }
  }
  std::string once;
  if (!accepts([&] { once = hardware_job_text(job); })) return;  // conditions on few bits of many
  HardwareJob again;
  require(accepts([&] { again = parse_hardware_job(once); }), "what is written is read");
  require(hardware_job_text(again) == once, "a job is the same after it is read and written");
  require(qmtl::detail::job_fingerprint(again) == qmtl::detail::job_fingerprint(job), "it is still the same job");
}

void check_results(std::string_view text) {
  std::vector<CircuitResult> results;
  if (!accepts([&] { results = qmtl::detail::parse_results(text, "results", limits); })) return;
  for (const auto& result : results) {
    for (const auto& counts : result.registers) {
      for (const auto& [value, count] : counts) require(count >= 0, "counts are not negative");
    }
  }
  const std::string once = qmtl::detail::results_text(results);
  require(qmtl::detail::parse_results(once, "results", LoadLimits{}) == results, "results come back");
}

void check_parts(std::string_view text) {
  qmtl::detail::PartsFile file;
  if (!accepts([&] { file = qmtl::detail::parse_parts(text, "parts", limits); })) return;
  const std::string once = qmtl::detail::parts_text(file);
  const auto again = qmtl::detail::parse_parts(once, "parts", LoadLimits{});
  require(again.name == file.name && again.asked == file.asked && again.parts == file.parts, "parts come back");
}

}  // namespace

void check(BytesView input) {
  Decisions decisions(input);
  const unsigned what = decisions.byte() % 3;
  const std::string_view text = as_text(decisions.rest());
  if (what == 0) check_job(text);
  if (what == 1) check_results(text);
  if (what == 2) check_parts(text);
}

std::vector<Bytes> seeds() {
  const auto seed = [](char what, const std::string& text) { return joined({as_bytes(what + text)}); };
  Program circuit(2);
  circuit.add_register("r0", 2);
  circuit.append(gate::ry(0, 0.25)).append(gate::cx(0, 1)).measure(0, 0).measure(1, 1);
  HardwareJob job{"qmtl-fuzz", 100, {circuit}, {{7, Batch<double>::Constant(1, 1, 0.25), {{0, 0}}}}, {}};
  job.calibration = ReadoutCalibration{0, 0, {0, 1}};
  const std::vector<CircuitResult> results{{{{{0, 60}, {3, 40}}}, {}}, failed_result("too hot")};
  const qmtl::detail::PartsFile parts{
      "qmtl-fuzz", qmtl::detail::job_fingerprint(job), {{{0}, PartState::sent, "id-7"}, {{1}, PartState::planned, {}}}};
  return {seed('\0', hardware_job_text(job)), seed('\1', qmtl::detail::results_text(results)),
          seed('\2', qmtl::detail::parts_text(parts))};
}

}  // namespace qmtl::fuzz
