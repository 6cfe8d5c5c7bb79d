#pragma once
// SPDX-License-Identifier: Apache-2.0
// Batches under a noise model, exactly: the encoding once for all tasks, each task's noisy block once a batch.

#include <algorithm>
#include <cstddef>
#include <new>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/core/page_vector.hpp"
#include "qmtl/engine/lane_group.hpp"
#include "qmtl/engine/pauli/noisy_head.hpp"
#include "qmtl/noise/noise_model.hpp"

namespace qmtl::inline QMTL_ABI {

/// Evaluates and differentiates a head under a noise model: `head.set_backend(NoisyBackend<S>(head.program(), noise))`.
/// Expectation values and gradients are exact, those that ShiftBackend with a NoisyExecutor gives. Samples lie in
/// lanes; a density matrix is the list of its Pauli coordinates tr(rho P), of which only those are computed that what
/// is read depends on and that are not always zero, so that the number of qubits does not matter by itself. forward
/// keeps the coordinates for backward as long as they fit in the program's kept_bytes.
template <Scalar S>
class NoisyBackend {
 public:
  static constexpr bool splits_batches = true;
  static constexpr int width = pack_width<S>;  ///< samples at a time

  /// The head's qubit q is qubit device_qubits[q] of the device, or q if the list is empty. Throws LogicError for
  /// encodings that prepare states, ShapeError and CircuitError for qubits that do not fit, and CircuitError or
  /// MemoryError where what is read depends on more than 64 qubits or on more coordinates than fit in 4 GiB.
  explicit NoisyBackend(const HeadProgram<S>& program, const NoiseModel& model,
                        const std::vector<int>& device_qubits = {})
      : program_(program),
        angles_(static_cast<std::size_t>(program.features)),
        angle_gradients_(angles_.size()),
        weight_gradients_(static_cast<std::size_t>(program.encoding_weights)) {
    if (program.prepare != nullptr) {
      throw LogicError("qmtl: NoisyBackend: noise needs circuits: amplitude and basis encoding have none");
    }
    all_.front().features.resize(angles_.size());
    std::iota(all_.front().features.begin(), all_.front().features.end(), 0);
    try {
      detail::NoisyHead<S> head(program, model, device_qubits);
      for (auto& group : head.groups()) encodings_.push_back(Encoding{std::move(group), {}});
    } catch (const std::bad_alloc&) {
      throw MemoryError(
          "qmtl: NoisyBackend: there is no memory for the Pauli coordinates that what is read depends on");
    }
    for (const auto& task : program.tasks) {
      weights_ = std::max(weights_, static_cast<std::size_t>(task.first_parameter + weight_count(task.block)));
    }
    weights_ = std::max(weights_, weight_gradients_.size());
  }

  /// What it was made of.
  [[nodiscard]] const HeadProgram<S>& program() const noexcept { return program_; }

  /// Pauli coordinates of a sample that are computed, those of all encodings.
  [[nodiscard]] std::size_t coordinates() const noexcept {
    std::size_t sum = 0;
    for (const auto& e : encodings_) sum += e.group.lanes.places();
    return sum;
  }

  /// Expectation values (outputs x batch) for angles (features x batch).
  void forward(BatchView<const S> angles, std::span<const S> weights, BatchView<S> expectations) {
    detail::require_size("NoisyBackend: rows of angles (features)", angles.rows(), program_.features);
    detail::require_size("NoisyBackend: rows of expectation values (outputs)", expectations.rows(), program_.outputs);
    detail::require_size("NoisyBackend: columns of expectation values", expectations.cols(), angles.cols());
    require_weights(weights);
    make_room(angles.cols());
    expectations.setZero();
    for (auto& e : encodings_) {
      for (auto& reading : e.group.readings) reading.update(weights);
      for_each_group(e, [&](const Group& group, std::size_t g, Numbers numbers) {
        encode(e, group, angles, g, weights, numbers);
        const Numbers last = e.group.lanes.last(numbers);
        for (const auto& reading : e.group.readings) {
          for (int o = 0; o < reading.outputs(); ++o) {
            const Pack<S> value = reading.expectation(o, last);
            const Eigen::Index row = reading.first_output() + o;
            for (int lane = 0; lane < group.used(); ++lane) expectations(row, group.sample(lane)) += value[lane];
          }
        }
      });
    }
  }

  /// For cotangents (outputs x batch) of the last forward: adds weight gradients, and sets angle gradients (features x
  /// batch) unless they have no columns.
  void backward(BatchView<const S> angles, std::span<const S> weights, BatchView<const S> cotangents,
                std::span<S> gradient, BatchView<S> angle_gradients) {
    const bool features = angle_gradients.cols() > 0;
    detail::require_size("NoisyBackend: rows of angles (features)", angles.rows(), program_.features);
    detail::require_size("NoisyBackend: rows of cotangents (outputs)", cotangents.rows(), program_.outputs);
    for (const Eigen::Index columns : {angles.cols(), cotangents.cols(), features ? angle_gradients.cols() : batch_}) {
      detail::require_size("NoisyBackend: columns of a batch, as forward had", columns, batch_);
    }
    if (features) detail::require_size("NoisyBackend: rows of angle gradients", angle_gradients.rows(), angles.rows());
    require_weights(weights);
    detail::require_size("NoisyBackend: number of gradients", gradient.size(), weights.size());
    if (features) angle_gradients.setZero();
    std::fill(weight_gradients_.begin(), weight_gradients_.end(), Pack<S>{});
    const bool sweep = features || program_.encoding_weights > 0;
    const bool have_numbers = kept_ && !used_;
    used_ = used_ || sweep;
    for (auto& e : encodings_) {
      auto& lanes = e.group.lanes;
      for (auto& reading : e.group.readings) reading.begin_sums();
      const Numbers of_places = Numbers(cotangents_).first(lanes.places());
      for_each_group(e, [&](const Group& group, std::size_t g, Numbers numbers) {
        if (!have_numbers) encode(e, group, angles, g, weights, numbers);
        lanes.angles().select_group(kept_ ? g : 0);
        std::fill(of_places.begin(), of_places.end(), Pack<S>{});
        read_back(e, group, cotangents, lanes.last(numbers), of_places);
        if (sweep) sweep_back(e, group, angles, weights, numbers, of_places, angle_gradients);
      });
      for (auto& reading : e.group.readings) reading.add_gradient(weights, gradient);
    }
    for (std::size_t j = 0; j < weight_gradients_.size(); ++j) gradient[j] += lane_sum<S>(weight_gradients_[j]);
  }

