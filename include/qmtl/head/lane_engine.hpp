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
  std::span<const Operation> block;                ///< on local qubits
  std::vector<int> window;                         ///< register qubits
  typename WindowOperators<S>::Table eigenvalues;  ///< 2^k x outputs
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

/// The member of its register that each lane belongs to; see LaneEngine.
template <Scalar S>
using LaneMembers = std::array<int, static_cast<std::size_t>(pack_width<S>)>;

/// One task of every member of a register, through a host window that contains its own: operators embedded in the
/// host's packed triangle, where one coefficient an entry gives outputs and another the adjoint vector.
template <Scalar S, class A>
class HostedTask {
  static constexpr bool complex = std::is_same_v<A, ComplexPack<S>>;
  using Matrix = typename WindowOperators<S>::Matrix;

 public:
  /// `place` is that of the first member's task.
  HostedTask(const EngineTask<S>& task, std::span<const int> host, typename TaskOperators<S>::Place place)
      : first_output_(task.first_output),
        outputs_(static_cast<std::size_t>(task.outputs())),
        size_(Eigen::Index{1} << task.window.size()),
        set_(place.set),
        numbers_{place.number} {
    Index inside = 0;
    for (const int q : task.window) {
      const auto at = std::find(host.begin(), host.end(), q) - host.begin();
      positions_.push_back(static_cast<int>(at));
      inside |= qubit_mask(static_cast<int>(at));
    }
    host_width_ = host.size();
    const int size = 1 << host.size();
    const Index outside = static_cast<Index>(size - 1) & ~inside;
    for (int e = 0; e < size * (size + 1) / 2; ++e) {
      const auto [row, column] = triangle_entry(size, e);
      if (((static_cast<Index>(row) ^ static_cast<Index>(column)) & outside) == 0) {
        entries_.push_back({e, local(static_cast<Index>(row)), local(static_cast<Index>(column))});
      }
    }
    const auto off_diagonal = std::stable_partition(entries_.begin(), entries_.end(),
                                                    [](const Entry& entry) { return entry.row == entry.column; });
    diagonal_ = static_cast<std::size_t>(off_diagonal - entries_.begin());
    for (const auto& entry : entries_) places_.push_back(entry.index);
    coefficients_.resize(outputs_ * entries_.size());
    sums_.resize(outputs_ * entries_.size());
  }

  void add_member(int number) { numbers_.push_back(number); }

  /// Takes the operators of each lane's member.
  void load(const LaneMembers<S>& members, const TaskOperators<S>& operators) noexcept {
    const auto& set = operators[set_];
    LaneMembers<S> tasks;  // where each lane's task begins
    for (std::size_t lane = 0; lane < tasks.size(); ++lane) tasks[lane] = first_place(members[lane]);
    const bool one_task = tasks.front() == tasks.back();
    const auto in_lanes = [&](const S* entry) __attribute__((always_inline)) {
      if (one_task) return broadcast<S>(entry[tasks.front()]);
      return make_pack<S>([&](int lane) { return entry[tasks[static_cast<std::size_t>(lane)]]; });
    };
    A* a = coefficients_.data();
    for (std::size_t o = 0; o < outputs_; ++o) {
      for (const auto& entry : entries_) {
        const std::size_t place = set.place(entry.row, entry.column) + o * set.output_stride();
        if constexpr (complex) {
          *a++ = {in_lanes(set.operators().real.data() + place), in_lanes(set.operators().imaginary.data() + place)};
        } else {
          *a++ = in_lanes(set.operators().real.data() + place);
        }
      }
    }
  }

  /// tr(rho A_o) of every lane.
  void expectations(const A* rho, Pack<S>* out) const noexcept {
    for_outputs([&](auto count, std::size_t first) __attribute__((always_inline)) {
      const A* a = coefficients_.data() + first * places_.size();
      std::array<Pack<S>, count> diagonal{}, rest{};
      const auto add = [&](std::size_t e, auto& sums) __attribute__((always_inline)) {
        const A r = rho[places_[e]];
        unroll<count>([&](auto o)
                          __attribute__((always_inline)) { sums[o] += real_product<S>(a[o * places_.size() + e], r); });
      };
      for (std::size_t e = 0; e < diagonal_; ++e) add(e, diagonal);
      for (std::size_t e = diagonal_; e < places_.size(); ++e) add(e, rest);
      unroll<count>([&](auto o) __attribute__((always_inline)) { out[first + o] = diagonal[o] + S(2) * rest[o]; });
    });
  }

  /// Adds cotangent * rho to the sums of the batch.
  void add_sums(const A* rho, const Pack<S>* cotangents) noexcept {
    for_outputs([&](auto count, std::size_t first) __attribute__((always_inline)) {
      A* g = sums_.data() + first * places_.size();
      for (std::size_t e = 0; e < places_.size(); ++e) {
        const A r = rho[places_[e]];
        unroll<count>([&](auto o)
                          __attribute__((always_inline)) { g[o * places_.size() + e] += cotangents[first + o] * r; });
      }
    });
  }

