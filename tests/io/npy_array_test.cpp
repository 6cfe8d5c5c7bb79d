// SPDX-License-Identifier: Apache-2.0
// Conversions between NumPy arrays and matrices, numbers and strings: exact, or an error.

#include "qmtl/io/npy_array.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace npy_array_test {

using qmtl::DType;
using qmtl::NpyArray;
using qmtl::ShapeError;
using qmtl::to_matrix;
using qmtl::ValueError;
using qmtl::test::message_of;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

template <class T>
NpyArray one(T value) {
  return qmtl::make_npy(std::span<const T>(&value, 1), {1});
}

/// Whether a one-element array of `value` converts to S, and then to `value` again in long double.
template <class S, class T>
bool keeps(T value) {
  try {
    const long double out = to_matrix<S>(one(value))(0, 0);
    CHECK(out == static_cast<long double>(value));
    return true;
  } catch (const ValueError&) {
    return false;
  }
}

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST_CASE("a number that is no dtype is an error") { CHECK_THROWS_AS(dtype_name(static_cast<DType>(99)), ValueError); }

TEST_CASE("rows are the first axis, columns the others flattened in C order") {
  std::vector<std::int32_t> values(24);
  for (std::size_t i = 0; i < 24; ++i) values[i] = static_cast<std::int32_t>(i);
  const auto matrix = to_matrix<double>(qmtl::make_npy(std::span<const std::int32_t>(values), {2, 3, 4}));
  REQUIRE(matrix.rows() == 2);
  REQUIRE(matrix.cols() == 12);
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 3; ++j) {
      for (int k = 0; k < 4; ++k) CHECK(matrix(i, 4 * j + k) == 12 * i + 4 * j + k);
    }
  }
}

TEST_CASE("a Fortran-ordered image stack flattens as a C-ordered one") {
  std::vector<std::int32_t> values;  // element (i, j, k) is 100 i + 10 j + k, the first index fastest
  for (int k = 0; k < 4; ++k) {
    for (int j = 0; j < 3; ++j) {
      for (int i = 0; i < 2; ++i) values.push_back(100 * i + 10 * j + k);
    }
  }
  NpyArray array = qmtl::make_npy(std::span<const std::int32_t>(values), {2, 3, 4});
  array.fortran_order = true;
  const auto matrix = to_matrix<std::int32_t>(array);
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 3; ++j) {
      for (int k = 0; k < 4; ++k) CHECK(matrix(i, 4 * j + k) == 100 * i + 10 * j + k);
    }
  }
}

TEST_CASE("a vector is one column and a scalar one element") {
  const std::vector<float> values = {1.5f, 2.5f, 3.5f};
  CHECK(to_matrix<float>(qmtl::make_npy(std::span<const float>(values), {3})) == Eigen::Vector3f(1.5f, 2.5f, 3.5f));
  const auto scalar = to_matrix<double>(qmtl::make_npy(std::span<const float>(values).first(1), {}));
  CHECK(scalar.size() == 1);
  CHECK(scalar(0, 0) == 1.5);
}

TEST_CASE("empty arrays keep their rows and columns") {
  const std::span<const double> none;
  CHECK(to_matrix<double>(qmtl::make_npy(none, {0, 5})).cols() == 5);
  CHECK(to_matrix<double>(qmtl::make_npy(none, {5, 0})).rows() == 5);
  CHECK(to_matrix<double>(qmtl::make_npy(none, {0})).cols() == 1);
}

TEST_CASE("any number of rows without columns is an array at once") {
  const Eigen::MatrixXd tall(Eigen::Index{1} << 60, 0), wide(0, Eigen::Index{1} << 60);
  CHECK(qmtl::to_npy(tall).shape == std::vector<std::size_t>{std::size_t{1} << 60, 0});
  CHECK(qmtl::to_npy(wide).shape == std::vector<std::size_t>{0, std::size_t{1} << 60});
}

TEST_CASE("a matrix survives the array, whatever expression it comes from") {
  const Eigen::MatrixXd matrix = (Eigen::MatrixXd(2, 3) << 1, 2, 3, 4, 5, 6).finished();
  CHECK(to_matrix<double>(qmtl::to_npy(matrix)) == matrix);
  CHECK(to_matrix<double>(qmtl::to_npy(matrix.transpose())) == matrix.transpose());
  CHECK(to_matrix<double>(qmtl::to_npy(matrix.rightCols(2))) == matrix.rightCols(2));
  CHECK(to_matrix<float>(qmtl::to_npy(2.0f * matrix.cast<float>())) == 2.0f * matrix.cast<float>());
  CHECK(to_matrix<std::int64_t>(qmtl::to_npy(matrix.array().cast<std::int64_t>())) == matrix.cast<std::int64_t>());
}

TEST_CASE("booleans are 0 and 1, whatever byte stands for true") {
  NpyArray array{.shape = {3}, .dtype = DType::boolean, .data = {std::byte{0}, std::byte{1}, std::byte{0xff}}};
  CHECK(to_matrix<double>(array) == Eigen::Vector3d(0, 1, 1));
}

TEST_CASE("integers become reals exactly or not at all") {
  constexpr std::int64_t two53 = std::int64_t{1} << 53;
  constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t value : {std::int64_t{0}, two53, -two53, two53 + 2, two53 - 1, lowest, highest / 2 + 1}) {
    CHECK(keeps<double>(value));
  }
  for (const std::int64_t value : {two53 + 1, -two53 - 1, highest, lowest + 1}) CHECK_FALSE(keeps<double>(value));

  for (const std::int32_t value : {1 << 24, -(1 << 24), (1 << 24) + 2, std::numeric_limits<std::int32_t>::min()}) {
    CHECK(keeps<float>(value));
  }
  for (const std::int32_t value : {(1 << 24) + 1, std::numeric_limits<std::int32_t>::max()}) {
    CHECK_FALSE(keeps<float>(value));
  }
  CHECK(keeps<float>(lowest));
  CHECK(keeps<double>(std::numeric_limits<std::int32_t>::max()));
}

