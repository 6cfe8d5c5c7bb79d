#pragma once
// SPDX-License-Identifier: Apache-2.0
// The states that an encoding makes: of one sample, or of a batch.

#include <complex>
#include <span>
#include <type_traits>

#include "qmtl/core/memory.hpp"
#include "qmtl/head/encoding.hpp"
#include "qmtl/head/prepared_rows.hpp"
#include "qmtl/state/apply.hpp"

namespace qmtl::inline QMTL_ABI {

/// |psi> of one sample's features, taken as they are (angles in radians, amplitudes, or bits: no squashing), and of the
/// encoding's own weights if it has any. Throws ShapeError on wrong sizes, ValueError if the features make no state.
template <Encoding E, Scalar S = double>
[[nodiscard]] StateVector<encoding_qubits<E>, S> encode(Parameters<S> features, Parameters<S> weights = {}) {
  detail::require_size("encode: number of features", features.size(), E::features);
  detail::require_size("encode: number of weights", weights.size(), encoding_weights<E>);
  StateVector<encoding_qubits<E>, S> state;
  if constexpr (PreparesState<E>) E::prepare(features.data(), state.data());
  apply(state, E::circuit, features, weights);
  return state;
}

/// The states of a batch (features x B), one a column: 2^N x B amplitudes. Throws as encode does, with the row.
template <Encoding E, Scalar S = double>
[[nodiscard]] ColMajorMatrix<std::complex<S>> encode_batch(const std::type_identity_t<BatchIn<S>>& features,
                                                           Parameters<S> weights = {}) {
  detail::require_size("encode_batch: rows (features)", features.rows(), E::features);
  using States = ColMajorMatrix<std::complex<S>>;
  const auto size = static_cast<Eigen::Index>(dimension(encoding_qubits<E>));
  auto states = detail::with_memory(
      "encode_batch",
      detail::bytes_of<std::complex<S>>(static_cast<double>(size) * static_cast<double>(features.cols())),
      [&] { return States(size, features.cols()); });
  detail::naming_rows<E>(features, 0, [&] {
    for (Eigen::Index b = 0; b < features.cols(); ++b) {
      const std::span<const S> sample(features.col(b).data(), static_cast<std::size_t>(E::features));
      states.col(b) = encode<E, S>(sample, weights).vector();
    }
  });
  return states;
}

}  // namespace qmtl::inline QMTL_ABI