  /// Sets the merged operator of the host window to the sum of cotangent * A_o, or adds that to it.
  void merge(const Pack<S>* cotangents, A* merged, bool add) const noexcept {
    for_outputs([&](auto count, std::size_t first) __attribute__((always_inline)) {
      const A* a = coefficients_.data() + first * places_.size();
      const bool keep = add || first > 0;
      for (std::size_t e = 0; e < places_.size(); ++e) {
        A sum = keep ? merged[places_[e]] : A{};
        unroll<count>([&](auto o)
                          __attribute__((always_inline)) { sum += cotangents[first + o] * a[o * places_.size() + e]; });
        merged[places_[e]] = sum;
      }
    });
  }
  /// Whether every entry of the host is one of the task's, once: `merge` then need not add.
  [[nodiscard]] bool fills_host() const noexcept { return positions_.size() == host_width_; }

  /// Gives the sums to the operators of each lane's member, and begins again from zero.
  void give_sums(const LaneMembers<S>& members, TaskOperators<S>& operators) noexcept {
    for (std::size_t lane = 0; lane < members.size();) {
      std::size_t end = lane + 1;
      while (end < members.size() && members[end] == members[lane]) ++end;
      give_sums(lane, end, static_cast<std::size_t>(first_place(members[lane])), operators[set_]);
      lane = end;
    }
    clear_sums();
  }
  void clear_sums() noexcept { std::fill(sums_.begin(), sums_.end(), A{}); }

  /// Of the register's outputs.
  [[nodiscard]] std::size_t first_output() const noexcept { return static_cast<std::size_t>(first_output_); }

  /// The reduced density matrix of the task's own window, traced out of the host's packed entries of one sample: real
  /// numbers, or pairs for complex ones.
  [[nodiscard]] Matrix density(const S* rho) const {
    Matrix own = Matrix::Zero(size_, size_);
    for (const auto& entry : entries_) {
      const S* at = rho + (complex ? 2 : 1) * entry.index;
      const std::complex<S> value(at[0], complex ? at[1] : S(0));
      const auto row = static_cast<Eigen::Index>(entry.row), column = static_cast<Eigen::Index>(entry.column);
      own(row, column) += value;
      if (row != column) own(column, row) += std::conj(value);
    }
    return own;
  }

 private:
  struct Entry {
    int index;                // in the host's packed triangle
    std::size_t row, column;  // in the task's own matrix
  };

  /// Calls body(integral_constant count, first) for all outputs, two at a time.
  template <class Body>
  QMTL_ALWAYS_INLINE void for_outputs(const Body& body) const noexcept {
    std::size_t first = 0;
    for (; first + 2 <= outputs_; first += 2) body(std::integral_constant<int, 2>{}, first);
    if (first < outputs_) body(std::integral_constant<int, 1>{}, first);
  }

  /// Where a member's task begins in the operators.
  [[nodiscard]] int first_place(int member) const noexcept {
    return numbers_[static_cast<std::size_t>(member)] * static_cast<int>(size_);
  }

  /// Gives the sums over some lanes to the task that begins there.
  void give_sums(std::size_t lane, std::size_t end, std::size_t task, WindowOperators<S>& set) const noexcept {
    const auto total = [&](const Pack<S>& pack) {
      S sum = 0;
      for (std::size_t l = lane; l < end; ++l) sum += pack[l];
      return sum;
    };
    auto& to = set.sums();
    const A* sums = sums_.data();
    for (std::size_t o = 0; o < outputs_; ++o, task += set.output_stride()) {
      for (const auto& [index, row, column] : entries_) {
        const A& sum = *sums++;
        const S re = total(real_of(sum));
        to.real[task + set.place(row, column)] += re;
        if (row != column) to.real[task + set.place(column, row)] += re;
        if constexpr (complex) {
          const S im = total(sum.im);
          to.imaginary[task + set.place(row, column)] += im;
          if (row != column) to.imaginary[task + set.place(column, row)] -= im;
        }
      }
    }
  }

  [[nodiscard]] std::size_t local(Index host_basis) const noexcept {
    Index basis = 0;
    for (std::size_t j = 0; j < positions_.size(); ++j) {
      basis |= static_cast<Index>(bit_of(host_basis, positions_[j])) << j;
    }
    return static_cast<std::size_t>(basis);
  }

  int first_output_;
  std::size_t outputs_;
  Eigen::Index size_;         // 2^k
  std::size_t set_;           // of TaskOperators
  std::vector<int> numbers_;  // in it, of each member's task
  std::vector<int> positions_;
  std::size_t host_width_ = 0;
  std::vector<Entry> entries_;   // those on the diagonal first
  std::vector<int> places_;      // their indices
  std::size_t diagonal_ = 0;     // how many
  std::vector<A> coefficients_;  // A_o at the entries
  std::vector<A> sums_;          // G_o at the entries
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
/// to one sample is the result. A register may have several members: parts of a head that differ in the numbers of
/// their features, outputs and weights only, so that each lane can be any of them. Work buffers are made in the
/// constructor.
template <Scalar S, class A, class Program>
class LaneEngine {
  static constexpr bool lanes_are_samples = Program::samples == pack_width<S>;

