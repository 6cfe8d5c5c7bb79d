#pragma once
// SPDX-License-Identifier: Apache-2.0
// A task under noise: its block and readout as operators on the encoding's Pauli coordinates.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/engine/head_program.hpp"
#include "qmtl/engine/pauli/pauli_lanes.hpp"
#include "qmtl/noise/walsh_hadamard.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The products of Z in observables that are diagonal on some qubits.
struct DiagonalObservables {
  std::vector<PauliString> strings;     ///< those that occur
  ColMajorMatrix<double> coefficients;  ///< strings x observables
};

/// From eigenvalues (2^k outcomes x observables); what is zero but for rounding is left out. Cost k 2^k an observable.
[[nodiscard]] inline DiagonalObservables z_strings(ColMajorMatrix<double> eigenvalues) {
  const Eigen::Index size = eigenvalues.rows();
  for (Eigen::Index o = 0; o < eigenvalues.cols(); ++o) {
    auto column = eigenvalues.col(o);
    const double rounding = 1e-15 * column.cwiseAbs().maxCoeff();
    walsh_hadamard({column.data(), static_cast<std::size_t>(size)});
    for (double& coefficient : column) {
      coefficient /= static_cast<double>(size);
      if (std::abs(coefficient) <= rounding) coefficient = 0.0;
    }
  }
  DiagonalObservables out;
  std::vector<Eigen::Index> used;
  for (Eigen::Index z = 0; z < size; ++z) {
    if (eigenvalues.row(z).isZero(0.0)) continue;
    out.strings.push_back({0, static_cast<Index>(z)});
    used.push_back(z);
  }
  out.coefficients = eigenvalues(used, Eigen::all);
  return out;
}

/// A task's outputs, or those of them that one measurement basis gives: operators A_o on the coordinates that the
/// encoding ends with, the noisy block and readout in the Heisenberg picture. They depend on the weights only.
template <Scalar S>
class NoisyReading {
 public:
  NoisyReading(const EngineTask<S>& task, PauliProgram block, const ColMajorMatrix<double>& coefficients)
      : block_(std::move(block)),
        first_output_(task.first_output),
        first_parameter_(static_cast<std::size_t>(task.first_parameter)),
        coefficients_(coefficients.cast<S>()),
        numbers_(block_.size()),
        cotangents_(block_.places()),
        weight_gradients_(static_cast<std::size_t>(weight_count(task.block))) {}

  [[nodiscard]] const PauliProgram& block() const noexcept { return block_.program(); }
  [[nodiscard]] int first_output() const noexcept { return first_output_; }
  [[nodiscard]] int outputs() const noexcept { return static_cast<int>(coefficients_.cols()); }

  /// Where the encoding has the block's starts, `ends[number[s]]` being that of start s.
  void connect(std::span<const PauliProgram::Factor> ends, std::span<const std::size_t> number) {
    for (std::size_t s = 0; s < number.size(); ++s) {
      const auto& end = ends[number[s]];
      if (end.factor != 0.0) inputs_.push_back({s, end.place, static_cast<S>(end.factor)});
    }
    operators_.resize(inputs_.size() * static_cast<std::size_t>(outputs()));
    sums_.resize(operators_.size());
  }

  /// Computes the operators for these weights of the head.
  void update(std::span<const S> weights) {
    set_angles(weights);
    for (int first = 0; first < outputs(); first += pack_width<S>) {
      load_cotangents(first);
      block_.pull(cotangents_);
      for_each_output(first, [&](int lane, std::size_t o) {
        for (std::size_t i = 0; i < inputs_.size(); ++i) {
          const auto& start = block().starts[inputs_[i].start];
          operators_[o * inputs_.size() + i] =
              cotangents_[start.place][lane] * static_cast<S>(start.factor) * inputs_[i].factor;
        }
      });
    }
  }

