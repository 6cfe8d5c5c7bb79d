#pragma once
// SPDX-License-Identifier: Apache-2.0
// The engine of the quantum head: samples in SIMD lanes, the encoding once, every task through its window.

#include <algorithm>
#include <array>
#include <complex>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/core/page_vector.hpp"
#include "qmtl/head/window_operator.hpp"
#include "qmtl/state/lane_program.hpp"
#include "qmtl/state/tile_program.hpp"

namespace qmtl::detail {

/// One task as the engine sees it: values and spans of static storage, no types.
template <Scalar S>
struct EngineTask {
  std::span<const Operation> block;               ///< on local qubits
  std::vector<int> window;                        ///< register qubits
  typename WindowOperator<S>::Table eigenvalues;  ///< 2^k x outputs
  int first_output = 0;
  int first_parameter = 0;
  bool direct = false;  ///< run the block on a copy of the state instead of using window operators

  [[nodiscard]] int outputs() const noexcept { return static_cast<int>(eigenvalues.cols()); }
};

/// The block's operations on the qubits of the register.
template <Scalar S>
[[nodiscard]] std::vector<Operation> place_block(const EngineTask<S>& task) {
  std::vector<Operation> placed(task.block.begin(), task.block.end());
  for (auto& op : placed) op = relabel(op, task.window);
  return placed;
}

/// One task through a host window that contains its own: operators embedded in the host's packed triangle, where one
/// coefficient an entry gives outputs and another the adjoint vector.
template <Scalar S, class A>
class HostedTask {
  static constexpr bool complex = std::is_same_v<A, ComplexPack<S>>;
  using Matrix = typename WindowOperator<S>::Matrix;

 public:
  HostedTask(const EngineTask<S>& task, std::span<const int> host)
      : task_(task), operator_(task.block, task.eigenvalues) {
    Index inside = 0;
    for (const int q : task.window) {
      const auto at = std::find(host.begin(), host.end(), q) - host.begin();
      positions_.push_back(static_cast<int>(at));
      inside |= qubit_mask(static_cast<int>(at));
    }
    const int size = 1 << host.size();
    const Index outside = static_cast<Index>(size - 1) & ~inside;
    for (int e = 0; e < size * (size + 1) / 2; ++e) {
      const auto [row, column] = triangle_entry(size, e);
      if (((static_cast<Index>(row) ^ static_cast<Index>(column)) & outside) == 0) {
        entries_.push_back({e, local(static_cast<Index>(row)), local(static_cast<Index>(column)), row != column});
      }
    }
    const auto outputs = static_cast<std::size_t>(task.outputs());
    coefficients_.resize(outputs * entries_.size());
    sums_.resize(outputs * entries_.size());
    g_.assign(outputs, Matrix(Eigen::Index{1} << task.window.size(), Eigen::Index{1} << task.window.size()));
  }

  void update(const S* weights) {
    operator_.update(weights + task_.first_parameter);
    std::size_t k = 0;
    for (std::size_t o = 0; o < g_.size(); ++o) {
      for (const auto& entry : entries_) coefficients_[k++] = operator_[o](entry.row, entry.column);
    }
  }

  void begin_batch() noexcept { std::fill(sums_.begin(), sums_.end(), A{}); }

  /// tr(rho A_o) of every lane.
  void expectations(const A* rho, Pack<S>* out) const noexcept {
    const std::complex<S>* a = coefficients_.data();
    for (int o = 0; o < task_.outputs(); ++o) {
      Pack<S> sum{};
      for (const auto& entry : entries_) {
        const S twice = entry.off_diagonal ? S(2) : S(1);
        const A& r = rho[entry.index];
        if constexpr (complex) {
          sum += (twice * a->real()) * r.re + (twice * a->imag()) * r.im;
        } else {
          sum += (twice * a->real()) * r;
        }
        ++a;
      }
      out[task_.first_output + o] = sum;
    }
  }

