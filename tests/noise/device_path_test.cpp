// SPDX-License-Identifier: Apache-2.0
// Paths of coupled qubits: the best of all, by trying all.

#include "qmtl/noise/device_path.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"
#include "support/throws.hpp"

namespace device_path_test {

using namespace qmtl;

DeviceCalibration device(int qubits, const std::vector<std::pair<int, int>>& pairs, Rng& rng) {
  DeviceCalibration out;
  for (int q = 0; q < qubits; ++q) {
    out.qubits.push_back({.p_1_given_0 = 0.05 * rng.uniform(), .p_0_given_1 = 0.05 * rng.uniform()});
  }
  for (const auto& [a, b] : pairs) out.gates.push_back({"cz", Gate::CZ, {a, b}, 0.1 * rng.uniform(), 100});
  return out;
}

/// The product of fidelities of a path, or 0 if it is none.
double fidelity(const DeviceCalibration& device, std::span<const int> path) {
  double out = 1.0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto read = device.qubits[static_cast<std::size_t>(path[i])].readout_error();
    out *= 1 - (read.p_1_given_0 + read.p_0_given_1) / 2;
    if (i == 0) continue;
    double pair = 0.0;
    for (const auto& gate : device.gates) {
      const bool here =
          gate.qubits == std::vector{path[i - 1], path[i]} || gate.qubits == std::vector{path[i], path[i - 1]};
      if (here && gate.calibrated()) pair = std::max(pair, 1 - *gate.error);
    }
    out *= pair;
  }
  return out;
}

TEST_CASE("the path with the highest fidelity is found", "[noise]") {
  Rng rng(Seed{7});
  for (int trial = 0; trial < 20; ++trial) {
    auto published = device(7, {{0, 1}, {1, 2}, {3, 2}, {3, 4}, {4, 5}, {5, 0}, {1, 4}, {5, 6}}, rng);
    published.gates[static_cast<std::size_t>(trial) % 8].error = 1.0;  // not calibrated
    for (int length = 1; length <= 5; ++length) {
      const auto path = coupled_path(published, length);
      std::vector<int> all(7);
      std::iota(all.begin(), all.end(), 0);
      double best = 0.0;
      do {
        best = std::max(best, fidelity(published, std::span(all).first(static_cast<std::size_t>(length))));
      } while (std::ranges::next_permutation(all).found);
      CHECK(fidelity(published, path) == Approx(best).epsilon(1e-13));
      CHECK(path.size() == static_cast<std::size_t>(length));
    }
  }
}

TEST_CASE("qubits whose own gates are not calibrated are on no path, and errors of SX count", "[noise]") {
  Rng rng(Seed{1});
  auto line = device(4, {{0, 1}, {1, 2}, {2, 3}}, rng);
  for (auto& gate : line.gates) gate.error = 0.01;
  for (auto& qubit : line.qubits) qubit.p_1_given_0 = qubit.p_0_given_1 = 0.0;
  line.gates.push_back({"sx", Gate::SX, {0}, 0.02, 35});
  CHECK(std::ranges::count(coupled_path(line, 3), 0) == 0);
  line.gates.push_back({"sx", Gate::SX, {3}, 1.0, 35});
  CHECK(std::ranges::count(coupled_path(line, 3), 3) == 0);
  CHECK(coupled_path(line, 3).size() == 3);
  CHECK(coupled_path(line, 4).empty());
}

TEST_CASE("without couplings the best qubit is a path of one", "[noise]") {
  DeviceCalibration apart{.name = "apart"};
  for (const double error : {0.03, 0.01, 0.02}) apart.qubits.push_back({.p_1_given_0 = error, .p_0_given_1 = error});
  CHECK(coupled_path(apart, 1) == std::vector{1});
  CHECK(coupled_path(apart, 2).empty());
  apart.qubits[0].p_1_given_0 = -1;
  CHECK(test::message_of<ValueError>([&] { static_cast<void>(coupled_path(apart, 1)); }) ==
        "qmtl: coupled_path: a readout error, expected a number in [0, 1], got -1");
}

TEST_CASE("no path, and devices that cannot be", "[noise]") {
  Rng rng(Seed{1});
  const auto star = device(5, {{0, 1}, {0, 2}, {0, 3}, {0, 4}}, rng);
  CHECK(coupled_path(star, 3).size() == 3);
  CHECK(coupled_path(star, 4).empty());
  CHECK(coupled_path(star, 6).empty());
  CHECK(test::message_of<ValueError>([&] { static_cast<void>(coupled_path(star, 0)); }) ==
        "qmtl: coupled_path: length, expected 1 or more, got 0");
  CHECK(test::message_of<CircuitError>([&] {
          static_cast<void>(coupled_path(device(2, {{0, 2}}, rng), 2));
        }) == "qmtl: coupled_path: a gate's qubit, expected below 2, got 2");
}

}  // namespace device_path_test
