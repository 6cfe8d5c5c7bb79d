#pragma once
// SPDX-License-Identifier: Apache-2.0
// Batches through lane engines: samples into lanes and back, one register for all tasks or one a light cone.

#include <algorithm>
#include <array>
#include <complex>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/circuit/light_cone.hpp"
#include "qmtl/head/head_program.hpp"
#include "qmtl/head/lane_engine.hpp"

namespace qmtl::detail {

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
        features_(static_cast<std::size_t>(program_.features)),
        feature_gradients_(features_.size()),
        weight_gradients_(static_cast<std::size_t>(program_.encoding_weights)),
        expectations_(static_cast<std::size_t>(program_.outputs)),
        cotangents_(expectations_.size()) {
    if (!program_.light_cones) {
      add_register(std::vector<Operation>(program_.encoding.begin(), program_.encoding.end()), program_.qubits,
                   program_.tasks);
      return;
    }
    for (const auto& host : distinct_windows()) {
      LightCone cone = light_cone(program_.encoding, program_.qubits, host);
      std::vector<EngineTask<S>> inside;
      for (const auto& task : program_.tasks) {
        if (first_window_around(task.window) != host) continue;
        inside.push_back(task);
        for (int& q : inside.back().window) {
          q = static_cast<int>(std::find(cone.qubits.begin(), cone.qubits.end(), q) - cone.qubits.begin());
        }
      }
      add_register(std::move(cone.operations), cone.width(), inside);
    }
  }

  /// Threads that may share one state, where states are that large; see TileProgram.
  void set_workers(Workers* workers) requires OneState {
    for (auto& r : registers_) r.engine.program().set_workers(workers);
  }
  void share_states(bool shared) noexcept requires OneState {
    for (auto& r : registers_) r.engine.program().share_states(shared);
  }

  /// Expectation values (outputs x batch) for angles (features x batch).
  void forward(const S* angles, Eigen::Index batch, const S* weights, S* expectations) {
    make_room(batch, keeps(batch));
    for (auto& r : registers_) r.engine.update(weights);
    for (Eigen::Index g = 0; g < groups(batch); ++g) {
      load_features(angles, g);
      for (auto& r : registers_) {
        encode(r, angles, g, weights);
        r.engine.read_densities(state(r, g), density(r, g));
        r.engine.expectations(state(r, g), density(r, g), expectations_.data());
      }
      store(expectations_.data(), program_.outputs, expectations, g);
    }
  }

  /// For cotangents (outputs x batch) of the last forward: adds weight gradients, and sets angle gradients (features x
  /// batch) unless null.
  void backward(const S* angles, const S* weights, const S* cotangents, S* gradient, S* angle_gradients) {
    for (auto& r : registers_) r.engine.begin_batch();
    std::fill(weight_gradients_.begin(), weight_gradients_.end(), Pack<S>{});
    const bool sweep = angle_gradients != nullptr || program_.encoding_weights > 0;
    const bool have_states = kept_ && !swept_;  // a sweep undoes the encoding in place
    for (Eigen::Index g = 0; g < groups(batch_); ++g) {
      load(cotangents, program_.outputs, cotangents_.data(), g);
      load_features(angles, g);
      std::fill(feature_gradients_.begin(), feature_gradients_.end(), Pack<S>{});
      for (auto& r : registers_) {
        if (!have_states) {
          encode(r, angles, g, weights);
          r.engine.read_densities(state(r, g), density(r, g));
        }
        r.engine.read_backward(state(r, g), density(r, g), cotangents_.data(), sweep);
        if (!sweep) continue;
        auto& program = r.engine.program();
        if (have_states) {
          program.set_angles(features_.data(), weights);
          program.resume();
        }
        program.backward(state(r, g), r.engine.lambda());
        program.chain(features_.data(), feature_gradients_.data(), weight_gradients_.data());
      }
      if (angle_gradients == nullptr) continue;
      store(feature_gradients_.data(), program_.features, angle_gradients, g);
      if (program_.prepare_vjp != nullptr) prepare_backward(angles, angle_gradients, g);
    }
    swept_ = swept_ || sweep;
    for (auto& r : registers_) r.engine.finish(gradient);
    for (std::size_t j = 0; j < weight_gradients_.size(); ++j) gradient[j] += lane_sum<S>(weight_gradients_[j]);
  }

