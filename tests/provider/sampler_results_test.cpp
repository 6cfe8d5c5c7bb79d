// SPDX-License-Identifier: Apache-2.0
// Results of samplers in each of their forms, and those that are broken, item by item.

#include "qmtl/provider/sampler_results.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace sampler_results_test {

using namespace qmtl;

/// A circuit with these registers; what it does, no result tells.
Program with_registers(std::vector<std::pair<std::string, int>> registers) {
  Program out(4);
  for (const auto& [name, bits] : registers) out.add_register(name, bits);
  return out;
}

const std::vector<Program> two_circuits{with_registers({{"r0", 2}}), with_registers({{"r1", 2}, {"r2", 9}})};

std::string packed(const NpyArray& array) { return detail::encode_base64(detail::deflate(encode_npy(array))); }

std::string text_of(const std::vector<std::uint8_t>& bytes, std::vector<std::size_t> shape) {
  return packed(make_npy<std::uint8_t>(bytes, shape));
}

/// A register of 9 bits as the typed form has it.
std::string typed(const std::string& array) {
  return R"({"__type__":"PrimitiveResult","__value__":{"pub_results":[{"__type__":"SamplerPubResult","__value__":{"data":)"
         R"({"__type__":"DataBin","__value__":{"field_names":["r0"],"shape":[],"fields":{"r0":{"__type__":"BitArray",)"
         R"("__value__":{"array":{"__type__":"ndarray","__value__":")" +
         array + R"("},"num_bits":9}}}}},"metadata":{}}}],"metadata":{"version":2}}})";
}

CircuitResult read_one(const std::string& json, int bits) {
  const std::vector<Program> circuits{with_registers({{"r0", bits}})};
  return read_sampler_results(json, circuits).front();
}

TEST_CASE("samples and counts become counts, in hexadecimal or as bits", "[provider]") {
  const auto results = read_sampler_results(
      R"({"results":[{"data":{"r0":{"samples":["0x3","0x0","0x3","10"],"num_bits":2}},"metadata":{}},
          {"data":{"r2":{"counts":{"0x1ff":3,"0 0000 0011":2,"0b11":1},"num_bits":9},"r1":{"counts":{"01":6}}}}],
          "metadata":{"version":2}})",
      two_circuits);
  CHECK(results[0].registers == std::vector<RegisterCounts>{{{0, 1}, {2, 1}, {3, 2}}});
  CHECK(results[1].registers == std::vector<RegisterCounts>{{{1, 6}}, {{3, 3}, {511, 3}}});
  CHECK(results[0].complete());
}

TEST_CASE("bit arrays in typed JSON have their highest bits first", "[provider]") {
  // {1, 3}, {0, 255}, {2, 0}, {1, 3} as NumPy and zlib of Python pack them
  const std::string by_python =
      "eJyb7BfqGxDJyFDGUK2eklqcXKRupaBeU2qorqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RomOgpGmjoK"
      "tQpkAy5GZob/TAyMzABZbhzC";
  CHECK(read_one(typed(by_python), 9).failure.find("outcomes of 9 bits, got 512") != std::string::npos);
  auto json = typed(by_python);
  json.replace(json.find("\"num_bits\":9"), 12, "\"num_bits\":10");
  CHECK(read_one(json, 10).registers == std::vector<RegisterCounts>{{{255, 1}, {259, 2}, {512, 1}}});
  const auto own = text_of({1, 3, 0, 255}, {2, 2});
  CHECK(read_one(typed(own), 9).registers == std::vector<RegisterCounts>{{{255, 1}, {259, 1}}});
  CHECK(read_one(typed(text_of({1, 3, 0, 255}, {1, 2, 2})), 9).registers ==
        std::vector<RegisterCounts>{{{255, 1}, {259, 1}}});
  NpyArray columns = make_npy<std::uint8_t>(std::vector<std::uint8_t>{1, 0, 3, 255}, {2, 2});
  columns.fortran_order = true;
  CHECK(read_one(typed(packed(columns)), 9).registers == std::vector<RegisterCounts>{{{255, 1}, {259, 1}}});
}

TEST_CASE("items in another order are told by their registers", "[provider]") {
  const auto results = read_sampler_results(
      R"({"results":[{"data":{"r1":{"samples":["1"]},"r2":{"samples":["1"]}}},{"data":{"r0":{"samples":["11"]}}}]})",
      two_circuits);
  CHECK(results[0].registers == std::vector<RegisterCounts>{{{3, 1}}});
  CHECK(results[1].registers == std::vector<RegisterCounts>{{{1, 1}}, {{1, 1}}});
  const std::vector<Program> alike{with_registers({{"c", 1}}), with_registers({{"c", 1}})};
  const auto one_failed =
      read_sampler_results(R"({"results":[{"error":"overheated"},{"data":{"c":{"samples":["1"]}}}]})", alike);
  CHECK(one_failed[0].failure == "'overheated'");
  CHECK(one_failed[1].complete());
}

