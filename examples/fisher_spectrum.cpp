// SPDX-License-Identifier: Apache-2.0
// Two heads of 20 parameters, compared before training: spectrum of the Fisher information, and effective dimension.

#include <cmath>
#include <cstdio>
#include <qmtl/data/synthetic.hpp>
#include <qmtl/diagnostics/effective_dimension.hpp>
#include <qmtl/head/linear_head.hpp>
#include <qmtl/head/quantum_head.hpp>
#include <vector>

using namespace qmtl;

using Yes = Task<"yes", RotationBlock<2, Layers<2>>, Window<0, 2>, Binary>;
using Kind = Task<"kind", RotationBlock<3, Layers<2>>, Window<1, 3>, Classes<3>>;
using QuantumTasks = QuantumHead<double, AngleEncoding<4, Axis::Y, CzRing, Layers<2>>, Yes, Kind>;
using LinearTasks = LinearHead<double, 4, Yes, Kind>;
static_assert(QuantumTasks::parameters == 20 && LinearTasks::parameters == 20);

/// Fisher information matrices at random parameters, 100 rows of generated data being the representations.
template <Head H>
std::vector<Eigen::MatrixXd> fishers_of() {
  H head;
  Rng rng(Seed{3});
  const auto z = make_related_tasks({.rows = 100, .features = H::features}).data.inputs;
  return fisher_draws(head, z, rng, {.draws = 50});
}

/// Prints mean eigenvalues by rank; true if their sum is the number of parameters, as normalised.
bool print_spectrum(const char* name, const std::vector<Eigen::MatrixXd>& fishers) {
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(20);
  for (const auto& fisher : trace_normalised(fishers)) mean += fisher_spectrum(fisher);
  mean /= static_cast<double>(fishers.size());
  std::printf("%-14s", name);
  for (const int rank : {1, 2, 3, 5, 9, 13, 17, 20}) std::printf("%10.2g", mean[rank - 1]);
  std::printf("\n");
  return std::abs(mean.sum() - 20.0) < 1e-9;
}

void print_dimensions(const char* name, const std::vector<Eigen::MatrixXd>& fishers) {
  std::printf("%-14s", name);
  for (const Eigen::Index n : {100, 1000, 10000, 100000, 1000000}) {
    std::printf("%10.3f", effective_dimension(fishers, n) / 20);
  }
  std::printf("\n");
}

int main() {
  const auto quantum = fishers_of<QuantumTasks>(), linear = fishers_of<LinearTasks>();
  std::printf("Mean eigenvalues of the Fisher information by rank\n%-14s", "head");
  for (const int rank : {1, 2, 3, 5, 9, 13, 17, 20}) std::printf("%10d", rank);
  std::printf("\n");
  const bool normalised = print_spectrum("quantum head", quantum) && print_spectrum("linear head", linear);

  std::printf("\nEffective dimension over number of parameters, for n data points\n%-14s", "head, n =");
  for (const int n : {100, 1000, 10000, 100000, 1000000}) std::printf("%10d", n);
  std::printf("\n");
  print_dimensions("quantum head", quantum);
  print_dimensions("linear head", linear);
  return normalised ? 0 : 1;
}
