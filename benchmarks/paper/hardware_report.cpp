// SPDX-License-Identifier: Apache-2.0
// What came back from a simulated device for the heads of a problem, in a table.

#include <algorithm>
#include <cmath>

#include "paper/report.hpp"
#include "paper/summary.hpp"
#include "result_table.hpp"

namespace qmtl::benchmark::paper {
namespace {

[[nodiscard]] std::string number(double value, int digits) { return std::isnan(value) ? "-" : fixed(value, digits); }

[[nodiscard]] std::string table_of(std::span<const HeadSummary> heads) {
  ResultTable table({"head", "ideal", "simulated noise", "through jobs", "circuits", "shots", "qubits",
                     "two-qubit gates before", "after", "swaps", "estimated success"});
  for (const HeadSummary& head : heads) {
    const HardwareResult& of = head.hardware;
    table.add({head.name, number(of.ideal, 4), number(of.simulated, 4), number(of.measured, 4),
               std::to_string(of.circuits), std::to_string(of.shots), std::to_string(of.qubits),
               number(of.pairs_before, 1), number(of.pairs_after, 1), number(of.swaps, 1), number(of.success, 3)});
  }
  return table.markdown();
}

}  // namespace

std::string hardware_section(const ProblemResult& result, const HardwarePlan& plan) {
  std::vector<HeadSummary> heads;
  for (HeadSummary& head : summarize_heads(result)) {
    if (head.name != "hybrid" && head.hardware.circuits > 0) heads.push_back(std::move(head));
  }
  if (plan.device == nullptr || heads.empty()) return "";
  const auto rows = std::min<Eigen::Index>(plan.rows, result.test_rows.front());
  return detail::text("\n### On a simulated device: ", result.dataset,
                      "\n\nNo real device was used: ", plan.device->name,
                      " was simulated, by its published calibration. The model of the first seed",
                      result.test_rows.size() > 1 ? " and fold" : "", " on ", rows, " of ", result.test_rows.front(),
                      " test rows, drawn by seed ", plan.row_seed,
                      " and the same for all columns: mean test AUC without noise, of exact expectation values under "
                      "the device's noise (no routing), and from jobs of ",
                      plan.shots,
                      " shots a circuit, transpiled to the device, sent to a service that runs them with its noise, "
                      "readout errors undone by two calibrating circuits. So few rows say how near the columns are to "
                      "each other, not how good a head is. Two-qubit gates, swaps and estimated success are means over "
                      "the circuits that differ by more than angles. Heads of which a circuit takes more than ",
                      plan.qubits, " qubits, and linear ones, are left out.\n\n") +
         table_of(heads);
}

}  // namespace qmtl::benchmark::paper