  /// <O_o> of the samples in lanes, from the numbers at the encoding's end.
  [[nodiscard]] Pack<S> expectation(int o, std::span<const Pack<S>> numbers) const noexcept {
    const std::size_t first = static_cast<std::size_t>(o) * inputs_.size();
    Pack<S> sum{};
    for (std::size_t i = 0; i < inputs_.size(); ++i) sum += operators_[first + i] * numbers[inputs_[i].place];
    return sum;
  }

  void begin_sums() noexcept { std::fill(sums_.begin(), sums_.end(), Pack<S>{}); }

  /// For a cotangent of <O_o> in lanes: adds to those of the encoding's numbers, and to the sums of cotangents times
  /// numbers.
  void pull(int o, const Pack<S>& cotangent, std::span<const Pack<S>> numbers, std::span<Pack<S>> of_numbers) noexcept {
    const std::size_t first = static_cast<std::size_t>(o) * inputs_.size();
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      of_numbers[inputs_[i].place] += operators_[first + i] * cotangent;
      sums_[first + i] += cotangent * numbers[inputs_[i].place];
    }
  }

  /// Adds the weight gradients of sum_o <A_o, sums_o>: one sweep of the block with the outputs in lanes.
  void add_gradient(std::span<const S> weights, std::span<S> gradient) {
    if (weight_gradients_.empty()) return;
    set_angles(weights);
    for (int first = 0; first < outputs(); first += pack_width<S>) {
      std::fill(numbers_.begin(), numbers_.end(), Pack<S>{});
      for_each_output(first, [&](int lane, std::size_t o) {
        for (std::size_t i = 0; i < inputs_.size(); ++i) {
          const auto& start = block().starts[inputs_[i].start];
          numbers_[start.place][lane] =
              static_cast<S>(start.factor) * inputs_[i].factor * lane_sum<S>(sums_[o * inputs_.size() + i]);
        }
      });
      block_.forward(numbers_);
      load_cotangents(first);
      block_.backward(numbers_, cotangents_);
      std::fill(weight_gradients_.begin(), weight_gradients_.end(), Pack<S>{});
      block_.angles().chain({}, of_task(weights), {}, weight_gradients_);
      for (std::size_t j = 0; j < weight_gradients_.size(); ++j) {
        gradient[first_parameter_ + j] += lane_sum<S>(weight_gradients_[j]);
      }
    }
  }

 private:
  /// A start of the block, and where the encoding has it: the coordinate is factor times the number there.
  struct Input {
    std::size_t start;
    std::uint32_t place;
    S factor;
  };

  [[nodiscard]] std::span<const S> of_task(std::span<const S> weights) const noexcept {
    return weights.subspan(first_parameter_, weight_gradients_.size());
  }
  void set_angles(std::span<const S> weights) { block_.angles().set_uniform({}, of_task(weights)); }

  /// Calls visit(lane, output) for those from `first` on.
  template <class Visit>
  void for_each_output(int first, const Visit& visit) const {
    const int count = std::min(pack_width<S>, outputs() - first);
    for (int lane = 0; lane < count; ++lane)
      visit(lane, static_cast<std::size_t>(first) + static_cast<std::size_t>(lane));
  }

  /// The coordinates of the observables from `first` on, an output a lane.
  void load_cotangents(int first) {
    std::fill(cotangents_.begin(), cotangents_.end(), Pack<S>{});
    for_each_output(first, [&](int lane, std::size_t o) {
      for (std::size_t e = 0; e < block().ends.size(); ++e) {
        const auto& end = block().ends[e];
        if (end.factor == 0.0) continue;
        cotangents_[end.place][lane] =
            static_cast<S>(end.factor) * coefficients_(static_cast<Eigen::Index>(e), static_cast<Eigen::Index>(o));
      }
    });
  }

  PauliLanes<S> block_;
  int first_output_;
  std::size_t first_parameter_;
  ColMajorMatrix<S> coefficients_;  // ends x outputs
  std::vector<Input> inputs_;
  std::vector<S> operators_;   // output after output, of the inputs' numbers
  std::vector<Pack<S>> sums_;  // as operators, over the batch
  std::vector<Pack<S>> numbers_, cotangents_, weight_gradients_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
