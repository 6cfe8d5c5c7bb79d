#pragma once
// SPDX-License-Identifier: Apache-2.0
// Batches through lane engines: samples into lanes and back, one register for all tasks or one a light cone.

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/engine/engine_register.hpp"
#include "qmtl/engine/head_cones.hpp"
#include "qmtl/engine/head_program.hpp"
#include "qmtl/engine/lane_group.hpp"
#include "qmtl/engine/prepared_states.hpp"
#include "qmtl/engine/tiles/tile_program.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Runs a head on batches of any size. forward keeps the encoded states for backward as long as they fit, and backward
/// encodes again otherwise. A group is as many samples as there are lanes or, if `OneState`, one sample whose
/// amplitudes fill the lanes.
template <Scalar S, bool IsComplex, bool OneState = false>
class LaneBackend {
  using A = LaneAmplitude<S, IsComplex>;
  using Program = std::conditional_t<OneState, TileProgram<S, A>, LaneProgram<S, A>>;

 public:
  /// Samples of a group.
  static constexpr int width = Program::samples;

  explicit LaneBackend(HeadProgram<S> program)
      : program_(std::move(program)),
        angles_(static_cast<std::size_t>(program_.features)),
        angle_gradients_(angles_.size()),
        weight_gradients_(static_cast<std::size_t>(program_.encoding_weights)),
        expectations_(static_cast<std::size_t>(program_.outputs)),
        cotangents_(expectations_.size()) {
    if (program_.light_cones != nullptr) {
      add_cones();
    } else {
      Member all{std::vector<int>(angles_.size()), std::vector<int>(expectations_.size()), true};
      std::iota(all.features.begin(), all.features.end(), 0);
      std::iota(all.outputs.begin(), all.outputs.end(), 0);
      add_register({program_.encoding.begin(), program_.encoding.end()}, program_.qubits, program_.tasks,
                   std::move(all));
    }
  }

  /// What it was made of.
  [[nodiscard]] const HeadProgram<S>& program() const noexcept { return program_; }

  /// Threads that may share one state, where states are that large; see TileProgram.
  void set_workers(Workers* workers) requires OneState {
    for (auto& r : registers_) r.engine.program().set_workers(workers);
  }
  void share_states(bool shared) noexcept requires OneState {
    for (auto& r : registers_) r.engine.program().share_states(shared);
  }

  /// Bytes of a batch's states, density matrices, sines and cosines.
  [[nodiscard]] std::size_t state_bytes(Eigen::Index batch) const noexcept {
    std::size_t bytes = 0;
    for (const auto& r : registers_) {
      bytes += static_cast<std::size_t>(Group::count(r.members.size(), batch)) *
               ((r.amplitudes + r.engine.density_size()) * sizeof(A) + r.engine.program().angle_bytes());
    }
    return bytes;
  }

  /// Expectation values (outputs x batch) for angles (features x batch).
  void forward(BatchView<const S> angles, std::span<const S> weights, BatchView<S> expectations) {
    const Eigen::Index batch = angles.cols();
    make_room(batch, state_bytes(batch) <= program_.kept_bytes);
    update(weights);
    for (auto& r : registers_) {
      for (Eigen::Index g = 0; g < Group::count(r.members.size(), batch); ++g) {
        const Group group(r.members, batch, g);
        r.engine.select(group.members(), operators_);
        encode(r, group, angles, g, weights);
        r.engine.expectations(state(r, g), density(r, g), expectations_);
        group.store(expectations, &Member::outputs, expectations_);
      }
    }
  }

