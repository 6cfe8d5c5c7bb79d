#pragma once
// SPDX-License-Identifier: Apache-2.0
// Window operators A_o = V^dagger M_o V: they depend on the weights only, once per batch.

#include <algorithm>
#include <bit>
#include <complex>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/engine/head_program.hpp"
#include "qmtl/engine/lanes/lane_exchange.hpp"
#include "qmtl/engine/lanes/lane_program.hpp"
#include "qmtl/engine/local_term.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The window operators of tasks with the same block and readout, as 2^k x 2^k matrices. The expectation value of
/// output o is tr(rho A_o), rho the window's reduced density matrix; with G_o = sum over the batch of cotangent * rho,
/// the weight gradients are those of sum_o tr(G_o A_o).
///
/// Lane numbers count the columns of all tasks' matrices, one task after another. Entry (row, column) lies at number
/// row ^ column, in the lane of its column: rows of a product then come by exchanging lanes.
template <Scalar S>
class WindowOperators {
  using A = ComplexPack<S>;
  static constexpr std::size_t width = pack_width<S>;

 public:
  using Matrix = ColMajorMatrix<std::complex<S>>;
  using Table = ColMajorMatrix<S>;

  /// For tasks with the block and the observables of this one.
  explicit WindowOperators(const EngineTask<S>& task)
      : size_(static_cast<std::size_t>(task.eigenvalues.rows())),
        outputs_(static_cast<std::size_t>(task.eigenvalues.cols())),
        program_(with_weights_in_lanes(task.block), AddressMap(std::countr_zero(size_))),
        eigenvalues_(task.eigenvalues.rows(), task.eigenvalues.cols()),
        products_(size_),
        ket_(size_),
        bra_(size_),
        weights_(static_cast<std::size_t>(weight_count(task.block))),
        gradients_(weights_.size()) {
    const auto place = [this](std::size_t i) { return static_cast<std::size_t>(program_.map().at(i)); };
    for (std::size_t i = 0; i < size_; ++i) {
      eigenvalues_.row(static_cast<Eigen::Index>(place(i))) = task.eigenvalues.row(static_cast<Eigen::Index>(i));
    }
    terms_ = local_terms<S, A>(task.terms, size_, place);
    for (std::size_t pack = 0; pack * width < size_; ++pack) {
      for (std::size_t i = 0; i < size_; ++i) {
        identity_.push_back(
            A{make_pack<S>([&](int lane) { return column(pack, lane) == i ? S(1) : S(0); }), Pack<S>{}});
      }
    }
    for (std::size_t mask = 0; mask < std::min(size_, width); ++mask) {
      exchanges_.push_back(LaneExchange<S>(static_cast<unsigned>(mask)));
    }
  }

  /// Adds a task, whose weights begin there; returns its number. Tasks with the same weights have the same operators.
  int add_task(int first_parameter) {
    const auto same = std::ranges::find(first_parameters_, first_parameter);
    if (same != first_parameters_.end()) return static_cast<int>(same - first_parameters_.begin());
    first_parameters_.push_back(first_parameter);
    packs_ = (first_parameters_.size() * size_ + width - 1) / width;
    unitary_.resize(packs_ * size_);
    if (!terms_.empty()) image_.resize(unitary_.size());
    program_.reserve_angles(packs_);
    for (auto* part : {&operators_, &sums_}) {
      part->real.resize(outputs_ * size_ * packs_ * width);
      part->imaginary.resize(part->real.size());
    }
    return static_cast<int>(first_parameters_.size()) - 1;
  }

  /// Computes A_o of all tasks for these weights. Cost about (gates + outputs 2^k) 4^k a task.
  void update(std::span<const S> weights) {
    for (std::size_t pack = 0; pack < packs_; ++pack) {
      for (std::size_t j = 0; j < weights_.size(); ++j) {
        weights_[j] = make_pack<S>([&](int lane) { return weights[first_parameter(pack, lane) + j]; });
      }
      const std::span<A> u = std::span(unitary_).subspan(pack * size_, size_);
      std::copy_n(identity_.begin() + static_cast<std::ptrdiff_t>((pack * size_) % identity_.size()), size_, u.begin());
      program_.select_angles(pack);
      program_.set_angles(weights_, {});
      program_.forward(u);
    }
    for (std::size_t mask = 0; mask < size_; ++mask) {
      for (std::size_t pack = 0; pack < packs_; ++pack) conjugate_observables(mask, pack);
    }
    for_each_output_with_terms([this](std::size_t o) { conjugate_terms(o); });
  }

  /// Numbers side by side, of all entries of matrices.
  struct Entries {
    std::vector<S> real, imaginary;
  };

  /// Where entry (row, column) of the first task's matrices lies in `operators` and `sums`; the same entry of the next
  /// task is 2^k further, and of its next output output_stride().
  [[nodiscard]] std::size_t place(std::size_t row, std::size_t column) const noexcept {
    return (row ^ column) * packs_ * width + column;
  }
  [[nodiscard]] std::size_t output_stride() const noexcept { return size_ * packs_ * width; }
  [[nodiscard]] const Entries& operators() const noexcept { return operators_; }  ///< the A_o
  [[nodiscard]] Entries& sums() noexcept { return sums_; }                        ///< the G_o, to add to