  // What an encoding without weights makes of a sample, its density matrices, can be kept for good: `entries`, a column
  // of real numbers a sample, complex entries as pairs. A column is contiguous whatever the lanes, since batches of
  // samples in any order are read from it. Not for direct tasks.

  /// Numbers of a sample.
  [[nodiscard]] Eigen::Index encoded_size() const noexcept {
    std::size_t size = 0;
    for (const auto& r : registers_) size += r.engine.density_size();
    return static_cast<Eigen::Index>(size * entry_size);
  }

  /// Sets the entries (encoded_size() x batch) of angles (features x batch).
  void encode(const S* angles, BatchOut<S> entries) {
    make_room(entries.cols(), false);
    for (Eigen::Index g = 0; g < groups(batch_); ++g) {
      load_features(angles, g);
      std::size_t first = 0;
      for (auto& r : registers_) {
        encode(r, angles, g, nullptr);
        r.engine.read_densities(state(r, g), density(r, g));
        store_entries(density(r, g), r.engine.density_size(), first, entries, g);
        first += r.engine.density_size() * entry_size;
      }
    }
  }

  /// As forward, from entries: the number of qubits does not matter any more. Samples lie in lanes.
  void forward_encoded(const BatchIn<S>& entries, const S* weights, S* expectations) {
    batch_ = entries.cols();
    entries_.resize(static_cast<std::size_t>(encoded_size()) / entry_size);
    for (auto& r : registers_) r.engine.update(weights);
    for (Eigen::Index g = 0; g < groups<lanes>(batch_); ++g) {
      load_entries(entries, g);
      const A* rho = entries_.data();
      for (auto& r : registers_) {
        r.engine.expectations(rho, expectations_.data());
        rho += r.engine.density_size();
      }
      store<lanes>(expectations_.data(), program_.outputs, expectations, g);
    }
  }

  /// For the entries of the last forward_encoded: adds weight gradients.
  void backward_encoded(const BatchIn<S>& entries, const S* cotangents, S* gradient) {
    for (auto& r : registers_) r.engine.begin_batch();
    for (Eigen::Index g = 0; g < groups<lanes>(batch_); ++g) {
      load<lanes>(cotangents, program_.outputs, cotangents_.data(), g);
      load_entries(entries, g);
      const A* rho = entries_.data();
      for (auto& r : registers_) {
        r.engine.add_sums(rho, cotangents_.data());
        rho += r.engine.density_size();
      }
    }
    for (auto& r : registers_) r.engine.finish(gradient);
  }

  /// The reduced density matrix of the window of the task whose outputs begin there, from a sample's entries.
  [[nodiscard]] typename WindowOperator<S>::Matrix density(int first_output, const S* entries) const {
    typename WindowOperator<S>::Matrix rho;
    for (const auto& r : registers_) {
      if (r.engine.density(first_output, entries, rho)) break;
      entries += r.engine.density_size() * entry_size;
    }
    return rho;
  }

 private:
  static constexpr int lanes = pack_width<S>;
  static constexpr std::size_t entry_size = IsComplex ? 2 : 1;

  struct Register {
    std::vector<Operation> operations;
    LaneEngine<S, A, Program> engine;
    std::size_t amplitudes;
    PageVector<A> states;
    std::vector<A> densities;
  };

  void add_register(std::vector<Operation> ops, int qubits, std::span<const EngineTask<S>> tasks) {
    LaneEngine<S, A, Program> engine(ops, qubits, program_.prepare != nullptr, tasks);
    const std::size_t amplitudes = engine.program().size();
    registers_.push_back({std::move(ops), std::move(engine), amplitudes, {}, {}});
  }

  /// The widest window that holds all qubits of `window`, the first of equals: its register serves the task as well.
  [[nodiscard]] std::vector<int> first_window_around(const std::vector<int>& window) const {
    const std::vector<int>* best = &window;
    for (const auto& task : program_.tasks) {
      const bool inside = std::all_of(window.begin(), window.end(), [&task](int q) {
        return std::find(task.window.begin(), task.window.end(), q) != task.window.end();
      });
      if (inside && (best == &window || task.window.size() > best->size())) best = &task.window;
    }
    return *best;
  }