  /// For cotangents (outputs x batch) of the last forward: adds weight gradients, and sets angle gradients (features x
  /// batch) unless they have no columns. Where the encoding prepares states it may throw: then nothing has been added.
  void backward(BatchView<const S> angles, std::span<const S> weights, BatchView<const S> cotangents,
                std::span<S> gradient, BatchView<S> angle_gradients) {
    const bool features = angle_gradients.cols() > 0;
    begin_sums();
    std::fill(weight_gradients_.begin(), weight_gradients_.end(), Pack<S>{});
    const bool adds = !registers_.front().members.front().whole;  // members share features
    if (features && adds) std::fill_n(angle_gradients.data(), angle_gradients.size(), S(0));
    const bool sweep = features || program_.encoding_weights > 0;
    const bool have_states = kept_ && !swept_;
    swept_ = swept_ || sweep;  // a sweep undoes the encoding in place, also one that an error ends half-way
    for (auto& r : registers_) {
      for (Eigen::Index g = 0; g < Group::count(r.members.size(), batch_); ++g) {
        const Group group(r.members, batch_, g);
        r.engine.select(group.members(), operators_);
        load_cotangents(r, group, cotangents);
        if (!have_states) encode(r, group, angles, g, weights);
        r.engine.read_backward(state(r, g), density(r, g), cotangents_, sweep);
        if (!sweep) continue;
        sweep_back(r, group, angles, g, weights, have_states);
        if (!features) continue;
        if (adds) {
          group.add_to(angle_gradients, &Member::features, angle_gradients_);
        } else {
          group.store(angle_gradients, &Member::features, angle_gradients_);
        }
        if (program_.prepare_vjp == nullptr) continue;
        for (int lane = 0; lane < group.used(); ++lane) {
          const Eigen::Index sample = group.sample(lane);
          prepared_.backward(program_, column(angles, sample), lane, r.engine.lambda(),
                             column(angle_gradients, sample));
        }
      }
    }
    finish(gradient);
    for (std::size_t j = 0; j < weight_gradients_.size(); ++j) gradient[j] += lane_sum<S>(weight_gradients_[j]);
  }

  // What an encoding without weights makes of a sample, its density matrices, can be kept for good: `entries`, a column
  // of real numbers a sample, complex entries as pairs. A column is contiguous whatever the lanes, since batches of
  // samples in any order are read from it. Not for direct tasks.

  /// Numbers of a sample.
  [[nodiscard]] Eigen::Index encoded_size() const noexcept {
    std::size_t size = 0;
    for (const auto& r : registers_) size += r.members.size() * r.engine.density_size();
    return static_cast<Eigen::Index>(size * entry_size);
  }

  /// Sets the entries (encoded_size() x batch) of angles (features x batch).
  void encode(BatchView<const S> angles, BatchOut<S> entries) {
    make_room(entries.cols(), false);
    for (auto& r : registers_) {
      for (Eigen::Index g = 0; g < Group::count(r.members.size(), batch_); ++g) {
        const Group group(r.members, batch_, g);
        encode(r, group, angles, g, {});
        store_entries(r, group, density(r, g), entries);
      }
    }
  }

  /// As forward, from entries: the number of qubits does not matter any more. Samples lie in lanes.
  void forward_encoded(const BatchIn<S>& entries, std::span<const S> weights, BatchView<S> expectations) {
    batch_ = entries.cols();
    update(weights);
    for_each_encoded(entries, [&](Register& r, const EncodedGroup& group) {
      r.engine.expectations(entries_, expectations_);
      group.store(expectations, &Member::outputs, expectations_);
    });
  }

  /// For the entries of the last forward_encoded: adds weight gradients.
  void backward_encoded(const BatchIn<S>& entries, BatchView<const S> cotangents, std::span<S> gradient) {
    begin_sums();
    for_each_encoded(entries, [&](Register& r, const EncodedGroup& group) {
      load_cotangents(r, group, cotangents);
      r.engine.add_sums(entries_, cotangents_);
    });
    finish(gradient);
  }

  /// The reduced density matrix of the window of the task whose outputs begin there, from a sample's entries.
  [[nodiscard]] typename WindowOperators<S>::Matrix density(int first_output, std::span<const S> entries) const {
    for (const auto& r : registers_) {
      for (const auto& member : r.members) {
        const auto found = std::ranges::find(member.outputs, first_output);
        if (found != member.outputs.end()) {
          return r.engine.density(static_cast<std::size_t>(found - member.outputs.begin()), entries);
        }
        entries = entries.subspan(r.engine.density_size() * entry_size);
      }
    }
    return {};
  }

 private:
  static constexpr int lanes = pack_width<S>;
  static constexpr std::size_t entry_size = IsComplex ? 2 : 1;
  using Group = LaneGroup<S, width>;
  using EncodedGroup = LaneGroup<S, lanes>;  // encoded samples always lie in lanes

