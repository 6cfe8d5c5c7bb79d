#pragma once
// SPDX-License-Identifier: Apache-2.0
// The head step's heads as types.

#include <utility>

#include "qmtl/head/quantum_head.hpp"

namespace qmtl::benchmark {

template <int N>
using RyEncoding = WithSquash<AngleEncoding<N, Axis::Y, CxRing, Layers<2>>, NoSquash>;

template <int N>
using CzEncoding = WithSquash<AngleEncoding<N, Axis::Y, CzRing, Layers<2>>, NoSquash>;

template <int N>
struct RyRzEncoding {
  static constexpr int features = N;
  static constexpr auto circuit = repeat<2>(
      make_circuit<N>(layer<N>([](int q) { return make_circuit<N>(gate::ry(q, feature(q)), gate::rz(q, feature(q))); }),
                      CxRing::make<N>()));
  using Squash = NoSquash;
};

/// Task t of width K: called "a0", "b0", ..., Z of every qubit of its window unless said otherwise.
template <int T, int K, class Readout = Expectations<K>>
using WorkloadTask = Task<Name<3>{{static_cast<char>('a' + T % 26), static_cast<char>('0' + T / 26), '\0'}},
                          RotationBlock<K, Layers<2>>, Window<T * K, K>, Readout>;

template <Scalar S, HeadMethod Method, class E, class Tasks>
struct WorkloadHeadOf;
template <Scalar S, HeadMethod Method, class E, int... T>
struct WorkloadHeadOf<S, Method, E, std::integer_sequence<int, T...>> {
  using type = BasicQuantumHead<S, Method, E, WorkloadTask<T, encoding_qubits<E> / static_cast<int>(sizeof...(T))>...>;
};

/// T tasks on disjoint windows that cover the register of an encoding.
template <Scalar S, HeadMethod Method, class E, int T>
using WorkloadHead = typename WorkloadHeadOf<S, Method, E, std::make_integer_sequence<int, T>>::type;

}  // namespace qmtl::benchmark