  [[nodiscard]] std::vector<std::vector<int>> distinct_windows() const {
    std::vector<std::vector<int>> windows;
    for (const auto& task : program_.tasks) {
      auto host = first_window_around(task.window);
      if (std::find(windows.begin(), windows.end(), host) == windows.end()) windows.push_back(std::move(host));
    }
    return windows;
  }

  /// Room for the states of a batch, or of one group at a time.
  void make_room(Eigen::Index batch, bool keep) {
    batch_ = batch;
    kept_ = keep;
    swept_ = false;
    const auto copies = static_cast<std::size_t>(keep ? groups(batch) : 1);
    for (auto& r : registers_) {
      if (r.states.size() < copies * r.amplitudes) r.states.resize(copies * r.amplitudes);
      if (r.densities.size() < copies * r.engine.density_size()) r.densities.resize(copies * r.engine.density_size());
    }
  }

  template <int Width = width>
  [[nodiscard]] static Eigen::Index groups(Eigen::Index batch) noexcept {
    return (batch + Width - 1) / Width;
  }

  [[nodiscard]] bool keeps(Eigen::Index batch) const noexcept {
    std::size_t amplitudes = 0;
    for (const auto& r : registers_) amplitudes += r.amplitudes + r.engine.density_size();
    return static_cast<std::size_t>(groups(batch)) * amplitudes * sizeof(A) <= program_.kept_bytes;
  }

  [[nodiscard]] A* state(Register& r, Eigen::Index g) const noexcept {
    return r.states.data() + (kept_ ? static_cast<std::size_t>(g) * r.amplitudes : 0);
  }
  [[nodiscard]] A* density(Register& r, Eigen::Index g) const noexcept {
    return r.densities.data() + (kept_ ? static_cast<std::size_t>(g) * r.engine.density_size() : 0);
  }

  void encode(Register& r, const S* angles, Eigen::Index g, const S* weights) {
    auto& program = r.engine.program();
    program.set_angles(features_.data(), weights);
    if (program_.prepare != nullptr) prepare_group(angles, g, state(r, g));
    program.forward(state(r, g));
  }

  /// Column g * width + lane of a (rows x batch) array, the last column again in lanes past the end.
  [[nodiscard]] Eigen::Index column(Eigen::Index g, int lane) const noexcept {
    return std::min(g * width + lane, batch_ - 1);
  }

  void load_features(const S* angles, Eigen::Index g) noexcept {
    for (int lane = 0; lane < pack_width<S>; ++lane) {
      const S* from = angles + column(g, OneState ? 0 : lane) * program_.features;
      for (std::size_t i = 0; i < features_.size(); ++i) features_[i][lane] = from[i];
    }
  }

  /// Columns of group g into lanes: a sample a lane, or one in all. Lanes past the end of the batch are zero, so that
  /// they add nothing to any sum.
  template <int Width = width>
  void load(const S* from, int rows, Pack<S>* to, Eigen::Index g) const noexcept {
    const auto used = Width == 1 ? lanes : static_cast<int>(std::min<Eigen::Index>(Width, batch_ - g * Width));
    std::fill_n(to, rows, Pack<S>{});
    for (int lane = 0; lane < used; ++lane) {
      const S* column = from + (Width == 1 ? g : g * Width + lane) * rows;
      for (int i = 0; i < rows; ++i) to[i][lane] = column[i];
    }
  }

  template <int Width = width>
  void store(const Pack<S>* from, int rows, S* to, Eigen::Index g) const noexcept {
    const auto samples = static_cast<int>(std::min<Eigen::Index>(Width, batch_ - g * Width));
    for (int sample = 0; sample < samples; ++sample) {
      for (int i = 0; i < rows; ++i) to[(g * Width + sample) * rows + i] = of_sample<Width>(from[i], sample);
    }
  }

  /// What belongs to a group's sample: its lane, or the sum of all.
  template <int Width = width>
  [[nodiscard]] static S of_sample(const Pack<S>& pack, int sample) noexcept {
    return Width == 1 ? lane_sum<S>(pack) : pack[sample];
  }

