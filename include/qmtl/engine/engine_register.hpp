#pragma once
// SPDX-License-Identifier: Apache-2.0
// One register of qubits: its circuit, and the tasks that look at it.

#include <algorithm>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/core/page_vector.hpp"
#include "qmtl/engine/direct_task.hpp"
#include "qmtl/engine/hosted_task.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Forward and backward of one register for groups of Program::samples samples; the sum over the lanes of what belongs
/// to one sample is the result. A register may have several members: parts of a head that differ in the numbers of
/// their features, outputs and weights only, so that each lane can be any of them. Work buffers are made in the
/// constructor.
template <Scalar S, class A, class Program>
class EngineRegister {
  static constexpr bool lanes_are_samples = Program::samples == pack_width<S>;

 public:
  /// The tasks of the first member. Direct tasks need samples in lanes.
  EngineRegister(std::span<const Operation> encoding, int qubits, bool prepared, std::span<const EngineTask<S>> tasks,
                 TaskOperators<S>& operators)
      : hosts_(host_windows(tasks)), program_(encoding, qubits, prepared, hosts_) {
    make_hosts(tasks, operators);
    if constexpr (lanes_are_samples) {
      for (const auto& task : tasks) {
        if (task.direct) direct_.emplace_back(task, program_.map());
      }
    }
    QMTL_ASSERT(direct_.size() + hosted_.size() == tasks.size());
    lambda_.resize(program_.size());
    merged_.resize(program_.density_size());
  }

  /// A member with tasks of the same windows, blocks and readouts, none of them direct.
  void add_member(std::span<const EngineTask<S>> tasks, TaskOperators<S>& operators) {
    QMTL_ASSERT(direct_.empty() && tasks.size() == hosted_.size());
    one_member_ = false;
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      hosted_[t].task.add_member(operators.add(tasks[t]));
    }
  }

  /// The register's circuit.
  [[nodiscard]] Program& program() noexcept { return program_; }
  [[nodiscard]] const Program& program() const noexcept { return program_; }
  /// Packed entries of all reduced density matrices of a group.
  [[nodiscard]] std::size_t density_size() const noexcept { return program_.density_size(); }
  /// The adjoint vector of the last read_backward; the program's sweep back works on it in place.
  [[nodiscard]] std::span<A> lambda() noexcept { return lambda_; }

  /// New weights, and new operators.
  void update(std::span<const S> weights) {
    loaded_ = false;
    for (auto& task : direct_) task.update(weights);
  }

  /// Begins the weight sums of a batch.
  void begin_batch() noexcept {
    if (std::exchange(has_sums_, false)) {  // an error ended the last one
      for (auto& hosted : hosted_) hosted.task.clear_sums();
    }
    for (auto& task : direct_) task.begin_batch();
  }

  /// What follows is for these members.
  void select(const LaneMembers<S>& members, TaskOperators<S>& operators) noexcept {
    if (loaded_ && (one_member_ || members == members_)) return;
    give_sums(operators);
    members_ = members;
    loaded_ = true;
    for (auto& hosted : hosted_) hosted.task.load(members, operators);
  }

  /// The density matrices of all host windows, from an encoded state.
  void read_densities(std::span<const A> psi, std::span<A> rho) noexcept { program_.densities(psi, rho); }

  /// Expectation values of every output.
  void expectations(std::span<const A> psi, std::span<const A> rho, std::span<Pack<S>> out) noexcept {
    expectations(rho, out);
    for (auto& task : direct_) task.expectations(psi, out);
  }

  /// The same where no task is direct, from density matrices in any lanes.
  void expectations(std::span<const A> rho, std::span<Pack<S>> out) const noexcept {
    for (const auto& hosted : hosted_) {
      hosted.task.expectations(rho.subspan(hosted.first_entry), out.subspan(hosted.task.first_output()));
    }
  }

  /// The density matrix of the window of a hosted task, whose outputs begin there, from the entries of all hosts; an
  /// empty one if there is no such task.
  [[nodiscard]] typename WindowOperators<S>::Matrix density(std::size_t first_output,
                                                            std::span<const S> entries) const {
    for (const auto& hosted : hosted_) {
      if (hosted.task.first_output() != first_output) continue;
      return hosted.task.density(entries.subspan(hosted.first_entry * (std::is_same_v<A, ComplexPack<S>> ? 2 : 1)));
    }
    return {};
  }

  /// Weight sums where no task is direct.
  void add_sums(std::span<const A> rho, std::span<const Pack<S>> cotangents) noexcept {
    has_sums_ = true;
    for (auto& hosted : hosted_) {
      hosted.task.add_sums(rho.subspan(hosted.first_entry), cotangents.subspan(hosted.task.first_output()));
    }
  }

  /// Weight sums, and lambda = sum_o cotangent_o M_o psi for all tasks together if `adjoint`.
  void read_backward(std::span<const A> psi, std::span<const A> rho, std::span<const Pack<S>> cotangents,
                     bool adjoint) noexcept {
    add_sums(rho, cotangents);
    if (adjoint) {
      for (const bool add : {false, true}) {
        for (const auto& hosted : hosted_) {
          if (hosted.opens_host == add) continue;
          hosted.task.merge(cotangents.subspan(hosted.task.first_output()),
                            std::span(merged_).subspan(hosted.first_entry), add);
        }
      }
      program_.apply_windows(psi, merged_, lambda_);
    }
    for (auto& task : direct_) task.backward(psi, cotangents, adjoint ? lambda() : std::span<A>());
  }

  /// Adds the batch's gradients of direct tasks, and gives the sums of the others to their operators.
  void finish(std::span<S> gradient, TaskOperators<S>& operators) noexcept {
    give_sums(operators);
    for (const auto& task : direct_) task.finish(gradient);
  }

 private:
  /// A task and where its host's density matrix begins. Tasks whose windows lie in one host share its density matrix
  /// and its part of lambda.
  struct Hosted {
    HostedTask<S, A> task;
    std::size_t first_entry;
    bool opens_host;  // the first of those that fill the host: it sets merged_, so that nothing need clear it
  };

  void give_sums(TaskOperators<S>& operators) noexcept {
    if (!std::exchange(has_sums_, false)) return;
    for (auto& hosted : hosted_) hosted.task.give_sums(members_, operators);
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

  void make_hosts(std::span<const EngineTask<S>> tasks, TaskOperators<S>& operators) {
    for (const auto& task : tasks) {
      if (task.direct) continue;
      std::size_t first_entry = 0;
      for (const auto& host : hosts_) {
        if (contains(host, task.window)) {
          const auto place = operators.add(task);
          hosted_.push_back({HostedTask<S, A>(task, host, place), first_entry, false});
          const bool opened = std::any_of(hosted_.begin(), hosted_.end(), [&](const Hosted& other) {
            return other.opens_host && other.first_entry == first_entry;
          });
          hosted_.back().opens_host = hosted_.back().task.fills_host() && !opened;
          break;
        }
        const std::size_t size = std::size_t{1} << host.size();
        first_entry += size * (size + 1) / 2;
      }
    }
  }

  std::vector<std::vector<int>> hosts_;  // of the hosts
  Program program_;
  std::vector<Hosted> hosted_;
  std::vector<DirectTask<S, A>> direct_;
  PageVector<A> lambda_;
  std::vector<A> merged_;
  LaneMembers<S> members_{};  // whose operators are loaded
  bool one_member_ = true;
  bool loaded_ = false;
  bool has_sums_ = false;
};

}  // namespace qmtl::inline QMTL_ABI::detail
