#pragma once
// SPDX-License-Identifier: Apache-2.0
// From a route to the program with its swaps.

#include <cstddef>
#include <functional>
#include <numeric>
#include <queue>
#include <utility>
#include <vector>

#include "qmtl/circuit/program_copy.hpp"
#include "qmtl/hardware/routed_program.hpp"
#include "qmtl/hardware/routing/routing_state.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Instructions in their order as far as the swaps let them, each as soon as it can be.
class RouteWriter {
 public:
  RouteWriter(const Program& program, const CouplingMap& couplings, const std::vector<int>& layout)
      : program_(&program),
        couplings_(&couplings),
        problem_(program, RoutingProblem::Detail::instructions),
        next_(problem_.starts().begin(), problem_.starts().end()),
        found_(problem_.steps().size()),
        qubit_at_(static_cast<std::size_t>(couplings.qubits()), -1),
        copy_(program, couplings.qubits()),
        out_{Program(1), layout, layout, 0, {}} {
    for (std::size_t q = 0; q < layout.size(); ++q)
      qubit_at_[static_cast<std::size_t>(layout[q])] = static_cast<int>(q);
    for (int w = 0; w < problem_.wires(); ++w) look_at(w);
    write_ready();
  }

  void add_swap(Swap at) {
    copy_.program.append(gate::swap(at.first, at.second));
    out_.origins.push_back(-1);
    ++out_.swaps;
    auto &a = qubit_at_[static_cast<std::size_t>(at.first)], &b = qubit_at_[static_cast<std::size_t>(at.second)];
    std::swap(a, b);
    if (a >= 0) out_.final_layout[static_cast<std::size_t>(a)] = at.first;
    if (b >= 0) out_.final_layout[static_cast<std::size_t>(b)] = at.second;
    for (const int q : {a, b}) {
      if (q >= 0) look_at(q);
    }
    write_ready();
  }

  [[nodiscard]] RoutedProgram result() && {
    if (written_ != found_.size()) throw LogicError("qmtl: routing: a route that does not do all instructions");
    out_.program = std::move(copy_.program);
    return std::move(out_);
  }

 private:
  using Number = RoutingProblem::Number;

  [[nodiscard]] Number next_of(int wire) const noexcept {
    return problem_.sequence()[next_[static_cast<std::size_t>(wire)]].number;
  }

  /// Adds the next step of a wire to those that can be written, if it is one.
  void look_at(int wire) {
    const Number number = next_of(wire);
    if (number == RoutingProblem::no_step || found_[number]) return;
    const auto& step = problem_.step(number);
    const auto wires = problem_.wires_of(step);
    const auto& at = out_.final_layout;
    const bool can_be = std::ranges::all_of(wires, [&](int w) { return next_of(w) == number; }) &&
                        (step.first < 0 || couplings_->coupled(at[static_cast<std::size_t>(step.first)],
                                                               at[static_cast<std::size_t>(step.second)]));
    if (!can_be) return;
    found_[number] = true;
    ready_.push(number);
  }

  void write_ready() {
    while (!ready_.empty()) {
      const Number number = ready_.top();
      ready_.pop();
      copy_.copy(relabel(program_->instructions()[number], out_.final_layout));
      out_.origins.push_back(static_cast<int>(number));
      ++written_;
      const auto wires = problem_.wires_of(problem_.step(number));
      for (const int w : wires) ++next_[static_cast<std::size_t>(w)];
      for (const int w : wires) look_at(w);
    }
  }

  const Program* program_;
  const CouplingMap* couplings_;
  RoutingProblem problem_;
  std::vector<Number> next_;
  std::vector<bool> found_;
  std::size_t written_ = 0;
  std::vector<int> qubit_at_;
  ProgramCopy copy_;
  RoutedProgram out_;  ///< whose final layout is where the qubits are
  std::priority_queue<Number, std::vector<Number>, std::greater<>> ready_;
};

/// The program of a route. Throws LogicError for swaps that do not bring all qubits together.
[[nodiscard]] inline RoutedProgram apply_route(const Program& program, const CouplingMap& couplings,
                                               const Route& route) {
  RouteWriter writer(program, couplings, route.initial);
  for (const auto& at : route.swaps) writer.add_swap(at);
  return std::move(writer).result();
}

}  // namespace qmtl::inline QMTL_ABI::detail
