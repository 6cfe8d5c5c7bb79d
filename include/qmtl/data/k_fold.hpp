#pragma once
// SPDX-License-Identifier: Apache-2.0
// Seeded folds for cross-validation: plain, stratified over several tasks at once, grouped, repeated.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/memory.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/data/dataset.hpp"

namespace qmtl::inline QMTL_ABI {

/// Row numbers to train on and to judge by, both ascending; disjoint, and together every row.
struct Fold {
  std::vector<Eigen::Index> train, held_out;
};

namespace detail {

/// Throws unless there are at least two folds, and no fewer units (rows, groups) than folds.
inline void require_folds(const char* where, const char* units, Eigen::Index count, int folds) {
  if (folds < 2) throw ValueError(text("qmtl: ", where, ": folds, expected at least 2, got ", folds));
  if (count < folds)
    throw ValueError(text("qmtl: ", where, ": expected at least ", folds, " ", units, ", got ", count));
}

/// Throws ValueError where the row numbers of so many folds would fill the memory: each fold has nearly all rows.
inline void require_fold_memory(const char* where, std::size_t rows, int folds) {
  constexpr double most = 4294967296.0;  // 4 GiB: leaving one out of 23170 rows
  const double bytes = bytes_of<Eigen::Index>(static_cast<double>(rows)) * folds;
  if (bytes <= most) return;
  throw ValueError(text("qmtl: ", where, ": ", folds, " folds of ", rows, " rows, expected lists of at most ",
                        byte_text(most), " bytes, got ", byte_text(bytes)));
}

/// Folds from the number of the fold in which each row is held out.
[[nodiscard]] inline std::vector<Fold> folds_of(std::span<const std::size_t> fold_of_row, std::size_t folds) {
  std::vector<Fold> out(folds);
  for (std::size_t row = 0; row < fold_of_row.size(); ++row) {
    for (std::size_t f = 0; f < folds; ++f) {
      auto& part = f == fold_of_row[row] ? out[f].held_out : out[f].train;
      part.push_back(static_cast<Eigen::Index>(row));
    }
  }
  return out;
}

/// The numbers 0 .. count - 1 in random order.
[[nodiscard]] inline std::vector<std::size_t> random_order(std::size_t count, Rng& rng) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  shuffle(order, rng);
  return order;
}

}  // namespace detail

/// `folds` folds of `rows` rows at random: each row is held out once, by folds whose sizes differ by one at most.
/// Throws ValueError for fewer than two folds, fewer rows than folds, and where rows x folds are more than 2^29 row
/// numbers.
[[nodiscard]] inline std::vector<Fold> k_fold(Eigen::Index rows, int folds, Rng& rng) {
  detail::require_folds("k-fold", "rows", rows, folds);
  detail::require_fold_memory("k-fold", static_cast<std::size_t>(rows), folds);
  std::vector<std::size_t> fold_of_row(static_cast<std::size_t>(rows));
  std::size_t next = 0;
  for (const std::size_t row : detail::random_order(fold_of_row.size(), rng)) {
    fold_of_row[row] = next++ % static_cast<std::size_t>(folds);
  }
  return detail::folds_of(fold_of_row, static_cast<std::size_t>(folds));
}

namespace detail {

/// Deals rows to folds so that each fold gets its share of every stratum. A row is in one stratum a class task: that of
/// its class, or of rows whose label is missing.
class IterativeStratification {
 public:
  /// `strata[s]` are the rows of stratum s, in the order in which they are to be dealt.
  IterativeStratification(std::vector<std::vector<std::size_t>> strata, std::size_t rows, std::size_t folds)
      : strata_(std::move(strata)), of_row_(rows), left_(strata_.size()), fold_of_row_(rows, folds) {
    const auto share = [&](std::size_t count) {
      return std::vector<double>(folds, static_cast<double>(count) / static_cast<double>(folds));
    };
    wanted_rows_ = share(rows);
    for (std::size_t s = 0; s < strata_.size(); ++s) {
      wanted_.push_back(share(strata_[s].size()));
      left_[s] = strata_[s].size();
      for (const std::size_t row : strata_[s]) of_row_[row].push_back(s);
    }
  }

  /// The fold of each row: always the rarest stratum next, its rows to the fold that lacks most of it, of equals to the
  /// one that lacks most rows, of these to a random one.
  [[nodiscard]] std::vector<std::size_t> deal(Rng& rng) {
    for (std::size_t s = rarest(); s < strata_.size(); s = rarest()) {
      for (const std::size_t row : strata_[s]) {
        if (fold_of_row_[row] == wanted_rows_.size()) assign(row, most_wanting(s, rng));
      }
    }
    return std::move(fold_of_row_);
  }

 private:
  /// The stratum with the fewest rows left; the number of strata where none has any.
  [[nodiscard]] std::size_t rarest() const {
    std::size_t out = strata_.size();
    for (std::size_t s = 0; s < strata_.size(); ++s) {
      if (left_[s] > 0 && (out == strata_.size() || left_[s] < left_[out])) out = s;
    }
    return out;
  }

  [[nodiscard]] std::size_t most_wanting(std::size_t s, Rng& rng) const {
    std::vector<std::size_t> best;
    const auto wants = [&](std::size_t f) { return std::pair(wanted_[s][f], wanted_rows_[f]); };
    for (std::size_t f = 0; f < wanted_rows_.size(); ++f) {
      if (!best.empty() && wants(f) < wants(best.front())) continue;
      if (!best.empty() && wants(f) > wants(best.front())) best.clear();
      best.push_back(f);
    }
    return best.size() == 1 ? best.front() : best[rng.below(best.size())];
  }

