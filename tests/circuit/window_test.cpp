// SPDX-License-Identifier: Apache-2.0
// Windows: which qubits they name, and in which order.

#include "qmtl/circuit/window.hpp"

#include "support/catch.hpp"

namespace window_test {

using namespace qmtl;

struct Even {
  static constexpr int width = 3;
  static constexpr std::array<int, 3> indices{0, 2, 4};
};
struct WrongWidth {
  static constexpr int width = 2;
  static constexpr std::array<int, 3> indices{0, 2, 4};
};
struct NoIndices {
  static constexpr int width = 2;
};

static_assert(WindowType<Window<0, 1>> && WindowType<Qubits<3, 1>> && WindowType<Even>);
static_assert(!WindowType<int> && !WindowType<NoIndices> && !WindowType<WrongWidth>);

static_assert(Window<2, 3>::width == 3 && Window<2, 3>::indices == std::array<int, 3>{2, 3, 4});
static_assert(Window<0, 1>::indices == std::array<int, 1>{0});
static_assert(Qubits<5, 0, 3>::width == 3 && Qubits<5, 0, 3>::indices == std::array<int, 3>{5, 0, 3});

static_assert(window_extent<Window<2, 3>> == 5 && window_extent<Window<0, 1>> == 1);
static_assert(window_extent<Qubits<5, 0, 3>> == 6 && window_extent<Qubits<0>> == 1 && window_extent<Even> == 5);

static_assert(detail::all_distinct(std::array<int, 3>{2, 0, 1}) && !detail::all_distinct(std::array<int, 3>{2, 0, 2}));

using Both = Windows<Window<2, 2>, Qubits<5, 0>>;
static_assert(Both::count == 2 && Both::width == 2 && Both::equal_widths && !WindowType<Both>);
static_assert(Both::indices == std::array<std::array<int, 2>, 2>{{{2, 3}, {5, 0}}});
static_assert(detail::is_windows<Both> && !detail::is_windows<Window<2, 2>> && detail::windows_extent<Both> == 6);
static_assert(!Windows<Window<0, 2>, Window<0, 3>>::equal_widths && Windows<Window<1, 3>>::count == 1);

TEST_CASE("a window of neighbours is the list of the same qubits") {
  CHECK(Window<3, 4>::indices == Qubits<3, 4, 5, 6>::indices);
  CHECK(window_extent<Window<3, 4>> == window_extent<Qubits<6, 3, 4, 5>>);
}

}  // namespace window_test