  void clear_sums() noexcept {
    std::fill(sums_.real.begin(), sums_.real.end(), S(0));
    std::fill(sums_.imaginary.begin(), sums_.imaginary.end(), S(0));
  }

  /// Adds d/dweights of sum_o tr(G_o A_o), for the weights of the last update. It is 2 Re tr(K^dagger dV) with
  /// K = sum_o M_o V G_o: one reverse sweep of the block over the columns of V and K.
  void add_gradient(std::span<S> gradient) {
    for (std::size_t pack = 0; pack < packs_; ++pack) {
      make_bra(pack);
      std::copy_n(unitary_.begin() + static_cast<std::ptrdiff_t>(pack * size_), size_, ket_.begin());
      program_.select_angles(pack);
      program_.backward(ket_, bra_);
      std::fill(gradients_.begin(), gradients_.end(), Pack<S>{});
      program_.chain({}, {}, gradients_, {});
      for (std::size_t lane = 0; lane < width; lane += size_) {
        const auto of_task = gradient.subspan(first_parameter(pack, static_cast<int>(lane)), gradients_.size());
        for (std::size_t j = 0; j < gradients_.size(); ++j) {
          S sum = 0;
          for (std::size_t i = lane; i < std::min(lane + size_, width); ++i) sum += gradients_[j][i];
          of_task[j] += sum;
        }
      }
    }
  }

 private:
  /// The block with features for weights, since those differ from lane to lane.
  [[nodiscard]] static std::vector<Operation> with_weights_in_lanes(std::span<const Operation> block) {
    std::vector<Operation> ops(block.begin(), block.end());
    for (auto& op : ops) {
      for (auto& angle : op.angles) {
        if (angle.source == AngleSource::weight) angle.source = AngleSource::feature;
      }
    }
    return ops;
  }

  [[nodiscard]] std::size_t column(std::size_t pack, int lane) const noexcept {
    return (pack * width + static_cast<std::size_t>(lane)) & (size_ - 1);
  }
  /// Of a lane's task; lanes past the end repeat the last one.
  [[nodiscard]] std::size_t first_parameter(std::size_t pack, int lane) const noexcept {
    const std::size_t task = (pack * width + static_cast<std::size_t>(lane)) / size_;
    return static_cast<std::size_t>(first_parameters_[std::min(task, first_parameters_.size() - 1)]);
  }

  [[nodiscard]] S eigenvalue(std::size_t i, std::size_t o) const noexcept {
    return eigenvalues_(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(o));
  }

  /// V(i, column ^ mask), for the columns of a pack.
  [[nodiscard]] A partner(std::size_t pack, std::size_t mask, std::size_t i) const noexcept {
    return exchanges_[mask & (exchanges_.size() - 1)](unitary_[(pack ^ (mask / width)) * size_ + i]);
  }

  /// Entries (column ^ mask, column) of the Hermitian A_o.
  void conjugate_observables(std::size_t mask, std::size_t pack) noexcept {
    for (std::size_t i = 0; i < size_; ++i) {
      products_[i] = times_conjugate<S>(unitary_[pack * size_ + i], partner(pack, mask, i));
    }
    for (std::size_t o = 0; o < outputs_; ++o) {
      A sum{};
      for (std::size_t i = 0; i < size_; ++i) sum += broadcast<S>(eigenvalue(i, o)) * products_[i];
      set_entries(operators_, o, mask, pack, sum);
    }
  }

  template <class Visit>
  void for_each_output_with_terms(const Visit& visit) const {
    for (std::size_t o = 0; o < outputs_; ++o) {
      if (std::ranges::find(terms_, o, &LocalTerm<S>::observable) != terms_.end()) visit(o);
    }
  }

  /// Adds what the terms of an observable make of the columns of a pack.
  void add_image(std::size_t o, std::span<const A> from, std::span<A> to) const noexcept {
    for (const auto& term : terms_) {
      if (term.observable != o) continue;
      for (std::size_t i = 0; i < size_; ++i) to[i ^ term.flip] += term.image(from[i], i);
    }
  }

  /// Adds V^dagger (the observable's terms) V to A_o.
  void conjugate_terms(std::size_t o) noexcept {
    std::fill(image_.begin(), image_.end(), A{});
    for (std::size_t first = 0; first < image_.size(); first += size_) {
      add_image(o, std::span(unitary_).subspan(first, size_), std::span(image_).subspan(first, size_));
    }
    for (std::size_t mask = 0; mask < size_; ++mask) {
      for (std::size_t pack = 0; pack < packs_; ++pack) {
        A sum = entries(operators_, o, mask, pack);
        for (std::size_t i = 0; i < size_; ++i) {
          sum += times_conjugate<S>(image_[pack * size_ + i], partner(pack, mask, i));
        }
        set_entries(operators_, o, mask, pack, sum);
      }
    }
  }

