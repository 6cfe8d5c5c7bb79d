// SPDX-License-Identifier: Apache-2.0
// Hermitian observables, trainable weights and several windows of a task: every method against textbook matrices and
// central differences.

#include "head/head_check.hpp"
#include "qmtl/measure/observable_readouts.hpp"
#include "support/catch.hpp"

namespace qmtl::test {

/// tr(rho O) of every observable, by Kronecker products of Pauli matrices.
template <class R>
Numbers dense_values(const Dense& rho) {
  std::vector<Dense> observables(static_cast<std::size_t>(observable_count<R>), Dense::Zero(rho.rows(), rho.cols()));
  for (const auto& [observable, term] : R::terms) {
    observables[static_cast<std::size_t>(observable)] += dense_observable(term, width_of(rho));
  }
  Numbers values;
  for (const Dense& o : observables) values.push_back((rho * o).trace().real());
  return values;
}

/// The logits of a task from the sum of its windows' density matrices and from all of its parameters.
template <class T>
Numbers logits_of(const Dense& rho, std::span<const double> parameters) {
  using R = typename T::Readout;
  const Numbers values = dense_values<R>(rho);
  Numbers logits(static_cast<std::size_t>(R::outputs), 0.0);
  const auto own = parameters.subspan(static_cast<std::size_t>(T::weights));
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (R::parameters == observable_count<R> && !R::Scale::trainable) {
      logits[0] += R::Scale::value * own[k] * values[k];  // weights of the terms of one output
    } else {
      logits[k] = (R::Scale::trainable ? own[0] : R::Scale::value) * values[k];
    }
  }
  return logits;
}

template <class E, class... Tasks>
Numbers observable_logits(std::span<const double> z, std::span<const double> w) {
  Numbers angles, logits;
  for (const double value : z) angles.push_back(SquashOf<E>::angle(value));
  const DenseVector psi = dense_run(E::circuit.ops(), dense_zero(encoding_qubits<E>), angles, w);
  auto first = static_cast<std::size_t>(encoding_weights<E>);
  const auto append = [&]<class T>(std::type_identity<T>) {
    const auto own = w.subspan(first, static_cast<std::size_t>(T::parameters));
    Dense rho = Dense::Zero(1 << T::width, 1 << T::width);
    for (const auto& window : T::Windows::indices) {
      std::vector<Operation> placed(T::Block::circuit.operations.begin(), T::Block::circuit.operations.end());
      for (auto& op : placed) op = relabel(op, window);
      rho += partial_trace(dense_run(placed, psi, {}, own), window);
    }
    const Numbers more = logits_of<T>(rho, own);
    logits.insert(logits.end(), more.begin(), more.end());
    first += own.size();
  };
  (append(std::type_identity<Tasks>{}), ...);
  return logits;
}

namespace quantum_head_observables_test {

/// A readout of a user, with observables in other bases and terms in any order.
struct OwnReadout : LinearLogits<2, TrainableScale<3, 2>> {
  static constexpr int classes = 2, width = 2;
  static constexpr std::array terms{ObservableTerm{1, 0.25 * (pauli_x(1) * pauli_y(0))},
                                    ObservableTerm{0, 1.5 * pauli_y(1)}, ObservableTerm{1, -1.0 * pauli_z(0)},
                                    ObservableTerm{0, 0.5 * identity_string}};
  static std::string describe() { return "own"; }
};

template <class E, class B, HeadMethod... Methods>
void check_methods() {
  const auto check = []<class... Tasks>() {
    using H = QuantumHead<double, E, Tasks...>;
    const HeadInputs in(H::features, H::outputs, H::parameters, 3, Seed{29});
    const HeadValues expected = by_differences(&observable_logits<E, Tasks...>, true, in);
    (check_close(head_values<double, Methods, E, Tasks...>(in), expected, 1e-12, 1e-9), ...);
    check_close(head_values<float, HeadMethod::window, E, Tasks...>(in), expected, 3e-5, 3e-4);
  };
  using Twice = Windows<Qubits<0, 1>, Qubits<3, 1>>;
  check.template
  operator()<Task<"coupled", B, Window<0, 2>, BinaryOf<Observable<"0.7 Z0 Z1 + 0.3 X0">>>,
             Task<"classes", B, Qubits<3, 2>, ClassesOf<Observables<"Z0 Z1", "X0 Y1", "Y0 - 0.5 X1 + 0.25">>>,
             Task<"trained", B, Twice, RegressionOf<TrainableWeights<Observable<"0.5 X0 X1 + Y0 Y1 - 0.3 Z1">>>>,
             Task<"magnetised", B, Twice, BinaryOf<Magnetisation<2>, TrainableScale<2>>>,
             Task<"again", B, Windows<Qubits<2, 0>, Qubits<1, 3>, Qubits<2, 1>>, OwnReadout>>();
}

using Real = AngleEncoding<4, Axis::Y, CzRing, Layers<2>>;
using Complex = ReuploadingEncoding<4, CzRing, Layers<1>>;
constexpr auto window = HeadMethod::window, direct = HeadMethod::direct, cones = HeadMethod::light_cone,
               shift = HeadMethod::shift;

TEST_CASE("observables of real states, on which Y alone is zero") {
  check_methods<Real, HardwareEfficientBlock<2, Axes<Axis::Y>, CxChain, Layers<2>>, window, direct, cones, shift>();
}
TEST_CASE("observables of complex states") {
  check_methods<Complex, StronglyEntanglingBlock<2>, window, direct, cones>();
}
TEST_CASE("observables of blocks without weights") { check_methods<Real, IdentityBlock<2>, window>(); }

}  // namespace qmtl::test

}  // namespace quantum_head_observables_test
