// SPDX-License-Identifier: Apache-2.0
// Density matrices and local operators in lanes against those of single states, with relabelled addresses.

#include "qmtl/engine/lanes/lane_windows.hpp"

#include <vector>

#include "support/catch.hpp"
#include "support/random_circuit.hpp"
#include "support/tolerance.hpp"

namespace lane_windows_test {

using namespace qmtl;
using namespace qmtl::detail;

constexpr int n = 6;

/// The address map after some CX, SWAP and X.
AddressMap shuffled_map() {
  AddressMap map(n);
  for (const auto& op : {gate::cx(0, 3), gate::swap(1, 5), gate::x(2), gate::cx(5, 1), gate::cx(3, 0), gate::x(0)}) {
    CHECK(map.follow(op));
  }
  return map;
}

template <class S, bool Complex>
void check_windows(const std::vector<int>& window) {
  using A = LaneAmplitude<S, Complex>;
  Rng rng(Seed{21});
  const AddressMap map = shuffled_map();
  const WindowGroup group{Cosets(map, window), static_cast<int>(window.size()), 1};
  const int size = 1 << window.size();
  std::vector<A> psi(dimension(n)), rho(static_cast<std::size_t>(size * (size + 1) / 2)), out(psi.size());
  std::vector<A> matrix(rho.size());
  std::vector<test::DenseVector> states;
  for (int lane = 0; lane < pack_width<S>; ++lane) {
    test::DenseVector state = test::DenseVector::Random(static_cast<Eigen::Index>(psi.size()));
    if (!Complex) state = state.real().cast<std::complex<double>>();
    state.normalize();
    states.push_back(state);
    for (Index i = 0; i < psi.size(); ++i) {
      const auto value = state[static_cast<Eigen::Index>(i)];
      if constexpr (Complex) {
        psi[map.at(i)].re[lane] = static_cast<S>(value.real());
        psi[map.at(i)].im[lane] = static_cast<S>(value.imag());
      } else {
        psi[map.at(i)][lane] = static_cast<S>(value.real());
      }
    }
  }
  for (int e = 0; e < size * (size + 1) / 2; ++e) {
    const auto [row, column] = triangle_entry(size, e);
    CHECK(triangle_index(size, row, column) == e);
    const auto re = broadcast<S>(static_cast<S>(rng.normal()));
    const auto im = broadcast<S>(row == column ? S(0) : static_cast<S>(rng.normal()));
    matrix[static_cast<std::size_t>(e)] = make_amplitude<S, A>(re, im);
  }
  lane_density<S>(psi.data(), group, rho.data());
  lane_local<S>(psi.data(), out.data(), group, matrix.data(), false);
  lane_local<S>(psi.data(), out.data(), group, matrix.data(), true);  // twice the first

  const auto at = [](const A& amplitude, int lane) -> std::complex<double> {
    if constexpr (Complex) {
      return {static_cast<double>(amplitude.re[lane]), static_cast<double>(amplitude.im[lane])};
    } else {
      return static_cast<double>(amplitude[lane]);
    }
  };
  test::Dense local(size, size);
  for (int e = 0; e < size * (size + 1) / 2; ++e) {
    const auto [row, column] = triangle_entry(size, e);
    local(row, column) = at(matrix[static_cast<std::size_t>(e)], 0);
    local(column, row) = std::conj(local(row, column));
  }
  // embed lists qubits most significant first, partial_trace least.
  const std::vector<int> reversed(window.rbegin(), window.rend());
  const test::Dense whole = test::embed(local, reversed, n);
  const double tolerance = test::tolerance<S>(100);
  for (int lane = 0; lane < pack_width<S>; ++lane) {
    const auto& state = states[static_cast<std::size_t>(lane)];
    const test::Dense expected = test::partial_trace(state, window);
    const test::DenseVector applied = whole * state;
    for (int e = 0; e < size * (size + 1) / 2; ++e) {
      const auto [row, column] = triangle_entry(size, e);
      CHECK(std::abs(at(rho[static_cast<std::size_t>(e)], lane) - expected(row, column)) < tolerance);
    }
    for (Index i = 0; i < psi.size(); ++i) {
      CHECK(std::abs(at(out[map.at(i)], lane) - 2.0 * applied[static_cast<Eigen::Index>(i)]) < 10 * tolerance);
    }
  }
}

TEMPLATE_TEST_CASE("windows in lanes, real and complex, any order of qubits", "[state][lanes]", float, double) {
  for (const auto& window : std::vector<std::vector<int>>{{2}, {5, 0}, {1, 4, 3}, {0, 5, 2, 3}}) {
    check_windows<TestType, false>(window);
    check_windows<TestType, true>(window);
  }
}

/// Windows in groups against each window alone.
template <class S, bool Complex>
void check_groups(const std::vector<std::vector<int>>& windows) {
  using A = LaneAmplitude<S, Complex>;
  Rng rng(Seed{22});
  const AddressMap map = shuffled_map();
  const auto random = [&rng](std::size_t count) {
    std::vector<A> values(count);
    for (auto& v : values) {
      v = make_amplitude<S, A>(broadcast<S>(static_cast<S>(rng.normal())), broadcast<S>(static_cast<S>(rng.normal())));
    }
    return values;
  };
  const auto psi = random(dimension(n));
  const std::size_t k = windows.front().size();
  const std::size_t entries = (std::size_t{1} << k) * ((std::size_t{1} << k) + 1) / 2;
  const auto matrices = random(windows.size() * entries);
  std::vector<A> rho(matrices.size()), alone(matrices.size()), out(psi.size()), sum(psi.size());
  std::size_t first = 0, largest = 0;
  for (std::span<const std::vector<int>> left(windows); !left.empty();) {
    const std::size_t count = next_group<S, A>(left);
    const WindowGroup group{Cosets(map, joined(left.first(count))), static_cast<int>(k), static_cast<int>(count)};
    lane_density<S>(psi.data(), group, rho.data() + first * entries);
    lane_local<S>(psi.data(), out.data(), group, matrices.data() + first * entries, first > 0);
    largest = std::max(largest, count);
    first += count;
    left = left.subspan(count);
  }
  CHECK(static_cast<int>(largest) == max_window_group<S, A>(static_cast<int>(k)));
  for (std::size_t w = 0; w < windows.size(); ++w) {
    const WindowGroup group{Cosets(map, windows[w]), static_cast<int>(k), 1};
    lane_density<S>(psi.data(), group, alone.data() + w * entries);
    lane_local<S>(psi.data(), sum.data(), group, matrices.data() + w * entries, w > 0);
  }
  const auto difference = [](const std::vector<A>& a, const std::vector<A>& b) {
    S largest_difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const A d = a[i] - b[i];
      for (int lane = 0; lane < pack_width<S>; ++lane) {
        largest_difference = std::max(largest_difference, std::abs(real_product<S>(d, d)[lane]));
      }
    }
    return std::sqrt(static_cast<double>(largest_difference));
  };
  CHECK(difference(rho, alone) < test::tolerance<S>(300));
  CHECK(difference(out, sum) < test::tolerance<S>(300));
}

TEMPLATE_TEST_CASE("windows without common qubits go in groups", "[state][lanes]", float, double) {
  for (const auto& windows : std::vector<std::vector<std::vector<int>>>{
           {{0, 3}, {5, 1}, {2, 4}}, {{0}, {1}, {2}, {3}, {4}}, {{0, 1, 2}, {3, 4, 5}}}) {
    check_groups<TestType, false>(windows);
    check_groups<TestType, true>(windows);
  }
  const std::vector<std::vector<int>> overlapping{{0, 1}, {1, 2}, {2, 3}};
  CHECK((next_group<TestType, Pack<TestType>>(overlapping)) == 1);
}

}  // namespace lane_windows_test