TEST_CASE("an item that is broken is a failed result among whole ones", "[provider]") {
  const auto failure = [](const std::string& of_first) {
    const auto results = read_sampler_results(
        R"({"results":[)" + of_first + R"(,{"data":{"r1":{"samples":["1"]},"r2":{"samples":["1"]}}}]})", two_circuits);
    CHECK(results[1].complete());
    return results[0].failure;
  };
  const std::string item = "qmtl: sampler results, item 0", field = item + ", register 'r0': ";
  CHECK(failure("7") == item + ": expected an object, got 7");
  CHECK(failure("{}") == item + ": field 'data': expected it, got none");
  CHECK(failure(R"({"data":{}})") == field + "expected it, got none");
  CHECK(failure(R"({"data":{"r0":{}}})") == field + "expected 'samples', 'counts' or 'array', got an object");
  CHECK(failure(R"({"data":{"r0":{"num_bits":3,"samples":[]}}})") ==
        field + "field 'num_bits': expected 2, the circuit's bits, got 3");
  CHECK(failure(R"({"data":{"r0":{"samples":["0x4"]}}})") == field + "expected an outcome of 2 bits, got '0x4'");
  for (const auto* bad : {"", "0x", "2", "0xg", "-1", "0x10000000000000000", " "}) {
    CHECK(!failure(R"({"data":{"r0":{"samples":[")" + std::string(bad) + R"("]}}})").empty());
  }
  for (const auto* bad : {"-1", "0.5", "\"3\"", "9007199254740993", "null"}) {
    CHECK(!failure(R"({"data":{"r0":{"counts":{"1":)" + std::string(bad) + "}}}}").empty());
  }
  CHECK(failure(R"({"data":{"r0":{"samples":[3]}}})") == field + "field 'samples[0]': expected a text, got 3");
  CHECK(failure(R"({"error":{"code":7}})") == "the service reports an error");
}

TEST_CASE("arrays that lie about themselves are refused", "[provider]") {
  const auto failure = [](const std::string& array) { return read_one(typed(array), 9).failure; };
  CHECK(failure("???").ends_with("expected base64"));
  CHECK(failure("AAAA").ends_with("expected whole zlib data"));
  const auto whole = text_of({1, 3}, {1, 2});
  CHECK(failure(whole.substr(0, 40)).ends_with("expected whole zlib data"));
  auto bytes = detail::decode_base64(whole, "test");
  bytes.push_back(std::byte{0});
  CHECK(failure(detail::encode_base64(bytes)).ends_with("expected nothing behind the zlib data"));
  CHECK(!failure(text_of({1, 3, 2}, {1, 3})).empty());
  CHECK(!failure(text_of({1, 3}, {2})).empty());
  CHECK(!failure(packed(make_npy<std::int32_t>(std::vector<std::int32_t>{1, 3}, {1, 2}))).empty());
  const std::vector<std::byte> bomb(std::size_t{8} << 20);
  const std::string small = detail::encode_base64(detail::deflate(bomb));
  CHECK(small.size() < 20000);
  const std::vector<Program> circuits{with_registers({{"r0", 9}})};
  const LoadLimits strict{.ratio = 50.0, .ratio_free_bytes = 1000};
  const auto result = read_sampler_results(typed(small), circuits, strict).front();
  CHECK(result.failure.find("zlib data, expected at most") != std::string::npos);
}

TEST_CASE("what is no results at all is an error of its own", "[provider]") {
  const auto read = [](std::string_view json) { (void)read_sampler_results(json, two_circuits); };
  CHECK(test::message_of<FileError>([&] { read("{}"); }) ==
        "qmtl: sampler results: field 'results': expected it, got none");
  CHECK_THROWS_AS(read(""), FileError);
  CHECK_THROWS_AS(read(R"({"results":[{"data":{"r0":{"samples":["0x3")"), FileError);  // cut off
  CHECK_THROWS_AS(read(R"({"results":[{},{},{}]})"), FileError);
  CHECK_THROWS_AS(read(R"({"results":7})"), FileError);
  CHECK_THROWS_AS(read_sampler_results(R"({"results":[]})", two_circuits, {.bytes = 10}), FileError);
  const auto missing = read_sampler_results(R"({"results":[]})", two_circuits);
  CHECK(missing[1].failure == "sampler results, item 1: expected it, got none");
}

TEST_CASE("base64 is read as it is written, for every length", "[provider]") {
  std::vector<std::byte> bytes;
  for (int n = 0; n < 70; ++n) {
    CHECK(detail::decode_base64(detail::encode_base64(bytes), "test") == bytes);
    bytes.push_back(static_cast<std::byte>(37 * n + 11));
  }
  const auto man = std::as_bytes(std::span("Man is", 6));  // RFC 4648's alphabet
  CHECK(detail::encode_base64(man) == "TWFuIGlz");
  CHECK(detail::encode_base64(man.first(4)) == "TWFuIA==");
  for (const auto* bad : {"A", "AB", "ABC", "AB=C", "A===", "AB\n="}) {
    CHECK_THROWS_AS(detail::decode_base64(bad, "test"), FileError);
  }
}

}  // namespace sampler_results_test
