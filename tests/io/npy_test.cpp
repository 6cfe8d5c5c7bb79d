// SPDX-License-Identifier: Apache-2.0
// .npy files: known bytes from NumPy, round trips, and hostile files.

#include "qmtl/io/npy.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace npy_test {

using qmtl::DType;
using qmtl::encode_npy;
using qmtl::FileError;
using qmtl::NpyArray;
using qmtl::parse_npy;
using qmtl::ShapeError;
using qmtl::ValueError;
using qmtl::test::message_of;

std::span<const std::byte> bytes_of(std::string_view content) { return std::as_bytes(std::span(content)); }

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// A file of version 1.0 whose header is `dictionary` padded with spaces to `length` bytes, as NumPy writes it.
std::string npy_of(std::string_view dictionary, std::string_view data, std::size_t length = 118) {
  std::string header(dictionary);
  header.resize(length - 1, ' ');
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(length % 256) + static_cast<char>(length / 256) +
         header + '\n' + std::string(data);
}

std::string error_of(std::string_view file) {
  return message_of<FileError>([&] { (void)parse_npy(bytes_of(file), "x.npy"); });
}

/// The message for a file with this 'descr', quotes included.
std::string error_of_descr(const std::string& descr) {
  return error_of(npy_of("{'descr': " + descr + ", 'fortran_order': False, 'shape': (1,), }", "12345678"));
}

constexpr std::string_view two_by_three("\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5\0\0\0\6\0\0\0", 24);

/// The same array in Fortran order: an odometer over the indices, the first of which runs fastest.
NpyArray fortran_copy(const NpyArray& array, std::size_t item) {
  NpyArray out = array;
  out.fortran_order = true;
  std::vector<std::size_t> index(array.shape.size(), 0);
  for (std::size_t to = 0; to * item < array.data.size(); ++to) {
    std::size_t from = 0;
    for (std::size_t axis = 0; axis < index.size(); ++axis) from = from * array.shape[axis] + index[axis];
    for (std::size_t i = 0; i < item; ++i) out.data[to * item + i] = array.data[from * item + i];
    for (std::size_t axis = 0; axis < index.size() && ++index[axis] == array.shape[axis]; ++axis) index[axis] = 0;
  }
  return out;
}

template <class T>
std::vector<T> some_values(std::size_t count) {
  std::vector<T> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<T>(static_cast<T>(3 * i) - static_cast<T>(5)));
  return values;
}

TEST_CASE("files as numpy 1.24 writes them") {
  SECTION("version 1.0, C order") {
    const std::string file = npy_of("{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }", two_by_three);
    const NpyArray array = parse_npy(bytes_of(file));
    CHECK(array.shape == std::vector<std::size_t>{2, 3});
    CHECK(array.dtype == DType::i32);
    CHECK_FALSE(array.fortran_order);
    CHECK(qmtl::to_matrix<double>(array) == (Eigen::MatrixXd(2, 3) << 1, 2, 3, 4, 5, 6).finished());
    CHECK(text_of(encode_npy(array)) == file);
  }
  SECTION("version 2.0, Fortran order") {
    std::string header = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }";
    header.resize(115, ' ');
    const std::string file = std::string("\x93NUMPY\x02\x00t\x00\x00\x00", 12) + header + "\n\1\4\2\5\3\6";
    const NpyArray array = parse_npy(bytes_of(file));
    CHECK(array.fortran_order);
    CHECK(qmtl::to_matrix<float>(array) == (Eigen::MatrixXf(2, 3) << 1, 2, 3, 4, 5, 6).finished());
    CHECK(text_of(encode_npy(array, 2)) == file);
  }
  SECTION("version 3.0, one string of three characters") {
    std::string header = "{'descr': '<U3', 'fortran_order': False, 'shape': (), }";
    header.resize(115, ' ');
    const std::string file = std::string("\x93NUMPY\x03\x00t\x00\x00\x00", 12) + header +
                             std::string("\n\xe4\0\0\0\xa9\x03\0\0\0\xf6\x01\0", 13);
    const NpyArray array = parse_npy(bytes_of(file));
    CHECK(array.shape.empty());
    CHECK(qmtl::to_strings(array) == std::vector<std::string>{"\u00e4\u03a9\U0001f600"});
    CHECK(text_of(encode_npy(array, 3)) == file);
  }
}

