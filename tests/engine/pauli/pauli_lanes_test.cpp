// SPDX-License-Identifier: Apache-2.0
// Every gate and channel on all Pauli coordinates of its qubits: what the lanes compute is its Pauli transfer matrix.

#include "qmtl/engine/pauli/pauli_lanes.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/circuit/program.hpp"
#include "qmtl/engine/pauli/pauli_scheduler.hpp"
#include "qmtl/engine/pauli/pauli_tracer.hpp"
#include "qmtl/noise/channel_matrices.hpp"
#include "qmtl/noise/standard_channels.hpp"
#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/random_circuit.hpp"

namespace pauli_lanes_test {

using namespace qmtl;
using detail::PauliLanes;
using Numbers = std::vector<Pack<double>>;

/// All coordinates of a program's qubits at its end, traced back to its start.
PauliLanes<double> lanes_of(const Program& program) {
  std::vector<int> qubits(static_cast<std::size_t>(program.qubits()));
  std::iota(qubits.begin(), qubits.end(), 0);
  detail::PauliTracer tracer;
  for (Index i = 0; i < dimension(2 * program.qubits()); ++i) {
    (void)tracer.need(detail::pauli_of_digits(i, program.qubits()), qubits);
  }
  tracer.trace_back(detail::PauliMaps(program).all());
  const detail::PauliProgram traced = std::move(tracer).finish();
  return PauliLanes<double>(detail::PauliScheduler(traced, false).run());
}

/// Which coordinate, by the digits of its string, a start is.
Eigen::Index number_of(const detail::PauliProgram& program, const PauliString& string) {
  PauliString own;
  for (std::size_t l = 0; l < program.qubits.size(); ++l) {
    const auto bit = static_cast<int>(l);
    own.x |= static_cast<Index>(bit_of(string.x, bit)) << program.qubits[l];
    own.z |= static_cast<Index>(bit_of(string.z, bit)) << program.qubits[l];
  }
  return static_cast<Eigen::Index>(detail::digits_of(own));
}

/// R r, and R^T c by the transposed map.
void check(const Program& program, const ColMajorMatrix<double>& transfer, const std::vector<double>& features) {
  auto lanes = lanes_of(program);
  const auto& steps = lanes.program();
  Numbers angles;
  for (const double x : features) angles.push_back(broadcast<double>(x));
  lanes.angles().set(angles, {});
  Rng rng(Seed{3});
  Eigen::VectorXd r(transfer.rows()), c(transfer.rows()), pulled = Eigen::VectorXd::Zero(transfer.rows());
  for (double& value : r) value = rng.uniform(-1, 1);
  for (double& value : c) value = rng.uniform(-1, 1);
  Numbers numbers(lanes.size()), cotangents(lanes.places());
  for (const auto& start : steps.starts) {
    numbers[start.place] = broadcast<double>(start.factor * r[number_of(steps, start.string)]);
  }
  lanes.forward(numbers);
  const auto last = lanes.last(numbers);
  Eigen::VectorXd result = Eigen::VectorXd::Zero(transfer.rows());
  for (std::size_t e = 0; e < steps.ends.size(); ++e) {
    const auto& [place, factor] = steps.ends[e];
    result[static_cast<Eigen::Index>(e)] = factor == 0.0 ? 0.0 : factor * last[place][0];
    if (factor != 0.0) cotangents[place] += broadcast<double>(factor * c[static_cast<Eigen::Index>(e)]);
  }
  CHECK((result - transfer * r).cwiseAbs().maxCoeff() < 1e-14);
  lanes.pull(cotangents);
  for (const auto& start : steps.starts) {
    pulled[number_of(steps, start.string)] = start.factor * cotangents[start.place][0];
  }
  CHECK((pulled - transfer.transpose() * c).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("every gate acts on all coordinates of its qubits as its transfer matrix") {
  const std::vector<double> features{0.7, -1.9, 2.3, 0.4};
  for (const auto& facts : detail::gate_table) {
    Operation op{facts.gate, {2, 0, 3, 1}, {feature(0), feature(1), feature(2), feature(3)}};
    if (facts.qubits < 4) op.qubits = {facts.qubits - 1, 0, 1, 0};  // the last qubit first
    Program program(facts.qubits);
    program.append(op);
    CAPTURE(facts.name);
    const auto unitary = test::dense_circuit(std::span(&op, 1), facts.qubits, features);
    check(program, pauli_transfer_matrix(unitary_channel(unitary)), features);
  }
}

TEST_CASE("every channel acts on all coordinates of its qubits as its transfer matrix") {
  for (const auto& channel :
       {bit_flip(0.1), depolarizing(0.2), depolarizing(4.0 / 3), amplitude_damping(0.3), amplitude_damping(0.9999),
        amplitude_damping(1.0), generalised_amplitude_damping(0.2, 0.3), phase_damping(1.0),
        thermal_relaxation({.t1 = 1.0, .t2 = 2.0, .excited = 0.2}, 0.5), over_rotation(pauli_y(0), 0.3),
        depolarizing(0.1, 2), zz_crosstalk(0.1, 1.0), tensor(amplitude_damping(0.3), phase_flip(0.1)),
        tensor(amplitude_damping(1.0), amplitude_damping(0.5))}) {
    Program program(channel.qubits());
    std::vector<int> qubits(static_cast<std::size_t>(channel.qubits()));
    std::iota(qubits.begin(), qubits.end(), 0);
    program.channel(channel.kraus(), qubits);
    CAPTURE(channel.name());
    check(program, pauli_transfer_matrix(channel), {});
  }
}

TEST_CASE("the channels of a layer become one step, and one copy") {
  Program program(6);
  for (int layer = 0; layer < 2; ++layer) {
    for (int q = 0; q < 6; ++q) {
      program.append(gate::ry(q, feature(q)));
      program.channel(depolarizing(0.01).kraus(), {q});
    }
    for (int q = 0; q < 6; ++q) {
      program.append(gate::cx(q, (q + 1) % 6));
      program.channel(depolarizing(0.02, 2).kraus(), {q, (q + 1) % 6});
    }
  }
  const detail::PauliMaps maps(program);
  const detail::PauliReach reach(maps.all(), 6);
  detail::PauliTracer tracer;
  (void)tracer.need({0, 1}, std::vector{3});
  tracer.trace_back(maps.all(), &reach);
  const detail::PauliProgram traced = std::move(tracer).finish();
  const auto scheduled = detail::PauliScheduler(traced, true).run();
  CHECK(scheduled.saves <= 1);  // the last layer's factors are part of the result
  CHECK(std::ranges::count(scheduled.steps, detail::PauliProgram::Kind::scale, &detail::PauliProgram::Step::kind) <= 1);
}

}  // namespace pauli_lanes_test