  /// Adds cotangent * rho to the batch sums.
  void add_sums(const A* rho, const Pack<S>* cotangents) noexcept {
    A* g = sums_.data();
    for (int o = 0; o < task_.outputs(); ++o) {
      for (const auto& entry : entries_) *g++ += cotangents[task_.first_output + o] * rho[entry.index];
    }
  }

  /// Adds cotangent * A_o to the merged operator of the host window.
  void merge(const Pack<S>* cotangents, A* merged) const noexcept {
    const std::complex<S>* a = coefficients_.data();
    for (int o = 0; o < task_.outputs(); ++o) {
      const Pack<S> c = cotangents[task_.first_output + o];
      for (const auto& entry : entries_) {
        merged[entry.index] += make_amplitude<S, A>(c * a->real(), c * a->imag());
        ++a;
      }
    }
  }

  /// Adds the batch's weight gradients, once a batch.
  void finish(S* gradient) {
    const A* sum = sums_.data();
    for (auto& g : g_) {
      g.setZero();
      for (const auto& entry : entries_) {
        const std::complex<S> value = total(*sum++);
        g(entry.row, entry.column) += value;
        if (entry.off_diagonal) g(entry.column, entry.row) += std::conj(value);
      }
    }
    operator_.add_gradient(g_, gradient + task_.first_parameter);
  }

  [[nodiscard]] int first_output() const noexcept { return task_.first_output; }

  /// The reduced density matrix of the task's own window, traced out of the host's packed entries of one sample: real
  /// numbers, or pairs for complex ones.
  [[nodiscard]] Matrix density(const S* rho) const {
    Matrix own = Matrix::Zero(g_.front().rows(), g_.front().cols());
    for (const auto& entry : entries_) {
      const S* at = rho + (complex ? 2 : 1) * entry.index;
      const std::complex<S> value(at[0], complex ? at[1] : S(0));
      own(entry.row, entry.column) += value;
      if (entry.off_diagonal) own(entry.column, entry.row) += std::conj(value);
    }
    return own;
  }

 private:
  struct Entry {
    int index;                 // in the host's packed triangle
    Eigen::Index row, column;  // in the task's own matrix
    bool off_diagonal;
  };

  [[nodiscard]] Eigen::Index local(Index host_basis) const noexcept {
    Index basis = 0;
    for (std::size_t j = 0; j < positions_.size(); ++j) {
      basis |= static_cast<Index>(bit_of(host_basis, positions_[j])) << j;
    }
    return static_cast<Eigen::Index>(basis);
  }

  [[nodiscard]] static std::complex<S> total(const A& lanes) noexcept {
    if constexpr (complex) {
      return {lane_sum<S>(lanes.re), lane_sum<S>(lanes.im)};
    } else {
      return lane_sum<S>(lanes);
    }
  }

  EngineTask<S> task_;
  WindowOperator<S> operator_;
  std::vector<int> positions_;
  std::vector<Entry> entries_;
  std::vector<std::complex<S>> coefficients_;  // A_o at the entries
  std::vector<A> sums_;                        // G_o at the entries, in lanes
  std::vector<Matrix> g_;
};

/// One task whose block runs on a copy of the encoded state: cheaper where the block is nearly as wide as the register.
template <Scalar S, class A>
class DirectTask {
 public:
  DirectTask(const EngineTask<S>& task, const AddressMap& map)
      : task_(task), program_(place_block(task), map), blocks_(program_.map(), task.window) {
    const auto size = std::size_t{1} << map.qubits;
    copy_.resize(size);
    adjoint_.resize(size);
    outcomes_.resize(blocks_.offsets.size());
    gradients_.resize(static_cast<std::size_t>(weight_count(task.block)));
  }

  void update(const S* weights) { program_.set_uniform_angles(nullptr, weights + task_.first_parameter); }
  void begin_batch() noexcept { std::fill(gradients_.begin(), gradients_.end(), Pack<S>{}); }