TEMPLATE_TEST_CASE("any array survives the file and gives the same matrix in both orders", "", bool, std::uint8_t,
                   std::int32_t, std::int64_t, float, double) {
  using Shape = std::vector<std::size_t>;
  const auto shape = GENERATE(Shape{}, Shape{0}, Shape{1}, Shape{7}, Shape{0, 3}, Shape{3, 0}, Shape{4, 1}, Shape{2, 5},
                              Shape{2, 3, 4}, Shape{3, 1, 2, 2});
  const auto version = GENERATE(1, 2, 3);
  const std::size_t count = *qmtl::detail::element_count(shape);
  NpyArray c_order;
  if constexpr (std::same_as<TestType, bool>) {
    const bool values[] = {false, true, true, false, true, false, false, true, false, true, true, false,
                           true,  true, true, false, true, false, true,  true, false, true, true, false};
    c_order = qmtl::make_npy(std::span<const bool>(values, count), shape);
  } else {
    const auto values = some_values<TestType>(count);
    c_order = qmtl::make_npy(std::span<const TestType>(values), shape);
  }
  const NpyArray f_order = fortran_copy(c_order, qmtl::item_bytes(c_order.dtype));

  for (const NpyArray& array : {c_order, f_order}) {
    const std::vector<std::byte> file = encode_npy(array, version);
    CHECK((file.size() - array.data.size()) % 64 == 0);
    for (const NpyArray& read : {parse_npy(std::span<const std::byte>(file)), parse_npy(std::vector(file))}) {
      CHECK(read.shape == array.shape);
      CHECK(read.dtype == array.dtype);
      CHECK(read.fortran_order == array.fortran_order);
      CHECK(read.data == array.data);
    }
  }
  CHECK(qmtl::to_matrix<double>(c_order) == qmtl::to_matrix<double>(f_order));
}

TEST_CASE("text survives the file, in both orders") {
  const std::vector<std::string> names = {"sarcasm", "", "\u00e4\u03a9\u20ac\U0001f600", std::string("a\0b", 3)};
  NpyArray array = qmtl::to_npy(names);
  CHECK(array.unicode_length == 7);
  CHECK(qmtl::to_strings(parse_npy(encode_npy(array, GENERATE(1, 2, 3)))) == names);
  array.shape = {2, 2};
  CHECK(qmtl::to_strings(parse_npy(encode_npy(fortran_copy(array, 28)))) == names);
}

TEST_CASE("the header may be spelt in any way that Python reads") {
  const auto dictionary = GENERATE("{\"shape\": (2, 3), \"fortran_order\": False, \"descr\": \"<i4\"}",
                                   "{'descr':'<i4','fortran_order':False,'shape':(2,3,),}",
                                   " { 'descr' : '=i4' , 'fortran_order' : False , 'shape' : ( 2L , 3L ) , } ",
                                   "{'descr': 'i4', 'fortran_order': False, 'shape': (2,\n 3)}");
  const NpyArray array = parse_npy(bytes_of(npy_of(dictionary, two_by_three)));
  CHECK(array.shape == std::vector<std::size_t>{2, 3});
  CHECK(array.data.size() == 24);
}

TEST_CASE("byte order does not matter for single bytes") {
  for (const char* descr : {"|b1", "<b1", ">b1", "?", "|u1", ">u1"}) {
    const std::string dictionary = "{'descr': '" + std::string(descr) + "', 'fortran_order': False, 'shape': (1,), }";
    CHECK(qmtl::to_matrix<double>(parse_npy(bytes_of(npy_of(dictionary, "\1"))))(0, 0) == 1.0);
  }
}

