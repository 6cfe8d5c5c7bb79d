#pragma once
// SPDX-License-Identifier: Apache-2.0
// A task: its name, its block, the window the block acts on, and the readout of its logits.

#include <string>
#include <string_view>
#include <type_traits>

#include "qmtl/circuit/window.hpp"
#include "qmtl/core/name.hpp"
#include "qmtl/head/block.hpp"
#include "qmtl/measure/readout.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// A block, one or several windows and a readout, in the order in which a task takes them.
template <class B, class W, class R>
struct TaskParts {
  using Block = B;
  using Windows = typename AsWindows<W>::type;
  using Readout = R;
};
using AnyTaskParts = TaskParts<IdentityBlock<1>, qmtl::Window<0, 1>, Binary>;

/// Whether the terms of a readout, if it has some, are constants that fit its numbers.
template <class R>
[[nodiscard]] constexpr bool terms_fit() noexcept {
  if constexpr (PauliReadout<R>) {
    for (const auto& [observable, term] : R::terms) {
      const bool finite = term.coefficient - term.coefficient == 0.0;
      if (!finite || observable < 0 || observable >= observable_count<R>) return false;
      if (R::width < 64 && term.string.support() >> R::width != 0) return false;
    }
    return std::size(R::terms) > 0;
  }
  return true;
}

/// The rules of a task, each on the condition that those before it hold; `held` of them do.
template <class B, class W, class R>
struct TaskRules {
  static constexpr bool block = CircuitType<B>;
  static constexpr bool window = block && (WindowType<W> || is_windows<W>);
  static constexpr bool equal = window && requires { requires AsWindows<W>::type::equal_widths; };
  static constexpr bool numbers = equal && ReadoutNumbers<R>;
  static constexpr bool operators = numbers && ReadoutOperator<R>;
  static constexpr bool maps = operators && ReadoutMaps<R>;
  static constexpr bool readout = maps && Readout<R>;
  static constexpr bool terms = readout && requires { requires terms_fit<R>(); };
  static constexpr bool no_feature = terms && requires {
    requires feature_count(B::circuit)
    == 0;
  };
  static constexpr bool no_gap = no_feature && requires { requires weights_have_no_gap(B::circuit.ops()); };
  static constexpr bool gates = no_gap && Block<B>;
  static constexpr bool width = gates && requires {
    requires std::remove_cvref_t<decltype(B::circuit)>::qubits == W::width;
  };
  static constexpr bool one_start = width && requires { requires R::parameters <= 1; };
  static constexpr bool start = one_start || (width && requires { R::initial(0); });
  static constexpr bool wide_enough = start && requires { requires R::width <= W::width; };
  static constexpr int held = block + window + equal + numbers + operators + maps + readout + terms + no_feature +
                              no_gap + gates + width + start + wide_enough;
  static constexpr bool passed = wide_enough;
};

/// Says which rule a task breaks first.
template <class B, class W, class R>
struct TaskCheck {
  using Rules = TaskRules<B, W, R>;
  static_assert(Rules::held != 0,
                "qmtl: a task's block must have a `static constexpr auto circuit`: Task<name, block, window, readout>");
  static_assert(
      Rules::held != 1,
      "qmtl: a task's window must be Window<first, width> or Qubits<...>, or Windows of them: Task<name, block, "
      "window, readout>");
  static_assert(Rules::held != 2, "qmtl: the windows of a task must have equal widths");
  static_assert(Rules::held != 3,
                "qmtl: a task's readout must have outputs, classes, width and parameters, as Binary or Classes<3>");
  static_assert(Rules::held != 4,
                "qmtl: a task's readout must have a Scale, and eigenvalue(observable, basis) or terms");
  static_assert(Rules::held != 5, "qmtl: a task's readout must have logits(...) and backward(...)");
  static_assert(Rules::held != 6, "qmtl: a task's readout must have a describe()");
  static_assert(
      Rules::held != 7,
      "qmtl: a readout's terms must be constants with finite coefficients, of its observables, on its qubits");
  static_assert(Rules::held != 8, "qmtl: a task's block must not use features, only encodings do");
  static_assert(Rules::held != 9, "qmtl: a task's block must use its weights without a gap");
  static_assert(Rules::held != 10, "qmtl: a task's block must be made of gates on its own qubits");
  static_assert(Rules::held != 11, "qmtl: a task's block must have as many qubits as the task's window");
  static_assert(Rules::held != 12, "qmtl: a readout with several parameters must have initial(parameter)");
  static_assert(Rules::held != 13,
                "qmtl: a task's window must have at least as many qubits as its readout reads: Classes<C> one a class");
};

}  // namespace detail

/// One task of a multi-task model: its block, the window that the block acts on, and its readout. Its parameters are
/// the block's weights, then the readout's. Windows<...> stands for several windows: the block acts on each of them, on
/// copies of the state and with the same weights, and expectation values are the sums over all of them.
template <Name TaskName, class BlockType, class WindowT, class ReadoutType>
struct Task {
 private:
  // After an error compilers go on with other parts, so that it is the only one.
  using Parts = std::conditional_t<detail::TaskRules<BlockType, WindowT, ReadoutType>::passed,
                                   detail::TaskParts<BlockType, WindowT, ReadoutType>, detail::AnyTaskParts>;

 public:
  using Block = typename Parts::Block;
  using Windows = typename Parts::Windows;
  using Window = typename Windows::Front;  ///< the only one, or the first
  using Readout = typename Parts::Readout;

  static constexpr std::string_view name = TaskName.view();
  static constexpr int width = Window::width;
  static constexpr int outputs = Readout::outputs;
  static constexpr int classes = Readout::classes;
  static constexpr int weights = block_weights<Block>;
  static constexpr int parameters = weights + Readout::parameters;

  [[nodiscard]] static std::string describe() {
    std::string qubits;
    for (const auto& window : Windows::indices) {
      if (!qubits.empty()) qubits += " and ";
      for (const int q : window) qubits += detail::text(q == window.front() ? "" : ",", q);
    }
    return detail::text(describe_block<Block>(), " on qubits ", qubits, "; ", Readout::describe());
  }

  static_assert(sizeof(detail::TaskCheck<BlockType, WindowT, ReadoutType>) > 0);
};

/// True for every Task<...>.
template <class T>
concept TaskType = requires {
  typename T::Block;
  typename T::Windows;
  typename T::Readout;
  { T::name } -> std::convertible_to<std::string_view>;
  { T::outputs } -> std::convertible_to<int>;
  { T::parameters } -> std::convertible_to<int>;
};

}  // namespace qmtl::inline QMTL_ABI
