#pragma once
// SPDX-License-Identifier: Apache-2.0
// A task: its name, its block, the window the block acts on, and the readout of its logits.

#include <algorithm>
#include <string>
#include <string_view>

#include "qmtl/circuit/window.hpp"
#include "qmtl/head/block.hpp"
#include "qmtl/measure/readout.hpp"

namespace qmtl {

/// A string literal as a template argument.
template <std::size_t Size>
struct Name {
  char characters[Size]{};
  constexpr Name(const char (&literal)[Size]) {  // NOLINT(google-explicit-constructor)
    std::copy_n(literal, Size, characters);
  }
  [[nodiscard]] constexpr std::string_view view() const noexcept { return {characters, Size - 1}; }
};

/// One task of a multi-task model. Its parameters are the block's weights, then the readout's trainable scale if any.
template <Name TaskName, Block BlockType, WindowType WindowT, Readout ReadoutType>
struct Task {
  using Block = BlockType;
  using Window = WindowT;
  using Readout = ReadoutType;

  static_assert(block_width<Block> == Window::width,
                "qmtl: a task's block must have as many qubits as the task's window");
  static_assert(Readout::parameters <= 1, "qmtl: a readout must have at most one parameter, its scale");
  static_assert(Readout::width <= Window::width,
                "qmtl: a task's window must have at least as many qubits as its readout reads");

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

}  // namespace qmtl