  /// A register's density matrices into the columns of the group's samples, from number `first` on.
  void store_entries(const A* rho, std::size_t count, std::size_t first, BatchOut<S> entries, Eigen::Index g) const {
    for (int sample = 0; sample < width && g * width + sample < batch_; ++sample) {
      S* to = entries.col(g * width + sample).data() + first;
      for (std::size_t e = 0; e < count; ++e) {
        if constexpr (IsComplex) {
          *to++ = of_sample(rho[e].re, sample);
          *to++ = of_sample(rho[e].im, sample);
        } else {
          *to++ = of_sample(rho[e], sample);
        }
      }
    }
  }

  /// Columns g * lanes + lane side by side, the last column again in lanes past the end.
  void load_entries(const BatchIn<S>& entries, Eigen::Index g) noexcept {
    std::array<const S*, static_cast<std::size_t>(lanes)> samples;
    for (int lane = 0; lane < lanes; ++lane) {
      samples[static_cast<std::size_t>(lane)] = entries.col(std::min(g * lanes + lane, batch_ - 1)).data();
    }
    const auto side_by_side = [&samples](std::size_t i) {
      Pack<S> pack{};
      for (int lane = 0; lane < lanes; ++lane) pack[lane] = samples[static_cast<std::size_t>(lane)][i];
      return pack;
    };
    for (std::size_t e = 0; e < entries_.size(); ++e) {
      if constexpr (IsComplex) {
        entries_[e] = {side_by_side(2 * e), side_by_side(2 * e + 1)};
      } else {
        entries_[e] = side_by_side(e);
      }
    }
  }

  /// Calls visit(i, pack, lane) for where amplitude i of the group's given sample is prepared.
  template <class Visit>
  void for_each_prepared(int sample, Visit&& visit) const noexcept {
    for (std::size_t i = 0; i < start_.size(); ++i) {
      if constexpr (OneState) {
        visit(i, i >> lane_bits<S>, i & (pack_width<S> - 1));
      } else {
        visit(i, i, static_cast<std::size_t>(sample));
      }
    }
  }

  void prepare_group(const S* angles, Eigen::Index g, A* psi) {
    start_.resize(dimension(program_.qubits));
    for (int sample = 0; sample < width; ++sample) {
      program_.prepare(angles + column(g, sample) * program_.features, start_.data());
      for_each_prepared(sample, [&](std::size_t i, std::size_t pack, std::size_t lane) {
        if constexpr (IsComplex) {
          psi[pack].re[lane] = start_[i].real();
          psi[pack].im[lane] = start_[i].imag();
        } else {
          psi[pack][lane] = start_[i].real();
        }
      });
    }
  }

  /// After the sweep lambda is U^dagger H U |start>; the encoding knows how |start> depends on the features.
  void prepare_backward(const S* angles, S* angle_gradients, Eigen::Index g) {
    const A* lambda = registers_.front().engine.lambda();
    start_.resize(dimension(program_.qubits));
    adjoint_.resize(start_.size());
    for (int sample = 0; sample < width && g * width + sample < batch_; ++sample) {
      const S* x = angles + column(g, sample) * program_.features;
      program_.prepare(x, start_.data());
      for_each_prepared(sample, [&](std::size_t i, std::size_t pack, std::size_t lane) {
        if constexpr (IsComplex) {
          adjoint_[i] = {lambda[pack].re[lane], lambda[pack].im[lane]};
        } else {
          adjoint_[i] = lambda[pack][lane];
        }
      });
      program_.prepare_vjp(x, start_.data(), adjoint_.data(), angle_gradients + column(g, sample) * program_.features);
    }
  }

  HeadProgram<S> program_;
  std::vector<Register> registers_;
  std::vector<Pack<S>> features_, feature_gradients_, weight_gradients_, expectations_, cotangents_;
  std::vector<std::complex<S>> start_, adjoint_;
  std::vector<A> entries_;  // of a group of encoded samples
  Eigen::Index batch_ = 0;
  bool kept_ = false;   // forward's states fit
  bool swept_ = false;  // but a backward has used them up
};

}  // namespace qmtl::detail
