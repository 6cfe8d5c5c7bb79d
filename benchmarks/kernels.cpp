// SPDX-License-Identifier: Apache-2.0
// Micro-benchmarks of the lane kernels, by Catch2: one group of samples (a SIMD vector of them) on 8 and 12 qubits.

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <numeric>
#include <string>
#include <vector>

#include "qmtl/engine/lanes/lane_program.hpp"
#include "qmtl/engine/lanes/lane_windows.hpp"
#include "workload.hpp"

namespace {

using namespace qmtl;
using qmtl::detail::AddressMap;
using qmtl::detail::Cosets;
using S = double;
using Real = Pack<S>;
using Complex = ComplexPack<S>;

[[nodiscard]] Real real_value(std::size_t i) { return broadcast<S>(std::cos(static_cast<S>(i))) / 16.0; }

template <class A>
[[nodiscard]] std::vector<A> some_amplitudes(std::size_t count) {
  std::vector<A> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = detail::make_amplitude<S, A>(real_value(i), real_value(i + count));
  return values;
}

[[nodiscard]] Cosets first_qubits(int n, int k) {
  std::vector<int> qubits(static_cast<std::size_t>(k));
  std::iota(qubits.begin(), qubits.end(), n / 3);
  return {AddressMap(n), qubits};
}

template <int K, class A>
[[nodiscard]] detail::RotationGroup<S, K, A> some_group() {
  detail::RotationGroup<S, K, A> group{};
  group.tangents.fill(broadcast<S>(0.25));
  group.phases.fill(detail::make_amplitude<S, A>(broadcast<S>(0.8), broadcast<S>(0.6)));
  group.scale = broadcast<S>(std::pow(1.0 + 0.0625, -0.5 * K));  // keeps the norm
  return group;
}

/// RY on K qubits in one pass, there and back, and their gradients.
template <int K, bool HasPhases, class A>
void rotations(int n, const std::string& kind) {
  auto psi = some_amplitudes<A>(dimension(n));
  auto lambda = some_amplitudes<A>(dimension(n));
  const Cosets cosets = first_qubits(n, K);
  const auto group = some_group<K, A>();
  std::array<detail::RotationSums<S>, K> sums{};
  const std::string on = detail::text(" on ", K, " qubits, ", kind, ", n = ", n);
  BENCHMARK("rotate_group" + on) {
    detail::rotate_group<S, K, HasPhases ? detail::Phases::one : detail::Phases::none, false>(psi.data(), cosets,
                                                                                              group);
    return psi[0];
  };
  BENCHMARK("rotation_sums" + on) {
    detail::rotation_sums<S, K, HasPhases>(lambda.data(), psi.data(), cosets, sums);
    return sums[0].y;
  };
}

/// The two passes of a task through its window.
template <class A>
void windows(int n, int k, const std::string& kind) {
  const auto psi = some_amplitudes<A>(dimension(n));
  auto lambda = some_amplitudes<A>(dimension(n));
  const detail::WindowGroup window{first_qubits(n, k), k, 1};
  auto matrix = some_amplitudes<A>(std::size_t{1} << (2 * k));
  const std::string of = detail::text(" of ", k, " qubits, ", kind, ", n = ", n);
  BENCHMARK("lane_density" + of) {
    detail::lane_density<S>(psi.data(), window, matrix.data());
    return matrix[0];
  };
  BENCHMARK("lane_local" + of) {
    detail::lane_local<S>(psi.data(), lambda.data(), window, matrix.data(), false);
    return lambda[0];
  };
}

/// The whole encoding of a group, forward and back.
template <class A>
void encodings(int n, benchmark::EncodingKind encoding) {
  const auto ops = benchmark::make_encoding(encoding, n);
  detail::LaneProgram<S, A> program(ops, n);
  std::vector<Real> x(static_cast<std::size_t>(n)), dx(x.size());
  for (std::size_t q = 0; q < x.size(); ++q) x[q] = real_value(q);
  const auto start = some_amplitudes<A>(dimension(n));
  auto psi = start, lambda = start;
  const std::string of = detail::text(" of ", to_string(encoding), ", n = ", n);
  BENCHMARK("set_angles" + of) {
    program.set_angles(x, {});
    return x[0];
  };
  BENCHMARK("LaneProgram::forward" + of) {
    program.forward(psi);
    return psi[0];
  };
  BENCHMARK("LaneProgram::backward" + of) {
    psi = lambda = start;  // which backward destroys; the copies take part in the time
    program.backward(psi, lambda);
    program.chain(x, {}, dx, {});
    return dx[0];
  };
}

}  // namespace

TEST_CASE("kernels") {
  for (const int n : {8, 12}) {
    rotations<1, false, Real>(n, "RY real");
    rotations<4, false, Real>(n, "RY real");
    rotations<3, false, Complex>(n, "RY complex");
    rotations<3, true, Complex>(n, "RY RZ complex");
    for (const int k : {1, 2, 3, 4}) windows<Real>(n, k, "real");
    windows<Complex>(n, 2, "complex");
    encodings<Real>(n, benchmark::EncodingKind::ry);
    encodings<Real>(n, benchmark::EncodingKind::cz);
    encodings<Complex>(n, benchmark::EncodingKind::ryrz);
  }
}