TEST_CASE("a header that is not one says where and what was expected") {
  const auto [dictionary, expected] = GENERATE(table<const char*, const char*>(
      {{"", "expected '{'"},
       {"{'descr': '<i4'", "expected ',' or '}'"},
       {"{'descr': '<i4', 'fortran_order': False}", "expected the keys"},
       {"{'descr': '<i4', 'fortran_order': 0, 'shape': (2, 3)}", "expected True or False"},
       {"{'descr': '<i4', 'fortran_order': False, 'shape': 6}", "expected '('"},
       {"{'descr': '<i4', 'fortran_order': False, 'shape': (6)}", "expected ',' in the shape"},
       {"{'descr': '<i4', 'fortran_order': False, 'shape': (2 3)}", "expected ',' in the shape"},
       {"{'descr': '<i4', 'fortran_order': False, 'shape': (-2, -3)}", "expected the length of an axis"},
       {"{'descr': '<i4', 'fortran_order': False, 'shape': (2, 99999999999999999999)}", "expected the length"},
       {"{'descr': '<i4', 'descr': '<i4', 'fortran_order': False, 'shape': (2, 3)}", "expected each key once"},
       {"{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), 'x': 1}", "got 'x'"},
       {"{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3)} + f()", "expected nothing after the dictionary"},
       {"{'descr': '<i4, 'fortran_order': False, 'shape': (2, 3)}", "unsupported dtype"},
       {"{'descr: False}", "expected the end of a string"},
       {"[1, 2]", "expected '{'"}}));
  const std::string message = error_of(npy_of(dictionary, two_by_three));
  CHECK(contains(message, "qmtl: x.npy: "));
  CHECK(contains(message, expected));
}

TEST_CASE("more axes than NumPy has are refused") {
  std::string shape;
  for (int i = 0; i < 65; ++i) shape += "1,";
  const std::string file = npy_of("{'descr': '|u1', 'fortran_order': False, 'shape': (" + shape + ")}", "x", 246);
  CHECK(contains(error_of(file), "at most 64 axes"));
  CHECK_THROWS_AS(encode_npy(NpyArray{.shape = std::vector<std::size_t>(65, 1), .dtype = DType::u8, .data = {{}}}),
                  ValueError);
}

TEST_CASE("an unsupported dtype is named with its reason and what is supported") {
  const auto [descr, reason] =
      GENERATE(table<const char*, const char*>({{"'>f8'", "big-endian"},
                                                {"'>i4'", "big-endian"},
                                                {"'|O'", "Python objects (a pickle"},
                                                {"'<c16'", "complex"},
                                                {"'|V8'", "structured"},
                                                {"[('a', '<f4'), ('b', '<i4')]", "structured"},
                                                {"('<f4', (2,))", "structured"},
                                                {"'|S8'", "byte strings"},
                                                {"'<f2'", "expected one of"},
                                                {"'<i2'", "expected one of"},
                                                {"'<M8[ns]'", "expected one of"},
                                                {"''", "expected one of"},
                                                {"'<U0'", "impossible length"},
                                                {"'<U'", "impossible length"},
                                                {"'<U-1'", "impossible length"},
                                                {"'<U4611686018427387905'", "impossible length"}}));
  const std::string message = error_of_descr(descr);
  const std::string_view name(descr);
  CHECK(contains(message, "unsupported dtype '"));
  CHECK(contains(message, name[0] == '\'' ? name.substr(1, name.size() - 2) : name.substr(0, 8)));
  CHECK(contains(message, reason));
  CHECK(contains(message, "|b1, |u1, <i4, <i8, <f4, <f8, <U.."));
}

TEST_CASE("what is no .npy file is recognised") {
  CHECK(contains(error_of(""), "not a .npy file"));
  CHECK(contains(error_of("\x80\x04\x95 pickle"), "pickle"));
  CHECK(contains(error_of("PK\x03\x04 ..."), "zip archive"));
  CHECK(contains(error_of(std::string("\x93NUMPY\x04\x00v\x00....", 14)), "got 4.0"));
  CHECK(contains(error_of(std::string("\x93NUMPY\x01\x01v\x00....", 14)), "got 1.1"));
}

TEST_CASE("control characters of a file do not reach the message") {
  const std::string message = error_of_descr("'<f4\x1b[31m\n'");
  CHECK(contains(message, "'<f4?[31m?'"));
}

