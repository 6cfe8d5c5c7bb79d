// SPDX-License-Identifier: Apache-2.0
// Accounting at compile time: parameters and outputs of heads and tasks, where they lie, and how they grow.

#include "qmtl/head/concepts.hpp"

#include <array>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "qmtl/head/linear_head.hpp"
#include "qmtl/head/quantum_head.hpp"
#include "qmtl/head/state_encoding.hpp"
#include "support/catch.hpp"

namespace concepts_test {

using namespace qmtl;

static_assert(Offsets<3, 2, 0, 5>::total == 10 && Offsets<3, 2, 0, 5>::count == 3);
static_assert(Offsets<3, 2, 0, 5>::first == std::array{3, 5, 5});
static_assert(Offsets<3, 2, 0, 5>::sizes == std::array{2, 0, 5});

using A = Task<"a", RotationBlock<3, Layers<2>>, Window<0, 3>, Binary>;                  // 12 weights, 1 output
using B = Task<"b", RotationBlock<2>, Window<3, 2>, Classes<2, OneQubitPerClass>>;       // 4 weights, 2 outputs
using C = Task<"c", IdentityBlock<3>, Qubits<4, 1, 0>, Regression<TrainableScale<1>>>;   // 1 scale, 1 output
using D = Task<"d", StronglyEntanglingBlock<3>, Window<2, 3>, Classes<5, BasisStates>>;  // 9 weights, 5 outputs

using Plain = QuantumHead<double, AngleEncoding<5>, A, B, C, D>;
static_assert(Head<Plain>);
static_assert(Plain::parameters == 12 + 4 + 1 + 9 && Plain::encoding_parameters == 0);
static_assert(Plain::task_parameters == std::array{12, 4, 1, 9});
static_assert(Plain::outputs == 1 + 2 + 1 + 5 && Plain::task_outputs == std::array{1, 2, 1, 5});
static_assert(Plain::tasks == 4 && Plain::qubits == 5 && Plain::features == 5);
static_assert(Plain::differentiable && !Plain::decays);

// The encoding's own weights belong to no task, but to the head.
using Uploading = QuantumHead<float, ReuploadingEncoding<5, CzRing, Layers<2>, Features<7>>, A, B>;
static_assert(Head<Uploading> && Uploading::encoding_parameters == 20);
static_assert(Uploading::parameters == 20 + 12 + 4 && Uploading::task_parameters == std::array{12, 4});
static_assert(Uploading::features == 7);

static_assert(!QuantumHead<double, BasisEncoding<5>, A>::differentiable);
static_assert(QuantumHead<double, AmplitudeEncoding<5, Features<20>>, A>::features == 20);

// The method of computing changes no count.
static_assert(BasicQuantumHead<double, HeadMethod::direct, AngleEncoding<5>, A, B, C, D>::parameters ==
              Plain::parameters);

using Linear = LinearHead<double, 5, A, B, C, D>;
static_assert(Head<Linear> && Linear::parameters == 9 * (5 + 1));
static_assert(Linear::task_parameters == std::array{6, 12, 6, 30} && Linear::task_outputs == Plain::task_outputs);
static_assert(Linear::differentiable && Linear::decays);

// T tasks on a representation that grows with T, 3 features a task: linear heads cost T (3T + 1), blocks T times 12.
template <int T>
using Mine = Task<T == 0   ? Name<2>("0")
                  : T == 1 ? Name<2>("1")
                  : T == 2 ? Name<2>("2")
                           : Name<2>("3"),
                  RotationBlock<3, Layers<2>>, Window<3 * T, 3>, Binary>;
template <int... T>
constexpr std::array<int, 2> counts(std::integer_sequence<int, T...>) {
  constexpr int tasks = sizeof...(T);
  return {LinearHead<double, 3 * tasks, Mine<T>...>::parameters,
          QuantumHead<double, AngleEncoding<3 * tasks>, Mine<T>...>::parameters};
}
template <int T>
inline constexpr auto counts_of = counts(std::make_integer_sequence<int, T>());
static_assert(counts_of<1> == std::array{4, 12});
static_assert(counts_of<2> == std::array{14, 24});
static_assert(counts_of<3> == std::array{30, 36});
static_assert(counts_of<4> == std::array{52, 48});
static_assert(counts_of<4>[0] - 2 * counts_of<3>[0] + counts_of<2>[0] == 6);  // second difference: quadratic
static_assert(counts_of<3>[0] - 2 * counts_of<2>[0] + counts_of<1>[0] == 6);
static_assert(counts_of<4>[1] - 2 * counts_of<3>[1] + counts_of<2>[1] == 0);  // linear

static_assert(detail::names_differ<A, B, C, D>() && !detail::names_differ<A, B, A>());

// What lacks the members of a head is none.
struct NoOutputs {
  using Scalar = double;
};
static_assert(!Head<NoOutputs> && !Head<int>);

TEST_CASE("parameters lie where the accounting says: encoding, then each task's weights and scale") {
  using H = QuantumHead<double, ReuploadingEncoding<5>, A, C, B>;
  const Batch<double> z = Batch<double>::Constant(5, 1, 0.4);
  std::vector<double> w(H::parameters);
  Rng rng(Seed{4});
  H::initialise(rng, w);
  H head;
  Batch<double> before(4, 1), after(4, 1);
  head.forward(z, w, before);
  const auto changed = [&](int parameter) {
    auto moved = w;
    moved[static_cast<std::size_t>(parameter)] += 0.7;
    head.forward(z, moved, after);
    std::string outputs;
    for (int o = 0; o < 4; ++o) outputs += std::abs(after(o, 0) - before(o, 0)) < 1e-13 ? '-' : "acbb"[o];
    return outputs;
  };
  constexpr int first = H::encoding_parameters;
  CHECK(changed(1) == "ac-b");  // the encoding's RY on qubit 0, whose ring then reaches qubits 1 and 4
  CHECK(changed(first) == "a---");
  CHECK(changed(first + 12) == "-c--");
  CHECK(changed(first + 12 + 1) == "--bb");
  CHECK(changed(first + 12 + 1 + 2) == "---b");
}

TEST_CASE("heads describe encoding, squashing and every task") {
  CHECK(QuantumHead<double, AngleEncoding<5>, A, C>::describe() ==
        "angle encoding RY, 5 features on 5 qubits, 1 layers, cz ring; angles pi/2 (1 + tanh z)\ntask a: " +
            A::describe() + "\ntask c: " + C::describe());
  CHECK(LinearHead<double, 5, A, B>::describe() == "linear head on 5 features\ntask a: binary\ntask b: 2 classes");
}

}  // namespace concepts_test