  /// The columns of V G_o.
  void make_products(std::size_t o, std::size_t pack) noexcept {
    std::fill(products_.begin(), products_.end(), A{});
    for (std::size_t mask = 0; mask < size_; ++mask) {
      const A g = entries(sums_, o, mask, pack);
      for (std::size_t i = 0; i < size_; ++i) products_[i] += partner(pack, mask, i) * g;
    }
  }

  /// Entries (column ^ mask, column) of an output's matrix, for the columns of a pack.
  [[nodiscard]] A entries(const Entries& of, std::size_t o, std::size_t mask, std::size_t pack) const noexcept {
    const std::size_t first = ((o * size_ + mask) * packs_ + pack) * width;
    A sum;
    std::memcpy(&sum.re, of.real.data() + first, sizeof(sum.re));
    std::memcpy(&sum.im, of.imaginary.data() + first, sizeof(sum.im));
    return sum;
  }
  void set_entries(Entries& of, std::size_t o, std::size_t mask, std::size_t pack, const A& sum) noexcept {
    const std::size_t first = ((o * size_ + mask) * packs_ + pack) * width;
    std::memcpy(of.real.data() + first, &sum.re, sizeof(sum.re));
    std::memcpy(of.imaginary.data() + first, &sum.im, sizeof(sum.im));
  }

  /// The columns of sum_o M_o V G_o.
  void make_bra(std::size_t pack) noexcept {
    std::fill(bra_.begin(), bra_.end(), A{});
    for (std::size_t mask = 0; mask < size_; ++mask) {
      for (std::size_t i = 0; i < size_; ++i) {
        A g{};
        for (std::size_t o = 0; o < outputs_; ++o) {
          g += broadcast<S>(eigenvalue(i, o)) * entries(sums_, o, mask, pack);
        }
        bra_[i] += partner(pack, mask, i) * g;
      }
    }
    for_each_output_with_terms([this, pack](std::size_t o) {
      make_products(o, pack);
      add_image(o, products_, bra_);
    });
  }

  std::size_t size_;  // 2^k
  std::size_t outputs_;
  LaneProgram<S, A> program_;
  Table eigenvalues_;  // rows in the order of addresses after the block, as everywhere below
  std::vector<LocalTerm<S>> terms_;
  std::vector<LaneExchange<S>> exchanges_;
  std::vector<int> first_parameters_;  // of each task
  std::size_t packs_ = 0;
  std::vector<A> identity_;   // columns of the unit matrix, as many packs as it takes
  std::vector<A> unitary_;    // row i of V at pack * size + i
  std::vector<A> image_;      // of its columns under an observable's terms
  Entries operators_, sums_;  // A_o and G_o
  std::vector<A> products_, ket_, bra_;
  std::vector<Pack<S>> weights_, gradients_;
};

/// The window operators of all tasks of a head.
template <Scalar S>
class TaskOperators {
 public:
  /// A task's window operators: their set, and the task's number in it.
  struct Place {
    std::size_t set;
    int number;
  };

  /// Adds a task; those with equal blocks and observables share a set.
  Place add(const EngineTask<S>& task) {
    const auto same = [&](const Kind& kind) {
      return std::ranges::equal(kind.block, task.block) && kind.eigenvalues.rows() == task.eigenvalues.rows() &&
             kind.eigenvalues.cols() == task.eigenvalues.cols() && kind.eigenvalues == task.eigenvalues &&
             kind.terms == task.terms;
    };
    const auto found = static_cast<std::size_t>(std::find_if(kinds_.begin(), kinds_.end(), same) - kinds_.begin());
    if (found == kinds_.size()) {
      kinds_.push_back({task.block, task.eigenvalues, task.terms});
      sets_.emplace_back(task);
    }
    return {found, sets_[found].add_task(task.first_parameter)};
  }

  [[nodiscard]] WindowOperators<S>& operator[](std::size_t set) noexcept { return sets_[set]; }
  [[nodiscard]] const WindowOperators<S>& operator[](std::size_t set) const noexcept { return sets_[set]; }

  /// Computes A_o of all tasks for these weights of the head.
  void update(std::span<const S> weights) {
    for (auto& set : sets_) set.update(weights);
  }
  /// Begins the sums of a batch.
  void clear_sums() noexcept {
    for (auto& set : sets_) set.clear_sums();
  }
  /// Adds the weight gradients of all tasks from their sums to those of the head.
  void add_gradient(std::span<S> gradient) {
    for (auto& set : sets_) set.add_gradient(gradient);
  }

 private:
  struct Kind {
    std::span<const Operation> block;
    typename WindowOperators<S>::Table eigenvalues;
    std::vector<ObservableTerm> terms;
  };

  std::vector<Kind> kinds_;
  std::vector<WindowOperators<S>> sets_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