  struct Register {
    std::vector<Operation> operations;
    std::vector<EngineTask<S>> tasks;  // of the first member
    std::vector<Member> members;
    EngineRegister<S, A, Program> engine;
    std::size_t amplitudes;
    std::size_t first_entry;  // of its first member in a sample's column of entries
    PageVector<A> states{};
    std::vector<A> densities{};
  };

  // ---- Registers ----

  void add_register(std::vector<Operation> ops, int qubits, std::vector<EngineTask<S>> tasks, Member member) {
    EngineRegister<S, A, Program> engine(ops, qubits, program_.prepare != nullptr, tasks, operators_);
    const std::size_t amplitudes = engine.program().size();
    registers_.push_back({std::move(ops), std::move(tasks), {std::move(member)}, std::move(engine), amplitudes, 0});
  }

  /// A register for each shape of light cone, with a member for each cone.
  void add_cones() {
    for (auto& cone : program_.light_cones(program_)) {
      const auto like = std::ranges::find_if(registers_, [&](const Register& r) {
        return r.operations == cone.operations && std::ranges::equal(r.tasks, cone.tasks, equal_but_for_names<S>);
      });
      if (like == registers_.end()) {
        add_register(std::move(cone.operations), cone.qubits, std::move(cone.tasks), std::move(cone.member));
      } else {
        like->engine.add_member(cone.tasks, operators_);
        like->members.push_back(std::move(cone.member));
      }
    }
    std::size_t entries = 0;
    for (auto& r : registers_) {
      r.first_entry = entries;
      entries += r.members.size() * r.engine.density_size() * entry_size;
    }
  }

  // ---- What forward keeps ----

  /// Room for the states of a batch, or of one group at a time.
  void make_room(Eigen::Index batch, bool keep) {
    batch_ = batch;
    kept_ = keep;
    swept_ = false;
    const auto grow = [](auto& buffer, std::size_t size) {
      if (buffer.size() < size) buffer.resize(size);
    };
    for (auto& r : registers_) {
      const auto copies = static_cast<std::size_t>(keep ? Group::count(r.members.size(), batch) : 1);
      grow(r.states, copies * r.amplitudes);
      grow(r.densities, copies * r.engine.density_size());
      r.engine.program().reserve_angles(copies);
    }
  }

  [[nodiscard]] std::size_t kept_index(Eigen::Index g) const noexcept {
    return kept_ ? static_cast<std::size_t>(g) : 0;
  }
  [[nodiscard]] std::span<A> state(Register& r, Eigen::Index g) const noexcept {
    return std::span(r.states).subspan(kept_index(g) * r.amplitudes, r.amplitudes);
  }
  [[nodiscard]] std::span<A> density(Register& r, Eigen::Index g) const noexcept {
    const std::size_t size = r.engine.density_size();
    return std::span(r.densities).subspan(kept_index(g) * size, size);
  }

  // ---- The work of a group ----

  template <class T>
  [[nodiscard]] static std::span<T> column(BatchView<T> batch, Eigen::Index sample) noexcept {
    const auto rows = static_cast<std::size_t>(batch.rows());
    return {batch.data() + static_cast<std::size_t>(sample) * rows, rows};
  }

  /// The group's state, density matrices and angles.
  void encode(Register& r, const Group& group, BatchView<const S> angles, Eigen::Index g, std::span<const S> weights) {
    auto& program = r.engine.program();
    group.load(angles, &Member::features, angles_);
    program.select_angles(kept_index(g));
    program.set_angles(angles_, weights);
    if (program_.prepare != nullptr) {
      for (int lane = 0; lane < group.used(); ++lane) {
        const int end = lane + 1 == group.used() ? width : lane + 1;  // lanes past the end repeat the last piece
        prepared_.write(program_, column(angles, group.sample(lane)), lane, end, state(r, g));
      }
    }
    program.forward(state(r, g));
    r.engine.read_densities(state(r, g), density(r, g));
  }

  template <class AnyGroup>
  void load_cotangents(const Register& r, const AnyGroup& group, BatchView<const S> cotangents) noexcept {
    group.load(cotangents, &Member::outputs, cotangents_);
    group.clear_unused(std::span(cotangents_).first(r.members.front().outputs.size()));
  }