  void expectations(const A* psi, Pack<S>* out) noexcept {
    run(psi);
    std::fill(outcomes_.begin(), outcomes_.end(), Pack<S>{});
    blocks_.for_each([&](Address base) {
      for (std::size_t a = 0; a < outcomes_.size(); ++a) {
        const A& v = copy_[base ^ blocks_.offsets[a]];
        outcomes_[a] += real_product<S>(v, v);
      }
    });
    for (int o = 0; o < task_.outputs(); ++o) {
      Pack<S> sum{};
      for (std::size_t a = 0; a < outcomes_.size(); ++a) {
        sum += task_.eigenvalues(static_cast<Eigen::Index>(a), o) * outcomes_[a];
      }
      out[task_.first_output + o] = sum;
    }
  }

  /// Adds this task's part of lambda, and the weight gradients.
  void backward(const A* psi, const Pack<S>* cotangents, A* lambda) noexcept {
    run(psi);
    for (std::size_t a = 0; a < outcomes_.size(); ++a) {
      outcomes_[a] = Pack<S>{};
      for (int o = 0; o < task_.outputs(); ++o) {
        outcomes_[a] += task_.eigenvalues(static_cast<Eigen::Index>(a), o) * cotangents[task_.first_output + o];
      }
    }
    blocks_.for_each([&](Address base) {
      for (std::size_t a = 0; a < outcomes_.size(); ++a) {
        const Address at = base ^ blocks_.offsets[a];
        adjoint_[at] = outcomes_[a] * copy_[at];
      }
    });
    program_.backward(copy_.data(), adjoint_.data());
    program_.chain(nullptr, nullptr, gradients_.data());
    for (std::size_t i = 0; i < adjoint_.size(); ++i) lambda[i] += adjoint_[i];
  }

  void finish(S* gradient) const noexcept {
    for (std::size_t j = 0; j < gradients_.size(); ++j) {
      gradient[static_cast<std::size_t>(task_.first_parameter) + j] += lane_sum<S>(gradients_[j]);
    }
  }

 private:
  void run(const A* psi) noexcept {
    std::copy_n(psi, copy_.size(), copy_.data());
    program_.forward(copy_.data());
  }

  EngineTask<S> task_;
  LaneProgram<S, A> program_;
  Blocks blocks_;
  PageVector<A> copy_, adjoint_;
  std::vector<Pack<S>> outcomes_, gradients_;
};

/// Forward and backward of one register for groups of Program::samples samples; the sum over the lanes of what belongs
/// to one sample is the result. Work buffers are made in the constructor.
template <Scalar S, class A, class Program>
class LaneEngine {
  static constexpr bool lanes_are_samples = Program::samples == pack_width<S>;

 public:
  /// Direct tasks need samples in lanes.
  LaneEngine(std::span<const Operation> encoding, int qubits, bool prepared, std::span<const EngineTask<S>> tasks)
      : windows_(host_windows(tasks)), program_(encoding, qubits, prepared, windows_) {
    make_hosts(tasks);
    if constexpr (lanes_are_samples) {
      for (const auto& task : tasks) {
        if (task.direct) direct_.emplace_back(task, program_.map());
      }
    }
    lambda_.resize(program_.size());
    merged_.resize(program_.density_size());
  }

  [[nodiscard]] Program& program() noexcept { return program_; }
  /// Packed entries of all reduced density matrices of a group.
  [[nodiscard]] std::size_t density_size() const noexcept { return program_.density_size(); }
  [[nodiscard]] A* lambda() noexcept { return lambda_.data(); }

  /// New weights: window operators, once a batch.
  void update(const S* weights) {
    for (auto& task : hosted_) task.task.update(weights);
    for (auto& task : direct_) task.update(weights);
  }

  void begin_batch() noexcept {
    for (auto& task : hosted_) task.task.begin_batch();
    for (auto& task : direct_) task.begin_batch();
  }

  /// The density matrices of all host windows, from an encoded state.
  void read_densities(const A* psi, A* rho) noexcept { program_.densities(psi, rho); }