 private:
  using Group = detail::LaneGroup<S>;
  using Numbers = std::span<Pack<S>>;

  /// A circuit for the encoding, and what it keeps of a batch.
  struct Encoding {
    detail::NoisyGroup<S> group;
    detail::PageVector<Pack<S>> numbers;
  };

  void require_weights(std::span<const S> weights) const {
    if (weights.size() >= weights_) return;  // parameters of readouts may follow
    throw ShapeError(
        detail::text("qmtl: NoisyBackend: number of weights, expected at least ", weights_, ", got ", weights.size()));
  }

  /// Buffers for a batch. If there is no memory for them, there is no batch to go back through.
  void make_room(Eigen::Index batch) {
    batch_ = 0;
    kept_ = bytes(batch) <= program_.kept_bytes;
    used_ = false;
    const auto groups = kept_ ? static_cast<std::size_t>(Group::count(1, batch)) : 1;
    for (auto& e : encodings_) {
      if (e.numbers.size() < e.group.lanes.size() * groups) e.numbers.resize(e.group.lanes.size() * groups);
      e.group.lanes.angles().reserve_groups(groups);
      if (cotangents_.size() < e.group.lanes.places()) cotangents_.resize(e.group.lanes.places());
    }
    batch_ = batch;
  }

  [[nodiscard]] std::size_t group_count() const noexcept { return static_cast<std::size_t>(Group::count(1, batch_)); }
  [[nodiscard]] std::size_t bytes(Eigen::Index batch) noexcept {
    std::size_t sum = 0;
    for (auto& e : encodings_) sum += e.group.lanes.size() * sizeof(Pack<S>) + e.group.lanes.angles().group_bytes();
    return sum * static_cast<std::size_t>(Group::count(1, batch));
  }

  template <class Visit>
  void for_each_group(Encoding& e, const Visit& visit) {
    const std::size_t size = e.group.lanes.size();
    for (std::size_t g = 0; g < group_count(); ++g) {
      visit(Group(all_, batch_, static_cast<Eigen::Index>(g)), g,
            Numbers(e.numbers).subspan(kept_ ? g * size : 0, size));
    }
  }

  void encode(Encoding& e, const Group& group, BatchView<const S> angles, std::size_t g, std::span<const S> weights,
              Numbers numbers) {
    auto& lanes = e.group.lanes;
    group.load(angles, &detail::Member::features, angles_);
    lanes.angles().select_group(kept_ ? g : 0);
    lanes.angles().set(angles_, weights);
    lanes.begin(numbers);
    lanes.forward(numbers);
  }

  /// From a group's cotangents to those of the coordinates.
  void read_back(Encoding& e, const Group& group, BatchView<const S> cotangents, Numbers last, Numbers of_places) {
    for (auto& reading : e.group.readings) {
      for (int o = 0; o < reading.outputs(); ++o) {
        const Eigen::Index row = reading.first_output() + o;
        Pack<S> cotangent{};
        for (int lane = 0; lane < group.used(); ++lane) cotangent[lane] = cotangents(row, group.sample(lane));
        reading.pull(o, cotangent, last, of_places);
      }
    }
  }

  void sweep_back(Encoding& e, const Group& group, BatchView<const S> angles, std::span<const S> weights,
                  Numbers numbers, Numbers of_places, BatchView<S> angle_gradients) {
    auto& lanes = e.group.lanes;
    lanes.backward(numbers, of_places);
    if (lanes.angles().chain_reads_features()) group.load(angles, &detail::Member::features, angles_);
    std::fill(angle_gradients_.begin(), angle_gradients_.end(), Pack<S>{});
    lanes.angles().chain(angles_, weights, angle_gradients_, weight_gradients_);
    if (angle_gradients.cols() > 0) group.add_to(angle_gradients, &detail::Member::features, angle_gradients_);
  }

  HeadProgram<S> program_;
  std::vector<detail::Member> all_{detail::Member{{}, {}, true}};
  std::vector<Encoding> encodings_;
  std::vector<Pack<S>> angles_, angle_gradients_, weight_gradients_;
  detail::PageVector<Pack<S>> cotangents_;  // of an encoding's places
  std::size_t weights_ = 0;                 // that a call needs at least
  Eigen::Index batch_ = 0;
  bool kept_ = false;  // forward's coordinates fit
  bool used_ = false;  // but a backward has used them up
};

}  // namespace qmtl::inline QMTL_ABI