 public:
  /// The tasks of the first member. Direct tasks need samples in lanes.
  LaneEngine(std::span<const Operation> encoding, int qubits, bool prepared, std::span<const EngineTask<S>> tasks,
             TaskOperators<S>& operators)
      : windows_(host_windows(tasks)), program_(encoding, qubits, prepared, windows_) {
    make_hosts(tasks, operators);
    if constexpr (lanes_are_samples) {
      for (const auto& task : tasks) {
        if (task.direct) direct_.emplace_back(task, program_.map());
      }
    }
    lambda_.resize(program_.size());
    merged_.resize(program_.density_size());
  }

  /// A member with tasks of the same windows, blocks and readouts, none of them direct.
  void add_member(std::span<const EngineTask<S>> tasks, TaskOperators<S>& operators) {
    one_member_ = false;
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      hosted_[t].task.add_member(operators.add(tasks[t].block, tasks[t].eigenvalues, tasks[t].first_parameter).number);
    }
  }

  [[nodiscard]] Program& program() noexcept { return program_; }
  /// Packed entries of all reduced density matrices of a group.
  [[nodiscard]] std::size_t density_size() const noexcept { return program_.density_size(); }
  [[nodiscard]] A* lambda() noexcept { return lambda_.data(); }

  /// New weights, and new operators.
  void update(const S* weights) {
    loaded_ = false;
    for (auto& task : direct_) task.update(weights);
  }

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
  void read_densities(const A* psi, A* rho) noexcept { program_.densities(psi, rho); }

  /// Expectation values of every output.
  void expectations(const A* psi, const A* rho, Pack<S>* out) noexcept {
    expectations(rho, out);
    for (auto& task : direct_) task.expectations(psi, out);
  }

  /// The same where no task is direct, from density matrices in any lanes.
  void expectations(const A* rho, Pack<S>* out) const noexcept {
    for (const auto& hosted : hosted_) {
      hosted.task.expectations(rho + hosted.first_entry, out + hosted.task.first_output());
    }
  }

  /// The density matrix of the window of a hosted task, whose outputs begin there, from the entries of all hosts; an
  /// empty one if there is no such task.
  [[nodiscard]] typename WindowOperators<S>::Matrix density(std::size_t first_output, const S* entries) const {
    for (const auto& hosted : hosted_) {
      if (hosted.task.first_output() != first_output) continue;
      return hosted.task.density(entries + hosted.first_entry * (std::is_same_v<A, ComplexPack<S>> ? 2 : 1));
    }
    return {};
  }

  /// Weight sums where no task is direct.
  void add_sums(const A* rho, const Pack<S>* cotangents) noexcept {
    has_sums_ = true;
    for (auto& hosted : hosted_) {
      hosted.task.add_sums(rho + hosted.first_entry, cotangents + hosted.task.first_output());
    }
  }

  /// Weight sums, and lambda = sum_o cotangent_o M_o psi for all tasks together if `adjoint`.
  void read_backward(const A* psi, const A* rho, const Pack<S>* cotangents, bool adjoint) noexcept {
    add_sums(rho, cotangents);
    if (adjoint) {
      for (const bool add : {false, true}) {
        for (const auto& hosted : hosted_) {
          if (hosted.opens_host == add) continue;
          hosted.task.merge(cotangents + hosted.task.first_output(), merged_.data() + hosted.first_entry, add);
        }
      }
      program_.apply_windows(psi, merged_.data(), lambda_.data());
    }
    for (auto& task : direct_) task.backward(psi, cotangents, lambda_.data());
  }

  /// Adds the batch's gradients of direct tasks, and gives the sums of the others to their operators.
  void finish(S* gradient, TaskOperators<S>& operators) noexcept {
    give_sums(operators);
    for (const auto& task : direct_) task.finish(gradient);
  }

 private:
  /// A task and where its host's density matrix begins. Tasks whose windows lie in one host share its density matrix
  /// and its part of lambda.
  struct Hosted {
    HostedTask<S, A> task;
    std::size_t first_entry;
    bool opens_host;  // the first of those that fill the host
  };

  void give_sums(TaskOperators<S>& operators) noexcept {
    if (!std::exchange(has_sums_, false)) return;
    for (auto& hosted : hosted_) hosted.task.give_sums(members_, operators);
  }

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

  void make_hosts(std::span<const EngineTask<S>> tasks, TaskOperators<S>& operators) {
    for (const auto& task : tasks) {
      if (task.direct) continue;
      std::size_t first_entry = 0;
      for (const auto& host : windows_) {
        if (contains(host, task.window)) {
          const auto place = operators.add(task.block, task.eigenvalues, task.first_parameter);
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

  std::vector<std::vector<int>> windows_;  // of the hosts
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

}  // namespace qmtl::detail