TEST_CASE("a file cut or extended at any byte is an error") {
  const auto version = GENERATE(1, 2, 3);
  const std::vector<float> values = {1.0f, 2.0f, 3.0f};
  const std::string file = text_of(encode_npy(qmtl::make_npy(std::span<const float>(values), {3}), version));
  for (std::size_t size = 0; size < file.size(); ++size) {
    const std::vector<std::byte> cut(bytes_of(file).begin(),
                                     bytes_of(file).begin() + static_cast<std::ptrdiff_t>(size));
    REQUIRE_THROWS_AS(parse_npy(std::span<const std::byte>(cut)), FileError);
  }
  CHECK(contains(error_of(file + "x"), "expected 12 bytes of data, got 13"));
}

TEST_CASE("a file with any one byte changed is parsed or is an error") {
  const std::vector<std::string> names = {"a", "b"};
  const std::vector<std::byte> file = encode_npy(qmtl::to_npy(names), GENERATE(1, 3));
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::vector<std::byte> changed = file;
      changed[at] = static_cast<std::byte>(value);
      try {
        const NpyArray array = parse_npy(std::move(changed));
        CHECK(array.data.size() == 8);
        (void)qmtl::to_strings(array);
      } catch (const qmtl::Error&) {
      }
    }
  }
}

TEST_CASE("a declared shape that no memory can hold is refused before anything is allocated") {
  const auto shape = GENERATE("(1000000000000000,)", "(4294967296, 4294967296)", "(2305843009213693952, 8)",
                              "(18446744073709551615,)", "(4294967297, 4294967297, 1)");
  const std::string message =
      error_of(npy_of("{'descr': '<f8', 'fortran_order': False, 'shape': " + std::string(shape) + ", }", "12345678"));
  CHECK(contains(message, "got 8"));
}

TEST_CASE("a header length beyond the file is refused") {
  const std::string file = std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12) + "{'descr': '<f8'";
  CHECK(contains(error_of(file), "expected a header of 4294967307 bytes"));
}

TEST_CASE("an axis of length 0 makes any other length harmless") {
  const std::string dictionary = "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296), }";
  const NpyArray array = parse_npy(bytes_of(npy_of(dictionary, "")));
  CHECK(array.data.empty());
  CHECK_THROWS_AS(qmtl::to_matrix<double>(array), ShapeError);  // 2^64 columns
}

TEST_CASE("files are read within their limit and errors name them") {
  const qmtl::test::TempDir dir;
  const std::vector<double> values = {0.5, -2.0};
  qmtl::write_npy(dir / "a.npy", qmtl::make_npy(std::span<const double>(values), {2}));
  CHECK(qmtl::to_matrix<double>(qmtl::read_npy(dir / "a.npy")) == Eigen::Vector2d(0.5, -2.0));
  const auto refused = [&](const qmtl::LoadLimits& limits) {
    return message_of<FileError>([&] { (void)qmtl::read_npy(dir / "a.npy", limits); });
  };
  CHECK(contains(refused({.bytes = 100}),
                 "a.npy: too large when loaded, expected at most 100 bytes in all (LoadLimits::bytes), got 144"));
  CHECK(contains(refused({.rows = 1}), "a.npy: too many rows, expected at most 1 (LoadLimits::rows), got 2"));
  const std::string bad = dir.write("bad.npy", "text");
  CHECK(contains(message_of<FileError>([&] { (void)qmtl::read_npy(bad); }), bad));
  std::filesystem::resize_file(bad, std::uintmax_t{1} << 36);
  CHECK(contains(message_of<FileError>([&] { (void)qmtl::read_npy(bad); }), "not a .npy file"));
  const std::string long_header = std::string("\x93NUMPY\x02\x00\xe8\x03\x00\x00", 12) + std::string(1000, ' ');
  dir.write("a.npy", long_header);
  CHECK(contains(refused({.bytes = 1000}), "a.npy: too large when loaded, expected at most 1000 bytes"));
}

TEST_CASE("only the versions that exist are written") {
  CHECK_THROWS_AS(encode_npy(NpyArray{.shape = {0}, .data = {}}, 0), ValueError);
  CHECK_THROWS_AS(encode_npy(NpyArray{.shape = {0}, .data = {}}, 4), ValueError);
}

}  // namespace npy_test