  /// From lambda to the gradients of features and of the encoding's weights.
  void sweep_back(Register& r, const Group& group, BatchView<const S> angles, Eigen::Index g,
                  std::span<const S> weights, bool resume) {
    auto& program = r.engine.program();
    if (resume) {
      program.select_angles(kept_index(g));
      program.resume();
      if (program.chain_reads_features()) group.load(angles, &Member::features, angles_);
    }
    program.backward(state(r, g), r.engine.lambda());
    std::fill_n(angle_gradients_.begin(), r.members.front().features.size(), Pack<S>{});
    program.chain(angles_, weights, angle_gradients_, weight_gradients_);
  }

  void update(std::span<const S> weights) {
    operators_.update(weights);
    for (auto& r : registers_) r.engine.update(weights);
  }

  void begin_sums() noexcept {
    operators_.clear_sums();
    for (auto& r : registers_) r.engine.begin_batch();
  }

  void finish(std::span<S> gradient) {
    for (auto& r : registers_) r.engine.finish(gradient, operators_);
    operators_.add_gradient(gradient);
  }

  // ---- Encoded samples ----

  /// A group's density matrices into the columns of its samples.
  void store_entries(const Register& r, const Group& group, std::span<const A> rho, BatchOut<S> entries) const {
    for (int lane = 0; lane < group.used(); ++lane) {
      S* to = entries.col(group.sample(lane)).data() + entries_of(r, group.members()[static_cast<std::size_t>(lane)]);
      for (std::size_t e = 0; e < r.engine.density_size(); ++e) {
        if constexpr (IsComplex) {
          *to++ = Group::of_piece(rho[e].re, lane);
          *to++ = Group::of_piece(rho[e].im, lane);
        } else {
          *to++ = Group::of_piece(rho[e], lane);
        }
      }
    }
  }

  /// Where a member's entries begin in a sample's column.
  [[nodiscard]] std::size_t entries_of(const Register& r, int member) const noexcept {
    return r.first_entry + static_cast<std::size_t>(member) * r.engine.density_size() * entry_size;
  }

  /// Calls body(register, group) for all groups, with their density matrices in entries_.
  template <class Body>
  void for_each_encoded(const BatchIn<S>& entries, const Body& body) {
    for (auto& r : registers_) {
      entries_.resize(std::max(entries_.size(), r.engine.density_size()));
      for (Eigen::Index g = 0; g < EncodedGroup::count(r.members.size(), batch_); ++g) {
        const EncodedGroup group(r.members, batch_, g);
        r.engine.select(group.members(), operators_);
        load_entries(r, group, entries);
        body(r, group);
      }
    }
  }

  void load_entries(const Register& r, const EncodedGroup& group, const BatchIn<S>& entries) noexcept {
    std::array<const S*, static_cast<std::size_t>(lanes)> samples;
    for (int lane = 0; lane < lanes; ++lane) {
      const auto l = static_cast<std::size_t>(lane);
      samples[l] = entries.col(group.sample(lane)).data() + entries_of(r, group.members()[l]);
    }
    const auto side_by_side = [&samples](std::size_t i) {
      return make_pack<S>([&](int lane) { return samples[static_cast<std::size_t>(lane)][i]; });
    };
    for (std::size_t e = 0; e < r.engine.density_size(); ++e) {
      if constexpr (IsComplex) {
        entries_[e] = {side_by_side(2 * e), side_by_side(2 * e + 1)};
      } else {
        entries_[e] = side_by_side(e);
      }
    }
  }

  HeadProgram<S> program_;
  TaskOperators<S> operators_;
  std::vector<Register> registers_;
  std::vector<Pack<S>> angles_, angle_gradients_, weight_gradients_, expectations_, cotangents_;
  PreparedStates<S, A, OneState> prepared_;
  std::vector<A> entries_;  // of a register and group of encoded samples
  Eigen::Index batch_ = 0;
  bool kept_ = false;   // forward's states fit
  bool swept_ = false;  // but a backward has used them up
};

}  // namespace qmtl::inline QMTL_ABI::detail
