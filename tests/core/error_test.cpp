// SPDX-License-Identifier: Apache-2.0
// Exceptions: one base class, and messages made of text, integers and reals.

#include "qmtl/core/error.hpp"

#include <cstdint>
#include <string>
#include <type_traits>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace error_test {

using namespace qmtl;
using detail::text;

template <class E>
constexpr bool is_our_exception = std::is_base_of_v<Error, E> && !std::is_convertible_v<std::string, E>;

static_assert(std::is_base_of_v<std::runtime_error, Error>);
static_assert(is_our_exception<ShapeError> && is_our_exception<ValueError> && is_our_exception<FileError>);
static_assert(is_our_exception<CircuitError> && is_our_exception<NumericalError>);

TEST_CASE("text joins its arguments") {
  CHECK(text() == "");
  CHECK(text("a", std::string("b"), std::string_view("c"), 'd') == "abcd");
  CHECK(text(-3, ' ', 7u, ' ', std::uint64_t{18446744073709551615u}) == "-3 7 18446744073709551615");
  CHECK(text(true, false) == "truefalse");
}

TEST_CASE("text writes reals with nine significant digits") {
  CHECK(text(0.5) == "0.5");
  CHECK(text(0.5f) == "0.5");
  CHECK(text(-1e300) == "-1e+300");
  CHECK(text(1.0 / 3.0) == "0.333333333");
  CHECK(text(12345678.9) == "12345678.9");
}

TEST_CASE("require_size accepts equal sizes of any integer types and names both otherwise") {
  detail::require_size("rows", std::size_t{3}, 3);
  CHECK(test::message_of<ShapeError>([] { detail::require_size("batch: rows", 4, 3u); }) ==
        "qmtl: batch: rows must be 3, got 4");
  CHECK(test::message_of<ShapeError>([] { detail::require_size("batch: rows", -1, 3); }) ==
        "qmtl: batch: rows must be 3, got -1");
}

TEST_CASE("every exception is caught as Error and keeps its message") {
  const auto caught = [](const auto& error) {
    try {
      throw error;
    } catch (const Error& base) {
      return std::string(base.what());
    }
  };
  CHECK(caught(ShapeError("shape")) == "shape");
  CHECK(caught(ValueError("value")) == "value");
  CHECK(caught(FileError("file")) == "file");
  CHECK(caught(CircuitError("circuit")) == "circuit");
  CHECK(caught(NumericalError("numbers")) == "numbers");
}

}  // namespace error_test
