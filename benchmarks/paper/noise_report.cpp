// SPDX-License-Identifier: Apache-2.0
// What noise does to the heads of a problem, in tables.

#include <algorithm>
#include <cmath>

#include "paper/report.hpp"
#include "paper/summary.hpp"
#include "result_table.hpp"

namespace qmtl::benchmark::paper {
namespace {

[[nodiscard]] std::string auc_text(double auc) { return std::isnan(auc) ? "-" : fixed(auc, 4); }

/// "0.6871, 0.6866, 0.6880, 0.6892, 0.6890", or only the first where there are no others.
[[nodiscard]] std::string cell(const NoiseResult& result) {
  if (std::isnan(result.trained)) return auc_text(result.exact);
  return auc_text(result.exact) + ", " + auc_text(result.shots) + ", " + auc_text(result.mitigated) + ", " +
         auc_text(result.trained) + ", " + auc_text(result.trained_ideally);
}

[[nodiscard]] bool has_circuits(const HeadSummary& head) {
  for (const NoiseResult& result : head.noise) {
    if (!std::isnan(result.exact)) return true;
  }
  return false;
}

/// A row for each case with a scale of one, or with another one.
[[nodiscard]] std::string case_table(const ProblemResult& result, std::span<const HeadSummary> heads, bool scaled) {
  std::vector<std::string> header{scaled ? "noise" : "device"};
  for (const HeadSummary& head : heads) header.push_back(head.name);
  ResultTable table(header);
  std::vector<std::string> ideal{"none"};
  for (const HeadSummary& head : heads) ideal.push_back(auc_text(summarize(head.first_fold_auc).mean));
  table.add(std::move(ideal));
  for (std::size_t c = 0; c < result.noise_cases.size(); ++c) {
    const NoiseCase& of = result.noise_cases[c];
    const bool once = of.device == result.noise_cases.front().device && of.scale == 1.0;
    if ((of.scale != 1.0) != scaled && !(scaled && once)) continue;
    std::vector<std::string> row{scaled ? fixed(of.scale, 0) + " times" : of.device->name};
    for (const HeadSummary& head : heads) {
      row.push_back(scaled ? auc_text(head.noise[c].exact) : cell(head.noise[c]));
    }
    table.add(std::move(row));
  }
  return table.markdown();
}

/// What the heads lose on the devices, in the mean over those on which all of them fit: "quantum 0.0012, 0.0013, ...".
[[nodiscard]] std::string losses(const ProblemResult& result, std::span<const HeadSummary> heads) {
  std::string out;
  for (const HeadSummary& head : heads) {
    std::vector<double> exact, mitigated, trained, trained_ideally;
    const double ideal = summarize(head.first_fold_auc).mean;
    for (std::size_t c = 0; c < result.noise_cases.size(); ++c) {
      const auto fits = [c](const HeadSummary& other) { return !std::isnan(other.noise[c].exact); };
      if (result.noise_cases[c].scale != 1.0 || !std::ranges::all_of(heads, fits)) continue;
      exact.push_back(ideal - head.noise[c].exact);
      mitigated.push_back(ideal - head.noise[c].mitigated);
      trained.push_back(ideal - head.noise[c].trained);
      trained_ideally.push_back(ideal - head.noise[c].trained_ideally);
    }
    out += detail::text("- `", head.name, "`: ", auc_text(summarize(exact).mean), " under noise");
    if (!std::isnan(summarize(trained).mean)) {
      out +=
          detail::text(", ", auc_text(summarize(mitigated).mean), " mitigated, ", auc_text(summarize(trained).mean),
                       " trained on under noise, ", auc_text(summarize(trained_ideally).mean), " trained on without");
    }
    out += '\n';
  }
  return out;
}

}  // namespace

std::string noise_section(const ProblemResult& result, const NoisePlan& plan) {
  std::vector<HeadSummary> heads;
  for (HeadSummary& head : summarize_heads(result)) {
    if (head.name != "hybrid" && has_circuits(head)) heads.push_back(std::move(head));
  }
  if (heads.empty()) return "";
  return detail::text(
             "\n### Under noise: ", result.dataset, "\n\nMean test AUC of the same models",
             result.test_rows.size() > 1 ? " (first fold)" : "",
             " on simulated devices, by their published calibrations: of exact expectation values, of ", plan.shots,
             " shots a circuit, of as many mitigated (half of them on circuits folded by 3, linear extrapolation; "
             "readout undone), "
             "and of exact values after ",
             plan.epochs, " more epochs under noise, and without noise, at ", plan.rate_factor,
             " of the rate. Deviations over seeds are those of the tables above; differences of some thousandths "
             "between "
             "columns of shots are within their random errors. Heads that measure more than ",
             plan.qubits,
             " qubits at a time have exact values only. Gates are counted as the device's own, neighbours lie on a "
             "path "
             "of coupled qubits, and pairs that are entangled but not coupled, as a ring's ends, have the figures of "
             "the median coupling: there is no routing.\n\n") +
         case_table(result, heads, false) + "\nLoss of AUC, mean over the devices:\n\n" + losses(result, heads) +
         "\nWith all errors, rates and couplings of " + result.noise_cases.front().device->name +
         " multiplied, exact:\n\n" + case_table(result, heads, true);
}

}  // namespace qmtl::benchmark::paper
