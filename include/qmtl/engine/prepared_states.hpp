#pragma once
// SPDX-License-Identifier: Apache-2.0
// States that an encoding prepares by itself, into lanes and back.

#include <complex>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include "qmtl/core/bits.hpp"
#include "qmtl/engine/head_program.hpp"
#include "qmtl/engine/lanes/lane_exchange.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// A sample's state lies in one lane of all packs or, if `OneState`, in all lanes.
template <Scalar S, class A, bool OneState>
class PreparedStates {
  static constexpr bool complex = std::is_same_v<A, ComplexPack<S>>;

 public:
  /// Prepares the state of features x, and writes it to the lanes from `first` to before `end`.
  void write(const HeadProgram<S>& program, std::span<const S> x, int first, int end, std::span<A> psi) {
    start_.resize(dimension(program.qubits));
    program.prepare(x.data(), start_.data());
    for (int lane = first; lane < end; ++lane) write_lane(lane, psi);
  }

  /// Adds the gradients of the features. After the sweep lambda is U^dagger H U |start>; the encoding knows how |start>
  /// depends on them.
  void backward(const HeadProgram<S>& program, std::span<const S> x, int lane, std::span<const A> lambda,
                std::span<S> grad_x) {
    start_.resize(dimension(program.qubits));
    adjoint_.resize(start_.size());
    program.prepare(x.data(), start_.data());
    for_each(lane, [&](std::size_t i, std::size_t pack, std::size_t l) {
      if constexpr (complex) {
        adjoint_[i] = {lambda[pack].re[l], lambda[pack].im[l]};
      } else {
        adjoint_[i] = lambda[pack][l];
      }
    });
    program.prepare_vjp(x.data(), start_.data(), adjoint_.data(), grad_x.data());
  }

 private:
  void write_lane(int lane, std::span<A> psi) const {
    for_each(lane, [&](std::size_t i, std::size_t pack, std::size_t l) {
      if constexpr (complex) {
        psi[pack].re[l] = start_[i].real();
        psi[pack].im[l] = start_[i].imag();
      } else {
        psi[pack][l] = start_[i].real();
      }
    });
  }

  /// Calls visit(i, pack, lane) for where amplitude i lies.
  template <class Visit>
  void for_each(int lane, const Visit& visit) const {
    for (std::size_t i = 0; i < start_.size(); ++i) {
      if constexpr (OneState) {
        visit(i, i >> lane_bits<S>, i & (pack_width<S> - 1));
      } else {
        visit(i, i, static_cast<std::size_t>(lane));
      }
    }
  }

  std::vector<std::complex<S>> start_, adjoint_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