  void assign(std::size_t row, std::size_t fold) {
    fold_of_row_[row] = fold;
    wanted_rows_[fold] -= 1.0;
    for (const std::size_t s : of_row_[row]) {
      wanted_[s][fold] -= 1.0;
      --left_[s];
    }
  }

  std::vector<std::vector<std::size_t>> strata_;
  std::vector<std::vector<std::size_t>> of_row_;  // the strata of each row
  std::vector<std::size_t> left_;                 // rows of each stratum that have no fold yet
  std::vector<std::vector<double>> wanted_;       // rows that a fold lacks, by stratum
  std::vector<double> wanted_rows_;               // rows that it lacks in all
  std::vector<std::size_t> fold_of_row_;
};

/// The rows of each class of each class task, and of those without a label, in random order.
template <Scalar S>
[[nodiscard]] std::vector<std::vector<std::size_t>> label_strata(const Dataset<S>& data,
                                                                 std::span<const LabelKind> kinds, Rng& rng) {
  std::vector<std::vector<std::size_t>> strata;
  const auto order = random_order(static_cast<std::size_t>(data.rows()), rng);
  for (int t = 0; t < data.tasks(); ++t) {
    const LabelKind kind = kinds[static_cast<std::size_t>(t)];
    if (kind.classes == 0) continue;
    const std::size_t first = strata.size();
    strata.resize(first + static_cast<std::size_t>(kind.classes) + 1);
    for (const std::size_t row : order) {
      const S label = data.labels(t, static_cast<Eigen::Index>(row));
      strata[is_missing(kind, label) ? strata.size() - 1 : first + static_cast<std::size_t>(label)].push_back(row);
    }
  }
  if (strata.empty()) strata.push_back(order);  // real targets only
  return strata;
}

}  // namespace detail

/// As `k_fold`, but each fold has nearly its share of every class of every task at once, and of the rows whose label is
/// missing: of one task to within one row; with several, the rarest classes are divided best, and sizes of folds may
/// differ by some rows. `kinds` are those of the tasks; real targets are not looked at. Throws ValueError as `k_fold`
/// and for labels that do not fit, ShapeError for another number of kinds than of tasks. O(rows (folds + classes)).
/// Source: Sechidis, Tsoumakas and Vlahavas, On the Stratification of Multi-Label Data, 2011.
template <Scalar S>
[[nodiscard]] std::vector<Fold> stratified_k_fold(const Dataset<S>& data, std::span<const LabelKind> kinds, int folds,
                                                  Rng& rng) {
  detail::require_counts<S>(data, kinds);
  detail::require_labels<S>(data, kinds);
  detail::require_folds("stratified k-fold", "rows", data.rows(), folds);
  detail::require_fold_memory("stratified k-fold", static_cast<std::size_t>(data.rows()), folds);
  const auto count = static_cast<std::size_t>(folds);
  detail::IterativeStratification dealer(detail::label_strata(data, kinds, rng), static_cast<std::size_t>(data.rows()),
                                         count);
  return detail::folds_of(dealer.deal(rng), count);
}

/// As `k_fold`, but rows of the same group (a patient, a household) are held out together. `groups` is a span or vector
/// with an id a row: numbers, strings, whatever has <. The largest groups are dealt first, each to the fold with the
/// fewest rows: folds differ by no more rows than the largest group has. Throws ValueError as `k_fold`, for fewer
/// groups than folds and for an id that is NaN.
template <class Groups>
[[nodiscard]] std::vector<Fold> grouped_k_fold(const Groups& groups, int folds, Rng& rng) {
  if constexpr (std::floating_point<std::remove_cvref_t<decltype(groups[std::size_t{0}])>>) {
    for (std::size_t row = 0; row < groups.size(); ++row) {
      if (!std::isnan(groups[row])) continue;
      throw ValueError(detail::text("qmtl: grouped k-fold: group of row ", row, ", expected a number, got nan"));
    }
  }
  std::vector<std::size_t> order(groups.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return groups[a] < groups[b]; });
  std::vector<std::vector<std::size_t>> members;  // the rows of each group
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || groups[order[i - 1]] < groups[order[i]]) members.emplace_back();
    members.back().push_back(order[i]);
  }
  detail::require_folds("grouped k-fold", "groups", static_cast<Eigen::Index>(members.size()), folds);
  detail::require_fold_memory("grouped k-fold", groups.size(), folds);
  shuffle(members, rng);
  std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::vector<std::size_t> sizes(static_cast<std::size_t>(folds)), fold_of_row(groups.size());
  for (const auto& rows : members) {
    const auto smallest = static_cast<std::size_t>(std::min_element(sizes.begin(), sizes.end()) - sizes.begin());
    sizes[smallest] += rows.size();
    for (const std::size_t row : rows) fold_of_row[row] = smallest;
  }
  return detail::folds_of(fold_of_row, sizes.size());
}

/// The folds of `times` partitions, each made by make(rng), one after the other: repeated_folds(3, rng, [&](Rng& r) {
/// return k_fold(rows, 5, r); }) are 15. Throws ValueError for fewer than one, and what `make` throws.
template <class Make>
[[nodiscard]] std::vector<Fold> repeated_folds(int times, Rng& rng, const Make& make) {
  if (times < 1) throw ValueError(detail::text("qmtl: repeated folds: times, expected at least 1, got ", times));
  std::vector<Fold> out;
  for (int i = 0; i < times; ++i) {
    for (Fold& fold : make(rng)) out.push_back(std::move(fold));
  }
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
