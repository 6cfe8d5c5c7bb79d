#pragma once
// SPDX-License-Identifier: Apache-2.0
// A head's logits by textbook matrices and formulas, their gradients by central differences, and the comparison of
// every method of QuantumHead with them.

#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/head/quantum_head.hpp"
#include "qmtl/head/state_encoding.hpp"
#include "support/catch.hpp"
#include "support/dense.hpp"
#include "support/finite_difference.hpp"
#include "support/random_circuit.hpp"

namespace qmtl::test {

using Numbers = std::vector<double>;

/// The state before an encoding's gates.
template <int N, class F>
DenseVector dense_start(const AmplitudeEncoding<N, F>*, std::span<const double> x) {
  DenseVector psi = DenseVector::Zero(1 << N);
  double squares = 0.0;
  for (const double value : x) squares += value * value;
  for (std::size_t i = 0; i < x.size(); ++i) psi[static_cast<Eigen::Index>(i)] = x[i] / std::sqrt(squares);
  return psi;
}
template <int N>
DenseVector dense_start(const BasisEncoding<N>*, std::span<const double> x) {
  int basis = 0;
  for (int q = 0; q < N; ++q) basis += x[static_cast<std::size_t>(q)] > 0.5 ? 1 << q : 0;
  return DenseVector::Unit(1 << N, basis);
}
template <class E>
DenseVector dense_start(const E*, std::span<const double>) requires(!PreparesState<E>) {
  return dense_zero(encoding_qubits<E>);
}

/// Probabilities of the local basis states of some qubits; bit j of the local index is qubits[j].
inline Numbers local_probabilities(const DenseVector& psi, std::span<const int> qubits) {
  Numbers p(std::size_t{1} << qubits.size());
  for (Eigen::Index i = 0; i < psi.size(); ++i) {
    std::size_t local = 0;
    for (std::size_t j = 0; j < qubits.size(); ++j) local += static_cast<std::size_t>((i >> qubits[j]) & 1) << j;
    p[local] += std::norm(psi[i]);
  }
  return p;
}

/// <Z> of local qubit q.
inline double mean_z(const Numbers& p, int q) {
  double z = 0.0;
  for (std::size_t a = 0; a < p.size(); ++a) z += ((a >> q) & 1) == 0 ? p[a] : -p[a];
  return z;
}

/// The logits of each kind of readout, by its definition.
template <class Scale, int Q>
Numbers dense_readout(const BinaryReadout<Scale, Q>*, const Numbers& p, double scale) {
  return {scale * mean_z(p, Q)};
}
template <int C, class Scale>
Numbers dense_readout(const Classes<C, OneQubitPerClass, Scale>*, const Numbers& p, double scale) {
  Numbers out;
  for (int c = 0; c < C; ++c) out.push_back(scale * mean_z(p, c));
  return out;
}
template <int C, class Scale>
Numbers dense_readout(const Classes<C, BasisStates, Scale>*, const Numbers& p, double scale) {
  const std::size_t states = C <= 2 ? 2 : C <= 4 ? 4 : 8;
  Numbers read(states);
  for (std::size_t a = 0; a < p.size(); ++a) read[a % states] += p[a];
  Numbers out;
  for (std::size_t c = 0; c < C; ++c) out.push_back(scale * std::log(read[c] + 1e-4));
  return out;
}
template <int K>
Numbers dense_readout(const Expectations<K>*, const Numbers& p, double) {
  Numbers out;
  for (int q = 0; q < K; ++q) out.push_back(mean_z(p, q));
  return out;
}

/// Appends the logits of task T, whose parameters start at w[first]; moves `first` behind them.
template <class T>
void append_dense_logits(DenseVector psi, std::span<const double> w, std::size_t& first, Numbers& logits) {
  std::vector<Operation> placed(T::Block::circuit.operations.begin(), T::Block::circuit.operations.end());
  for (auto& op : placed) {
    for (int& q : op.qubits) q = T::Window::indices[static_cast<std::size_t>(q)];
  }
  const auto parameters = w.subspan(first);
  psi = dense_run(placed, std::move(psi), {}, parameters);
  const bool trained = T::Readout::parameters == 1;
  const double scale = trained ? parameters[static_cast<std::size_t>(T::weights)] : T::Readout::Scale::value;
  const typename T::Readout* readout = nullptr;
  const Numbers more = dense_readout(readout, local_probabilities(psi, T::Window::indices), scale);
  logits.insert(logits.end(), more.begin(), more.end());
  first += static_cast<std::size_t>(T::weights) + (trained ? 1 : 0);
}

/// All logits of one sample, for features z before squashing and the head's parameters w.
template <class E, class... Tasks>
Numbers dense_logits(std::span<const double> z, std::span<const double> w) {
  Numbers angles;
  for (const double value : z) angles.push_back(SquashOf<E>::angle(value));
  const E* encoding = nullptr;
  const DenseVector psi = dense_run(E::circuit.ops(), dense_start(encoding, angles), angles, w);
  Numbers logits;
  auto first = static_cast<std::size_t>(encoding_weights<E>);
  (append_dense_logits<Tasks>(psi, w, first, logits), ...);
  return logits;
}

/// Logits and gradients of sum(c * logits) over a batch: outputs x B, features x B, and one number a parameter.
struct HeadValues {
  Eigen::MatrixXd logits, dz;
  Eigen::VectorXd dw;
};

/// A batch of random features and cotangents and random parameters, all of them floats.
struct HeadInputs {
  Eigen::MatrixXd z, c;
  Numbers w;

