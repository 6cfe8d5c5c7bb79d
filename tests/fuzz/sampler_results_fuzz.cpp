// SPDX-License-Identifier: Apache-2.0
// read_sampler_results, of a circuit with two registers; and bit arrays whose base64 and zlib are made right. An input
// that begins with a byte of 1 is the content of an array, others are the JSON.

#include "fuzz/fuzz.hpp"
#include "qmtl/hardware/job_estimates.hpp"
#include "qmtl/provider/sampler_results.hpp"

namespace qmtl::fuzz {
namespace {

constexpr LoadLimits limits = {.bytes = 1 << 22};

[[nodiscard]] std::vector<Program> circuits() {
  Program one(3), other(3);
  one.add_register("r0", 2);
  one.add_register("r1", 9);
  other.add_register("r2", 64);
  return {one, other};
}

[[nodiscard]] std::string typed(BytesView array) {
  const std::string packed = qmtl::detail::encode_base64(qmtl::detail::deflate(array));
  return R"({"__type__":"PrimitiveResult","__value__":{"pub_results":[{"data":{"__type__":"DataBin","__value__":{"fields":)"
         R"({"r0":{"samples":["0x1"]},"r1":{"__type__":"BitArray","__value__":{"array":{"__type__":"ndarray","__value__":")" +
         packed + R"("},"num_bits":9}}}}}}]}})";
}

}  // namespace

void check(BytesView input) {
  const auto programs = circuits();
  const bool array = !input.empty() && input.front() == std::byte{1};
  const std::string json = array ? typed(input.subspan(1)) : std::string(as_text(input));
  std::vector<CircuitResult> results;
  if (!accepts([&] { results = read_sampler_results(json, programs, limits); })) return;
  require(results.size() == programs.size(), "there is a result for each circuit");
  for (std::size_t c = 0; c < results.size(); ++c) {
    if (!results[c].complete()) continue;
    const auto registers = programs[c].registers();
    require(results[c].registers.size() == registers.size(), "there are counts of each register");
    for (std::size_t r = 0; r < registers.size(); ++r) {
      for (const auto& [value, count] : results[c].registers[r]) {
        require(registers[r].bits == 64 || value >> registers[r].bits == 0, "a value has the register's bits");
        require(count >= 0, "counts are not negative");
      }
    }
  }
}

std::vector<Bytes> seeds() {
  const auto bytes = [](std::string_view text) { return joined({as_bytes(text)}); };
  const std::byte one[] = {std::byte{1}};
  const auto array = make_npy<std::uint8_t>(std::vector<std::uint8_t>{1, 3, 0, 255}, {2, 2});
  return {bytes(R"({"results":[{"data":{"r0":{"samples":["0x3","01"],"num_bits":2},"r1":{"counts":{"0x1ff":2}}}},)"
                R"({"data":{"r2":{"counts":{"0xffffffffffffffff":1}}}}]})"),
          bytes(R"({"results":[{"error":"no"}]})"), bytes(typed(encode_npy(array))), joined({one, encode_npy(array)})};
}

}  // namespace qmtl::fuzz
