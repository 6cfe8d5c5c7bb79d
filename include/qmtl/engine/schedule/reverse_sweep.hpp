#pragma once
// SPDX-License-Identifier: Apache-2.0
// The reverse sweep through the steps of a circuit: which of them go together, and what is undone.

#include <cstddef>
#include <span>

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI::detail {

// A step has: run_start, the number of the first of its run, neighbouring steps that commute; parametric, whether it
// has an angle with a gradient; state_needed_before, whether some run before its own needs |psi> for gradients.

/// Calls visit(first, last) for every run of steps [first, last), in order.
template <class Step, class Visit>
void for_each_run(std::span<Step> steps, const Visit& visit) {
  for (std::size_t first = 0; first < steps.size();) {
    std::size_t last = first + 1;
    while (last < steps.size() && steps[last].run_start == first) ++last;
    visit(first, last);
    first = last;
  }
}

/// Sets state_needed_before of all steps; `needed` says so of the first, and afterwards of what follows the last.
template <class Step>
void mark_needed_states(std::span<Step> steps, bool& needed) {
  for_each_run(steps, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) steps[i].state_needed_before = needed;
    for (std::size_t i = first; i < last; ++i) needed = needed || steps[i].parametric;
  });
}

/// Run by run from the last: steps of a run commute, so add_gradient(step) comes for all of them before any is undone
/// by undo(step, with_state); |psi> is undone only as far as a gradient needs it.
template <class Step, class AddGradient, class Undo>
void reverse_sweep(std::span<const Step> steps, const AddGradient& add_gradient, const Undo& undo) {
  for (std::size_t last = steps.size(); last > 0;) {
    const std::size_t first = steps[last - 1].run_start;
    for (std::size_t i = last; i-- > first;) {
      if (steps[i].parametric) add_gradient(steps[i]);
    }
    for (std::size_t i = last; i-- > first;) undo(steps[i], steps[i].state_needed_before);
    last = first;
  }
}

}  // namespace qmtl::inline QMTL_ABI::detail