  HeadInputs(int features, int outputs, int parameters, int batch, Seed seed) : z(features, batch), c(outputs, batch) {
    Rng rng(seed);
    const auto fill = [&rng](Eigen::MatrixXd& m) {
      for (double& value : m.reshaped()) value = random_numbers<float>(rng, 1, -1.2, 1.2)[0];
    };
    fill(z);
    fill(c);
    w = random_numbers<float>(rng, parameters);
  }
};

inline std::span<const double> column(const Eigen::MatrixXd& m, Eigen::Index b) {
  return {m.data() + b * m.rows(), static_cast<std::size_t>(m.rows())};
}

/// The logits of a sample from its features and the parameters.
using LogitsOf = std::function<Numbers(std::span<const double> z, std::span<const double> w)>;

/// Logits and gradients by `f`. Central differences with a step of 1e-4 are good to about 1e-10 here.
inline HeadValues by_differences(const LogitsOf& f, bool differentiable, const HeadInputs& in) {
  constexpr double step = 1e-4;
  const Eigen::Index batch = in.z.cols();
  HeadValues out{Eigen::MatrixXd(in.c.rows(), batch), Eigen::MatrixXd::Zero(in.z.rows(), batch),
                 Eigen::VectorXd::Zero(static_cast<Eigen::Index>(in.w.size()))};
  for (Eigen::Index b = 0; b < batch; ++b) {
    const auto z = column(in.z, b);
    const auto contracted = [&](const Numbers& logits) {
      return Eigen::Map<const Eigen::VectorXd>(logits.data(), in.c.rows()).dot(in.c.col(b));
    };
    const Numbers logits = f(z, in.w);
    out.logits.col(b) = Eigen::Map<const Eigen::VectorXd>(logits.data(), in.c.rows());
    const auto along_w = [&](std::span<const double> w) { return contracted(f(z, w)); };
    const Numbers dw = difference_gradient(along_w, in.w, step);
    for (Eigen::Index j = 0; j < out.dw.size(); ++j) out.dw[j] += dw[static_cast<std::size_t>(j)];
    if (!differentiable) continue;
    const auto along_z = [&](std::span<const double> x) { return contracted(f(x, in.w)); };
    const Numbers dz = difference_gradient(along_z, z, step);
    out.dz.col(b) = Eigen::Map<const Eigen::VectorXd>(dz.data(), in.z.rows());
  }
  return out;
}

/// The reference.
template <class E, class... Tasks>
HeadValues dense_head(const HeadInputs& in) {
  return by_differences(&dense_logits<E, Tasks...>, differentiable_encoding<E>, in);
}

/// A head's functions without its type, which costs less to compile; `backward` is empty where it has none.
template <class S>
struct HeadFunctions {
  std::function<void(const Batch<S>& z, const std::vector<S>& w, Batch<S>& logits)> forward;
  std::function<void(const Batch<S>& z, const std::vector<S>& w, const Batch<S>& c, std::vector<S>& dw)>
      backward_weights;
  std::function<void(const Batch<S>& z, const std::vector<S>& w, const Batch<S>& c, std::vector<S>& dw, Batch<S>& dz)>
      backward;
};

/// What a head gives. Its weight gradients start at 0.25 and must be added to; dz starts as NaN and must be set. Both
/// forms of backward must agree, in either order.
template <class S>
HeadValues run_head(const HeadFunctions<S>& head, const HeadInputs& in) {
  const Eigen::Index batch = in.z.cols();
  const Batch<S> z = in.z.cast<S>(), c = in.c.cast<S>();
  const std::vector<S> w = cast<S>(in.w);
  Batch<S> logits(in.c.rows(), batch);
  Batch<S> dz = Batch<S>::Constant(in.z.rows(), batch, std::numeric_limits<S>::quiet_NaN());
  std::vector<S> dw(in.w.size(), S(0.25)), dw_alone(dw);
  head.forward(z, w, logits);
  head.backward_weights(z, w, c, dw_alone);
  if (head.backward) {
    head.backward(z, w, c, dw, dz);
    CHECK(dw == dw_alone);
    head.backward_weights(z, w, c, dw_alone = std::vector<S>(in.w.size(), S(0.25)));
    CHECK(dw == dw_alone);
  } else {
    dz.setZero();
  }
  HeadValues out{logits.template cast<double>(), dz.template cast<double>(), Eigen::VectorXd(in.w.size())};
  for (std::size_t j = 0; j < dw_alone.size(); ++j) {
    out.dw[static_cast<Eigen::Index>(j)] = static_cast<double>(dw_alone[j] - S(0.25));
  }
  return out;
}

/// Largest difference; infinite if a value is not finite.
inline double distance(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  return a.size() == 0 ? 0.0 : max_difference(a, b);
}

inline void check_close(const HeadValues& got, const HeadValues& expected, double logits, double gradients) {
  CHECK(distance(got.logits, expected.logits) < logits);
  CHECK(distance(got.dz, expected.dz) < gradients);
  CHECK(distance(got.dw, expected.dw) < gradients);
}

template <class S, HeadMethod M, class E, class... Tasks>
HeadValues head_values(const HeadInputs& in) {
  using H = BasicQuantumHead<S, M, E, Tasks...>;
  H head;
  HeadFunctions<S> functions;
  functions.forward = [&head](const auto& z, const auto& w, auto& logits) { head.forward(z, w, logits); };
  functions.backward_weights = [&head](const auto& z, const auto& w, const auto& c, auto& dw) {
    head.backward_weights(z, w, c, dw);
  };
  if constexpr (H::differentiable) {
    functions.backward = [&head](const auto& z, const auto& w, const auto& c, auto& dw, auto& dz) {
      head.backward(z, w, c, dw, dz);
    };
  }
  return run_head(functions, in);
}

/// All methods against the reference, and against each other to rounding. Largest errors measured over all tests that
/// call this: logits 5e-15, gradients 2e-14, differences 4e-11.
template <class E, class... Tasks>
void check_head() {
  INFO("encoding: " << describe_encoding<E>());
  using Head = QuantumHead<double, E, Tasks...>;
  const HeadInputs in(Head::features, Head::outputs, Head::parameters, 3, Seed{17});
  const HeadValues window = head_values<double, HeadMethod::window, E, Tasks...>(in);
  check_close(window, dense_head<E, Tasks...>(in), 1e-12, 1e-9);
  check_close(head_values<double, HeadMethod::direct, E, Tasks...>(in), window, 1e-12, 1e-12);
  if constexpr (!PreparesState<E>) {
    check_close(head_values<double, HeadMethod::light_cone, E, Tasks...>(in), window, 1e-12, 1e-12);
    check_close(head_values<double, HeadMethod::shift, E, Tasks...>(in), window, 1e-12, 1e-12);
  }
}

/// Heads of floats against the reference of doubles. Largest errors measured: logits 4e-6, gradients 3e-5.
template <class E, class... Tasks>
void check_float_head() {
  INFO("encoding: " << describe_encoding<E>());
  using Head = QuantumHead<float, E, Tasks...>;
  const HeadInputs in(Head::features, Head::outputs, Head::parameters, 3, Seed{17});
  const HeadValues expected = dense_head<E, Tasks...>(in);
  check_close(head_values<float, HeadMethod::window, E, Tasks...>(in), expected, 3e-5, 3e-4);
  check_close(head_values<float, HeadMethod::automatic, E, Tasks...>(in), expected, 3e-5, 3e-4);
}

/// Only the automatic method against the reference: an engine a task instead of four.
template <class E, class... Tasks>
void check_automatic() {
  using Head = QuantumHead<double, E, Tasks...>;
  const HeadInputs in(Head::features, Head::outputs, Head::parameters, 2, Seed{23});
  check_close(head_values<double, HeadMethod::automatic, E, Tasks...>(in), dense_head<E, Tasks...>(in), 1e-12, 1e-9);
}

}  // namespace qmtl::test
