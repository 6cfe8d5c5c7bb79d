#pragma once
// SPDX-License-Identifier: Apache-2.0
// The observables of a task's windows add up: from what the backend reads of each window to expectation values, and
// from cotangents back.

#include "qmtl/core/scalar.hpp"
#include "qmtl/head/task.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// For heads whose tasks have a window each, both are the same, and nothing is copied.
template <Scalar S, TaskType... Tasks>
class WindowSums {
  static constexpr bool several = ((Tasks::Windows::count > 1) || ...);
  static constexpr int readings = (... + (Tasks::Windows::count * observable_count<typename Tasks::Readout>));

 public:
  /// Where the backend puts what it reads (readings x B), for expectation values of that batch.
  [[nodiscard]] BatchView<S> readings_for(BatchView<S> expectations) {
    if constexpr (several) {
      readings_.resize(readings, expectations.cols());
      return readings_;
    } else {
      return expectations;
    }
  }

  /// Sets the expectation values.
  void add_up([[maybe_unused]] BatchView<S> expectations) const {
    if constexpr (several) {
      expectations.setZero();
      for_each_window([&](Eigen::Index reading, Eigen::Index first, Eigen::Index count) {
        expectations.middleRows(first, count) += readings_.middleRows(reading, count);
      });
    }
  }

  /// Cotangents of what the backend reads, from those of expectation values.
  [[nodiscard]] BatchView<const S> spread(BatchView<const S> cotangents) {
    if constexpr (several) {
      readings_.resize(readings, cotangents.cols());
      for_each_window([&](Eigen::Index reading, Eigen::Index first, Eigen::Index count) {
        readings_.middleRows(reading, count) = cotangents.middleRows(first, count);
      });
      return readings_;
    } else {
      return cotangents;
    }
  }

 private:
  /// Calls visit(first reading, first expectation value, how many) for every window.
  template <class Visit>
  static void for_each_window(const Visit& visit) {
    Eigen::Index reading = 0, first = 0;
    const auto visit_task = [&](int windows, Eigen::Index count) {
      for (int w = 0; w < windows; ++w, reading += count) visit(reading, first, count);
      first += count;
    };
    (visit_task(Tasks::Windows::count, observable_count<typename Tasks::Readout>), ...);
  }

  Batch<S> readings_;  // or their cotangents
};

}  // namespace qmtl::inline QMTL_ABI::detail
