#pragma once
// SPDX-License-Identifier: Apache-2.0
// A task whose block runs on a copy of the encoded state.

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "qmtl/core/page_vector.hpp"
#include "qmtl/engine/head_program.hpp"
#include "qmtl/engine/lanes/lane_program.hpp"
#include "qmtl/engine/local_term.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// One task whose block runs on a copy of the encoded state: cheaper where it has few gates for its window's width.
template <Scalar S, class A>
class DirectTask {
 public:
  DirectTask(const EngineTask<S>& task, const AddressMap& map)
      : task_(task), program_(place_block(task), map), cosets_(program_.map(), task.window) {
    const auto size = std::size_t{1} << map.qubits;
    copy_.resize(size);
    adjoint_.resize(size);
    outcomes_.resize(cosets_.offsets.size());
    gradients_.resize(static_cast<std::size_t>(weight_count(task.block)));
    terms_ = local_terms<S, A>(task.terms, outcomes_.size(), [](std::size_t i) { return i; });
  }

  /// Sets the angles of the block for a head's weights.
  void update(std::span<const S> weights) {
    program_.set_uniform_angles({}, weights.subspan(static_cast<std::size_t>(task_.first_parameter)));
  }
  /// Begins the sums of a batch.
  void begin_batch() noexcept { std::fill(gradients_.begin(), gradients_.end(), Pack<S>{}); }

  /// Sets the task's expectation values among those of all outputs. Cost: the block on 2^N amplitudes.
  void expectations(std::span<const A> psi, std::span<Pack<S>> out) noexcept {
    run(psi);
    std::fill(outcomes_.begin(), outcomes_.end(), Pack<S>{});
    cosets_.for_each([&](Address base) {
      for (std::size_t a = 0; a < outcomes_.size(); ++a) {
        const A& v = copy_[base ^ cosets_.offsets[a]];
        outcomes_[a] += real_product<S>(v, v);
      }
    });
    for (int o = 0; o < task_.outputs(); ++o) {
      Pack<S> sum{};
      for (std::size_t a = 0; a < outcomes_.size(); ++a) {
        sum += task_.eigenvalues(static_cast<Eigen::Index>(a), o) * outcomes_[a];
      }
      out[static_cast<std::size_t>(task_.first_output + o)] = sum;
    }
    for_each_image([&](std::size_t o, Address at, const A& image) {
      out[static_cast<std::size_t>(task_.first_output) + o] += real_product<S>(copy_[at], image);
    });
  }

  /// Adds the weight gradients, and this task's part of lambda unless that is empty.
  void backward(std::span<const A> psi, std::span<const Pack<S>> cotangents, std::span<A> lambda) noexcept {
    run(psi);
    for (std::size_t a = 0; a < outcomes_.size(); ++a) {
      outcomes_[a] = Pack<S>{};
      for (int o = 0; o < task_.outputs(); ++o) {
        outcomes_[a] += task_.eigenvalues(static_cast<Eigen::Index>(a), o) *
                        cotangents[static_cast<std::size_t>(task_.first_output + o)];
      }
    }
    cosets_.for_each([&](Address base) {
      for (std::size_t a = 0; a < outcomes_.size(); ++a) {
        const Address at = base ^ cosets_.offsets[a];
        adjoint_[at] = outcomes_[a] * copy_[at];
      }
    });
    for_each_image([&](std::size_t o, Address at, const A& image) {
      adjoint_[at] += cotangents[static_cast<std::size_t>(task_.first_output) + o] * image;
    });
    program_.backward(copy_, adjoint_);
    program_.chain({}, {}, {}, gradients_);
    for (std::size_t i = 0; i < lambda.size(); ++i) lambda[i] += adjoint_[i];
  }

  /// Adds the batch's weight gradients to those of the head.
  void finish(std::span<S> gradient) const noexcept {
    for (std::size_t j = 0; j < gradients_.size(); ++j) {
      gradient[static_cast<std::size_t>(task_.first_parameter) + j] += lane_sum<S>(gradients_[j]);
    }
  }

 private:
  /// Calls visit(observable, address, amplitude) for all that the terms make of the copy's amplitudes.
  template <class Visit>
  void for_each_image(const Visit& visit) const noexcept {
    for (const auto& term : terms_) {
      cosets_.for_each([&](Address base) {
        for (std::size_t a = 0; a < cosets_.offsets.size(); ++a) {
          visit(term.observable, base ^ cosets_.offsets[a ^ term.flip],
                term.image(copy_[base ^ cosets_.offsets[a]], a));
        }
      });
    }
  }

  void run(std::span<const A> psi) noexcept {
    std::ranges::copy(psi, copy_.begin());
    program_.forward(copy_);
  }

  EngineTask<S> task_;
  LaneProgram<S, A> program_;
  Cosets cosets_;
  PageVector<A> copy_, adjoint_;
  std::vector<Pack<S>> outcomes_, gradients_;
  std::vector<LocalTerm<S>> terms_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
