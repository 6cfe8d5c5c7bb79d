// SPDX-License-Identifier: Apache-2.0
// One state in tiles against the plain interpreter: states, density matrices, adjoint vectors and gradients, over the
// whole gate set, for tiles of every width and for threads.

#include "qmtl/engine/tiles/tile_program.hpp"

#include <complex>
#include <vector>

#include "qmtl/circuit/light_cone.hpp"
#include "qmtl/gradient/adjoint.hpp"
#include "support/catch.hpp"
#include "support/lanes.hpp"
#include "support/random_circuit.hpp"
#include "support/tolerance.hpp"

namespace tile_program_test {

using namespace qmtl;
using namespace qmtl::detail;

constexpr int features = 3;
constexpr int weights = 4;

/// The sum over the lanes.
template <class S, class A>
std::complex<double> folded(const A& amplitude) {
  std::complex<double> sum = 0;
  for (std::size_t lane = 0; lane < pack_width<S>; ++lane)
    sum += std::complex<double>(test::lane_of<S>(amplitude, lane));
  return sum;
}

template <class S, class A>
std::vector<std::complex<S>> amplitudes(const std::vector<A>& packs, const AddressMap& map) {
  std::vector<std::complex<S>> state(dimension(map.qubits));
  for (Index i = 0; i < state.size(); ++i) {
    const Address at = map.at(i);
    state[i] = test::lane_of<S>(packs[at >> lane_bits<S>], at & (pack_width<S> - 1));
  }
  return state;
}

Index local_index(Index i, const std::vector<int>& window) {
  Index local = 0;
  for (std::size_t j = 0; j < window.size(); ++j) local |= static_cast<Index>(bit_of(i, window[j])) << j;
  return local;
}

Index with_local(Index i, const std::vector<int>& window, Index local) {
  for (std::size_t j = 0; j < window.size(); ++j) {
    i = (i & ~qubit_mask(window[j])) | static_cast<Index>(bit_of(local, static_cast<int>(j))) << window[j];
  }
  return i;
}

/// A few windows of one to four qubits in any order.
std::vector<std::vector<int>> random_windows(Rng& rng, int n) {
  std::vector<std::vector<int>> windows;
  for (int w = 0; w < 4; ++w) {
    std::vector<int> window;
    while (static_cast<int>(window.size()) < 1 + w) {
      const auto q = static_cast<int>(rng.below(static_cast<std::uint64_t>(n)));
      if (std::find(window.begin(), window.end(), q) == window.end()) window.push_back(q);
    }
    windows.push_back(window);
  }
  return windows;
}

struct Setting {
  int tile_width = 2;
  int threads = 1;
  bool prepared = false;
};

/// Compares everything that a program computes for <psi| sum_W B_W |psi> with the plain interpreter.
template <class S, class A>
void check_tiles(const std::vector<Operation>& ops, int n, Rng& rng, const Setting& setting) {
  constexpr bool complex = std::is_same_v<A, ComplexPack<S>>;
  const Index size = dimension(n);
  const auto windows = random_windows(rng, n);
  TileProgram<S, A> program(ops, n, setting.prepared, windows, setting.tile_width);
  Workers workers(setting.threads);
  program.set_workers(&workers);
  program.share_states(setting.threads > 1);

  std::vector<S> x(features), w(weights), expected_dx(features), expected_dw(weights);
  for (auto& value : x) value = static_cast<S>(rng.uniform(-3, 3));
  for (auto& value : w) value = static_cast<S>(rng.uniform(-3, 3));
  std::vector<Pack<S>> lanes_of_x, dx(features), dw(weights);
  for (const S value : x) lanes_of_x.push_back(broadcast<S>(value));
  program.set_angles(lanes_of_x, w);

  std::vector<std::complex<S>> expected(size);
  std::vector<A> psi(program.size()), lambda(program.size());
  if (setting.prepared) {
    const double norm = std::sqrt(static_cast<double>(size));
    for (Index i = 0; i < size; ++i) {
      expected[i] = {static_cast<S>(rng.normal() / norm), complex ? static_cast<S>(rng.normal() / norm) : S(0)};
      auto& pack = psi[i >> lane_bits<S>];
      const auto lane = i & (pack_width<S> - 1);
      if constexpr (complex) {
        pack.re[lane] = expected[i].real();
        pack.im[lane] = expected[i].imag();
      } else {
        pack[lane] = expected[i].real();
      }
    }
  } else {
    expected[0] = 1;
  }
  apply_all<S>(ops, x.data(), w.data(), expected.data(), size);
  program.forward(psi);
  const double tolerance = test::tolerance<S>(static_cast<int>(ops.size()) + 8) * 8;

  // The state, up to a global phase.
  const auto state = amplitudes<S>(psi, program.map());
  std::complex<double> overlap = 0;
  double norm = 0;
  for (Index i = 0; i < size; ++i) {
    overlap += std::conj(std::complex<double>(expected[i])) * std::complex<double>(state[i]);
    norm += std::norm(std::complex<double>(expected[i]));
  }
  CHECK(std::abs(std::abs(overlap) - norm) < tolerance);

  // Density matrices, and Hermitian operators with their adjoint vector.
  std::vector<A> rho(program.density_size()), matrices(program.density_size());
  program.densities(psi, rho);
  std::vector<std::complex<double>> adjoint(size), adjoint_of_expected(size);
  double density_error = 0;
  std::size_t entry = 0;
  for (const auto& window : windows) {
    const Index rows = dimension(static_cast<int>(window.size()));
    for (Index c = 0; c < rows; ++c) {
      for (Index r = c; r < rows; ++r, ++entry) {
        const std::complex<S> b{static_cast<S>(rng.normal()), complex && r != c ? static_cast<S>(rng.normal()) : S(0)};
        matrices[entry] = make_amplitude<S, A>(broadcast<S>(b.real()), broadcast<S>(b.imag()));
        std::complex<double> sum = 0;
        for (Index i = 0; i < size; ++i) {
          if (local_index(i, window) != r) continue;
          const Index j = with_local(i, window, c);
          const std::complex<double> value(b);
          sum += std::complex<double>(state[i]) * std::conj(std::complex<double>(state[j]));
          adjoint[i] += value * std::complex<double>(state[j]);
          adjoint_of_expected[i] += value * std::complex<double>(expected[j]);
          if (r == c) continue;
          adjoint[j] += std::conj(value) * std::complex<double>(state[i]);
          adjoint_of_expected[j] += std::conj(value) * std::complex<double>(expected[i]);
        }
        density_error = std::max(density_error, std::abs(sum - folded<S>(rho[entry])));
      }
    }
  }
  REQUIRE(entry == rho.size());
  CHECK(density_error < tolerance);
  program.apply_windows(psi, matrices, lambda);
  const auto found = amplitudes<S>(lambda, program.map());
  double adjoint_error = 0;
  for (Index i = 0; i < size; ++i) {
    adjoint_error = std::max(adjoint_error, std::abs(std::complex<double>(found[i]) - adjoint[i]));
  }
  CHECK(adjoint_error < 10 * tolerance);

  // Gradients.
  program.backward(psi, lambda);
  program.chain(lanes_of_x, w, dx, dw);
  std::vector<std::complex<S>> reference(adjoint_of_expected.begin(), adjoint_of_expected.end());
  adjoint_sweep<S>(ops, x.data(), w.data(), expected.data(), reference.data(), size, expected_dx.data(),
                   expected_dw.data());
  for (std::size_t f = 0; f < features; ++f) {
    CHECK(std::abs(static_cast<double>(lane_sum<S>(dx[f]) - expected_dx[f])) < 100 * tolerance);
  }
  for (std::size_t j = 0; j < weights; ++j) {
    CHECK(std::abs(static_cast<double>(lane_sum<S>(dw[j]) - expected_dw[j])) < 100 * tolerance);
  }
  if (!setting.prepared) return;
  // With a prepared start lambda is now U^dagger H U |start>, up to nothing: prepared circuits keep their phase but for
  // RZ as a phase of its own, which U and U^dagger share.
  const AddressMap start(n);
  const auto back = amplitudes<S>(lambda, start);
  double back_error = 0;
  for (Index i = 0; i < size; ++i) {
    back_error = std::max(back_error, std::abs(std::complex<double>(back[i]) - std::complex<double>(reference[i])));
  }
  CHECK(back_error < 20 * tolerance);
}

std::vector<Operation> layered(int n, bool phases, bool ring_of_cz) {
  std::vector<Operation> ops;
  for (int layer = 0; layer < 3; ++layer) {
    for (int q = 0; q < n; ++q) {
      ops.push_back(gate::ry(q, weight(q % weights)));
      if (phases) ops.push_back(q % 2 == 0 ? gate::rz(q, feature(q % features)) : gate::p(q, feature(q % features)));
    }
    for (int q = 0; q < n; ++q) ops.push_back(ring_of_cz ? gate::cz(q, (q + 1) % n) : gate::cx(q, (q + 1) % n));
  }
  return ops;
}

TEST_CASE("every gate, tiled", "[state][tiles]") {
  Rng rng(Seed{30});
  constexpr int n = 6;
  for (const Gate gate : test::all_gates()) {
    INFO(info(gate).name);
    for (int width = 0; width < 3; ++width) {
      const auto ops = test::operations_around(rng, gate, n, {features, weights});
      check_tiles<double, ComplexPack<double>>(ops, n, rng, {.tile_width = width});
      if (is_real(gate)) check_tiles<double, Pack<double>>(ops, n, rng, {.tile_width = width});
    }
  }
}

TEMPLATE_TEST_CASE("random circuits of real gates, tiled", "[state][tiles]", float, double) {
  Rng rng(Seed{31});
  for (int n = 5; n <= 8; ++n) {
    for (int trial = 0; trial < 8; ++trial) {
      check_tiles<TestType, Pack<TestType>>(test::random_operations(rng, n, 4 + 4 * trial, true, {features, weights}),
                                            n, rng,
                                            {.tile_width = trial % 5, .threads = 1 + trial % 3, .prepared = trial > 5});
    }
  }
}

TEMPLATE_TEST_CASE("random circuits of all gates, tiled", "[state][tiles]", float, double) {
  Rng rng(Seed{32});
  for (int n = 5; n <= 8; ++n) {
    for (int trial = 0; trial < 8; ++trial) {
      check_tiles<TestType, ComplexPack<TestType>>(
          test::random_operations(rng, n, 4 + 4 * trial, false, {features, weights}), n, rng,
          {.tile_width = trial % 5, .threads = 1 + trial % 3, .prepared = trial > 5});
    }
  }
}

TEMPLATE_TEST_CASE("layers of rotations with entangling rings, tiled", "[state][tiles]", float, double) {
  using S = TestType;
  Rng rng(Seed{33});
  for (const int n : {7, 9}) {
    for (const bool ring_of_cz : {false, true}) {
      for (const int width : {0, 1, 3, 4, 9}) {
        check_tiles<S, Pack<S>>(layered(n, false, ring_of_cz), n, rng, {.tile_width = width, .threads = 1 + width % 2});
        check_tiles<S, ComplexPack<S>>(layered(n, true, ring_of_cz), n, rng,
                                       {.tile_width = width, .threads = 1 + width % 2});
      }
    }
  }
}

TEST_CASE("product states only, and no window", "[state][tiles]") {
  const std::vector<Operation> ops{gate::ry(0, feature(0)), gate::ry(4, feature(1)), gate::ry(2, weight(0))};
  Rng rng(Seed{34});
  check_tiles<double, Pack<double>>(ops, 5, rng, {});
  TileProgram<double, Pack<double>> program(ops, 5, false, {});
  std::vector<Pack<double>> lambda(program.size(), broadcast<double>(1.0));
  program.apply_windows({}, {}, lambda);
  for (const auto& pack : lambda) CHECK(lane_sum<double>(pack) == 0.0);
}

TEMPLATE_TEST_CASE("many crossing qubits at angles where every cosine is almost zero", "[state][tiles]", float,
                   double) {
  using S = TestType;
  constexpr int n = 8;
  std::vector<Operation> ops;
  for (int q = 0; q < n; ++q) ops.push_back(gate::ry(q, 0.3 + 0.1 * q));
  for (int q = 4; q < n; ++q) ops.push_back(gate::cx(q, q - 4));  // flips of 4 .. 7 now exchange lanes as well
  for (int q = 0; q < n; ++q) ops.push_back(gate::ry(q, pi));
  for (int q = 0; q < n; ++q) ops.push_back(gate::cx(q, (q + 1) % n));
  Rng rng(Seed{35});
  check_tiles<S, Pack<S>>(ops, n, rng, {.tile_width = 4});
}

TEST_CASE("threads that share a state all have tiles, however few packs there are", "[state][tiles]") {
  using P = TileProgram<double, Pack<double>>;
  const auto ops = layered(9, false, false);
  const std::vector<std::vector<int>> windows{{0, 1}, {7, 8}};
  P program(ops, 9, false, windows);
  CHECK(program.tiles_of_a_sweep() == 1);  // the whole state
  for (const int threads : {2, 3, 4}) {
    Workers workers(threads);
    program.set_workers(&workers);
    program.share_states(true);
    CHECK(program.tiles_of_a_sweep() >= static_cast<std::size_t>(threads));
    program.set_workers(nullptr);
    CHECK(program.tiles_of_a_sweep() == 1);
  }
}

}  // namespace tile_program_test
