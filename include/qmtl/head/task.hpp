#pragma once
// SPDX-License-Identifier: Apache-2.0
// A task: its name, its block, the window the block acts on, and the readout of its logits.

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>

#include "qmtl/circuit/window.hpp"
#include "qmtl/head/block.hpp"
#include "qmtl/measure/readout.hpp"

namespace qmtl::inline QMTL_ABI {

/// A string literal as a template argument.
template <std::size_t Size>
struct Name {
  char characters[Size]{};
  constexpr Name(const char (&literal)[Size]) {  // NOLINT(google-explicit-constructor)
    std::copy_n(literal, Size, characters);
  }
  [[nodiscard]] constexpr std::string_view view() const noexcept { return {characters, Size - 1}; }
};

namespace detail {

/// A block, a window and a readout, in the order in which a task takes them.
template <class B, class W, class R>
struct TaskParts {
  using Block = B;
  using Window = W;
  using Readout = R;
};
using AnyTaskParts = TaskParts<IdentityBlock<1>, qmtl::Window<0, 1>, Binary>;

/// The rules of a task, each on the condition that those before it hold; `held` of them do.
template <class B, class W, class R>
struct TaskRules {
  static constexpr bool block = CircuitType<B>;
  static constexpr bool window = block && WindowType<W>;
  static constexpr bool numbers = window && ReadoutNumbers<R>;
  static constexpr bool operators = numbers && ReadoutOperator<R>;
  static constexpr bool maps = operators && ReadoutMaps<R>;
  static constexpr bool readout = maps && Readout<R>;
  static constexpr bool no_feature = readout && requires {
    requires feature_count(B::circuit)
    == 0;
  };
  static constexpr bool no_gap = no_feature && requires { requires weights_have_no_gap(B::circuit.ops()); };
  static constexpr bool gates = no_gap && Block<B>;
  static constexpr bool width = gates && requires {
    requires std::remove_cvref_t<decltype(B::circuit)>::qubits == W::width;
  };
  static constexpr bool one_scale = width && requires { requires R::parameters <= 1; };
  static constexpr bool wide_enough = one_scale && requires { requires R::width <= W::width; };
  static constexpr int held = block + window + numbers + operators + maps + readout + no_feature + no_gap + gates +
                              width + one_scale + wide_enough;
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
      "qmtl: a task's window must be Window<first, width> or Qubits<...>: Task<name, block, window, readout>");
  static_assert(Rules::held != 2,
                "qmtl: a task's readout must have outputs, classes, width and parameters, as Binary or Classes<3>");
  static_assert(Rules::held != 3, "qmtl: a task's readout must have a Scale and eigenvalue(output, basis)");
  static_assert(Rules::held != 4, "qmtl: a task's readout must have logits(...) and backward(...)");
  static_assert(Rules::held != 5, "qmtl: a task's readout must have a describe()");
  static_assert(Rules::held != 6, "qmtl: a task's block must not use features, only encodings do");
  static_assert(Rules::held != 7, "qmtl: a task's block must use its weights without a gap");
  static_assert(Rules::held != 8, "qmtl: a task's block must be made of gates on its own qubits");
  static_assert(Rules::held != 9, "qmtl: a task's block must have as many qubits as the task's window");
  static_assert(Rules::held != 10, "qmtl: a readout must have at most one parameter, its scale");
  static_assert(Rules::held != 11,
                "qmtl: a task's window must have at least as many qubits as its readout reads: Classes<C> one a class");
};

}  // namespace detail

/// One task of a multi-task model: its block, the window that the block acts on, and its readout. Its parameters are
/// the block's weights, then the readout's trainable scale if any.
template <Name TaskName, class BlockType, class WindowT, class ReadoutType>
struct Task {
 private:
  // After an error compilers go on with other parts, so that it is the only one.
  using Parts = std::conditional_t<detail::TaskRules<BlockType, WindowT, ReadoutType>::passed,
                                   detail::TaskParts<BlockType, WindowT, ReadoutType>, detail::AnyTaskParts>;

 public:
  using Block = typename Parts::Block;
  using Window = typename Parts::Window;
  using Readout = typename Parts::Readout;

  static constexpr std::string_view name = TaskName.view();
  static constexpr int width = Window::width;
  static constexpr int outputs = Readout::outputs;
  static constexpr int classes = Readout::classes;
  static constexpr int weights = block_weights<Block>;
  static constexpr int parameters = weights + Readout::parameters;

  [[nodiscard]] static std::string describe() {
    std::string qubits;
    for (const int q : Window::indices) qubits += detail::text(qubits.empty() ? "" : ",", q);
    return detail::text(describe_block<Block>(), " on qubits ", qubits, "; ", Readout::describe());
  }

  static_assert(sizeof(detail::TaskCheck<BlockType, WindowT, ReadoutType>) > 0);
};

/// True for every Task<...>.
template <class T>
concept TaskType = requires {
  typename T::Block;
  typename T::Window;
  typename T::Readout;
  { T::name } -> std::convertible_to<std::string_view>;
  { T::outputs } -> std::convertible_to<int>;
  { T::parameters } -> std::convertible_to<int>;
};

}  // namespace qmtl::inline QMTL_ABI