TEST_CASE("integers become narrower integers where they fit") {
  CHECK(keeps<std::int32_t>(std::int64_t{-1}));
  CHECK(keeps<std::int32_t>(std::int64_t{2147483647}));
  CHECK_FALSE(keeps<std::int32_t>(std::int64_t{2147483648}));
  CHECK_FALSE(keeps<std::int32_t>(std::int64_t{-2147483649}));
  CHECK(keeps<std::uint8_t>(std::int32_t{255}));
  CHECK_FALSE(keeps<std::uint8_t>(std::int32_t{256}));
  CHECK_FALSE(keeps<std::uint8_t>(std::int32_t{-1}));
  CHECK(keeps<std::int64_t>(std::uint8_t{200}));
}

TEST_CASE("reals become integers where they are whole and in range") {
  CHECK(keeps<std::int32_t>(-1.0));
  CHECK(keeps<std::int32_t>(2147483647.0));
  CHECK(keeps<std::int32_t>(-2147483648.0));
  CHECK(keeps<std::int64_t>(-9223372036854775808.0));
  for (const double value : {0.5, 2147483648.0, -2147483649.0, infinity, -infinity, std::nan("")}) {
    CHECK_FALSE(keeps<std::int32_t>(value));
  }
  CHECK_FALSE(keeps<std::int64_t>(9223372036854775808.0));
  CHECK_FALSE(keeps<std::int64_t>(9223372036854775808.0f));
  CHECK_FALSE(keeps<std::uint8_t>(-1.0f));
  CHECK(keeps<std::uint8_t>(255.0f));
}

TEST_CASE("reals may round but not overflow") {
  CHECK(to_matrix<float>(one(0.1))(0, 0) == 0.1f);
  CHECK(to_matrix<float>(one(1e-60))(0, 0) == 0.0f);
  CHECK_THROWS_AS(to_matrix<float>(one(1e60)), ValueError);
  CHECK(to_matrix<float>(one(-infinity))(0, 0) == -std::numeric_limits<float>::infinity());
  CHECK(std::isnan(to_matrix<float>(one(std::nan("")))(0, 0)));
}

TEST_CASE("a number that cannot be converted is named with its place") {
  const std::vector<double> values = {1, 2, 3, 4, 5, 6.5};
  const std::string message = message_of<ValueError>([&] {
    (void)to_matrix<std::int32_t>(qmtl::make_npy(std::span<const double>(values), {2, 3}));
  });
  CHECK(message == "qmtl: to_matrix: row 1, column 2: expected a value that <i4 can hold, got 6.5 (<f8)");
}

TEST_CASE("text is no number and numbers are no text") {
  const std::vector<std::string> names = {"a", "bc"};
  CHECK(contains(message_of<ValueError>([&] { (void)to_matrix<double>(qmtl::to_npy(names)); }), "text (<U2)"));
  CHECK(contains(message_of<ValueError>([] { (void)qmtl::to_strings(one(1.0)); }), "got <f8"));
}

TEST_CASE("data that do not fit the shape are refused") {
  NpyArray array{.shape = {2, 2}, .dtype = DType::f32, .data = std::vector<std::byte>(15)};
  CHECK(contains(message_of<ShapeError>([&] { (void)to_matrix<float>(array); }),
                 "<f4 array of shape (2, 2), expected 16 bytes of data, got 15 bytes"));
  array = {.shape = {3}, .dtype = DType::unicode, .data = {}, .unicode_length = 0};
  CHECK_THROWS_AS(qmtl::to_strings(array), ShapeError);
  const std::vector<double> values = {1.0, 2.0};
  CHECK_THROWS_AS(qmtl::make_npy(std::span<const double>(values), {3}), ShapeError);
}

TEST_CASE("what is no Unicode is refused, in both directions") {
  const std::vector<std::string> bad = {
      "\x80", "\xc0\x80", "\xe4", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xe2\x82", "\xe2(\xa1"};
  for (const std::string& string : bad) {
    INFO(string);
    CHECK_THROWS_AS(qmtl::to_npy(std::span(&string, 1)), ValueError);
  }
  const std::string zero("a\0", 2);
  CHECK_THROWS_AS(qmtl::to_npy(std::span(&zero, 1)), ValueError);

  const std::vector<std::string> names = {"a"};
  for (const std::uint32_t character : {0xd800u, 0xdfffu, 0x110000u, 0xffffffffu}) {
    NpyArray array = qmtl::to_npy(names);
    qmtl::detail::store_little_endian(array.data.data(), character);
    CHECK_THROWS_AS(qmtl::to_strings(array), ValueError);
  }
}

TEST_CASE("every Unicode character survives UTF-8") {
  for (char32_t c = 1; c <= 0x10ffff; ++c) {
    if (!qmtl::detail::is_unicode(c)) continue;
    std::string utf8;
    qmtl::detail::append_utf8(utf8, c);
    const auto back = qmtl::detail::decode_utf8(utf8);
    if (!back || *back != std::u32string(1, c)) FAIL("U+" << static_cast<std::uint32_t>(c));
  }
}

}  // namespace npy_array_test