  /// Expectation values of every output.
  void expectations(const A* psi, const A* rho, Pack<S>* out) noexcept {
    expectations(rho, out);
    for (auto& task : direct_) task.expectations(psi, out);
  }

  /// The same where no task is direct, from density matrices in any lanes.
  void expectations(const A* rho, Pack<S>* out) const noexcept {
    for (const auto& task : hosted_) task.task.expectations(rho + task.first_entry, out);
  }

  /// Sets rho to the density matrix of a hosted task's window, from the entries of all hosts; false if the task whose
  /// outputs begin at `first_output` is not of this register.
  bool density(int first_output, const S* entries, typename WindowOperator<S>::Matrix& rho) const {
    for (const auto& hosted : hosted_) {
      if (hosted.task.first_output() != first_output) continue;
      rho = hosted.task.density(entries + hosted.first_entry * (std::is_same_v<A, ComplexPack<S>> ? 2 : 1));
      return true;
    }
    return false;
  }

  /// Weight sums where no task is direct.
  void add_sums(const A* rho, const Pack<S>* cotangents) noexcept {
    for (auto& task : hosted_) task.task.add_sums(rho + task.first_entry, cotangents);
  }

  /// Weight sums, and lambda = sum_o cotangent_o M_o psi for all tasks together if `adjoint`.
  void read_backward(const A* psi, const A* rho, const Pack<S>* cotangents, bool adjoint) noexcept {
    add_sums(rho, cotangents);
    if (adjoint) {
      std::fill(merged_.begin(), merged_.end(), A{});
      for (const auto& task : hosted_) task.task.merge(cotangents, merged_.data() + task.first_entry);
      program_.apply_windows(psi, merged_.data(), lambda_.data());
    }
    for (auto& task : direct_) task.backward(psi, cotangents, lambda_.data());
  }

  /// Adds the batch's gradients of all blocks' weights.
  void finish(S* gradient) {
    for (auto& task : hosted_) task.task.finish(gradient);
    for (const auto& task : direct_) task.finish(gradient);
  }

 private:
  /// A task and where its host's density matrix begins. Tasks whose windows lie in one host share its density matrix
  /// and its part of lambda.
  struct Hosted {
    HostedTask<S, A> task;
    std::size_t first_entry;
  };

  [[nodiscard]] static bool contains(const std::vector<int>& host, const std::vector<int>& window) {
    return std::all_of(window.begin(), window.end(),
                       [&host](int q) { return std::find(host.begin(), host.end(), q) != host.end(); });
  }

  /// The windows that no other one contains, widest first.
  [[nodiscard]] static std::vector<std::vector<int>> host_windows(std::span<const EngineTask<S>> tasks) {
    std::vector<std::vector<int>> widest_first, hosts;
    for (const auto& task : tasks) {
      if (!task.direct) widest_first.push_back(task.window);
    }
    std::stable_sort(widest_first.begin(), widest_first.end(),
                     [](const auto& a, const auto& b) { return a.size() > b.size(); });
    for (auto& window : widest_first) {
      const bool hosted =
          std::any_of(hosts.begin(), hosts.end(), [&window](const auto& host) { return contains(host, window); });
      if (!hosted) hosts.push_back(std::move(window));
    }
    return hosts;
  }

  void make_hosts(std::span<const EngineTask<S>> tasks) {
    for (const auto& task : tasks) {
      if (task.direct) continue;
      std::size_t first_entry = 0;
      for (const auto& host : windows_) {
        if (contains(host, task.window)) {
          hosted_.push_back({HostedTask<S, A>(task, host), first_entry});
          break;
        }
        const std::size_t size = std::size_t{1} << host.size();
        first_entry += size * (size + 1) / 2;
      }
    }
  }

  std::vector<std::vector<int>> windows_;  // of the hosts
  Program program_;
  std::vector<Hosted> hosted_;
  std::vector<DirectTask<S, A>> direct_;
  PageVector<A> lambda_;
  std::vector<A> merged_;
};

}  // namespace qmtl::detail
