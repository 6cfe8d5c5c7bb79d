// SPDX-License-Identifier: Apache-2.0
// parse_npy, to_matrix, to_strings, encode_npy. An input is a decision and a file, or a header that gets a right length
// and right data.

#include "qmtl/io/npy.hpp"

#include "fuzz/fuzz.hpp"

namespace qmtl::fuzz {
namespace {

constexpr std::size_t most_data = 4096;

[[nodiscard]] bool same(const NpyArray& a, const NpyArray& b) {
  return a.shape == b.shape && a.dtype == b.dtype && a.fortran_order == b.fortran_order && a.data == b.data &&
         a.unicode_length == b.unicode_length;
}

/// A file of the header and as many bytes of data as it declares, unless that is too much.
[[nodiscard]] Bytes framed(BytesView header, int version) {
  Bytes data;
  (void)accepts([&] {
    const NpyArray array = detail::NpyHeaderParser(as_text(header), "header").parse();
    const auto count = detail::element_count(array.shape);
    const auto size =
        count ? detail::checked_product(*count, item_bytes(array.dtype, array.unicode_length)) : std::nullopt;
    if (size && *size <= most_data) data.assign(*size, std::byte{0x41});
  });
  const std::byte numbers[] = {std::byte(version), std::byte{0}};
  const auto length = static_cast<std::uint32_t>(header.size());
  const auto length_bytes = std::as_bytes(std::span(&length, 1)).first(version == 1 ? 2 : 4);
  return joined({as_bytes(detail::npy_magic), numbers, length_bytes, header, data});
}

template <NpyNumber S>
void check_matrix(const NpyArray& array) {
  (void)accepts([&] {
    const auto matrix = to_matrix<S>(array);
    const auto rows = array.shape.empty() ? 1 : array.shape[0];
    require(matrix.rows() >= 0 && static_cast<std::size_t>(matrix.rows()) == rows, "a matrix has a row for each entry");
    require(static_cast<std::size_t>(matrix.size()) == *detail::element_count(array.shape), "no element is lost");
    const auto again = to_matrix<S>(to_npy(matrix));
    require(again.size() == 0 ||
                std::memcmp(again.data(), matrix.data(), sizeof(S) * static_cast<std::size_t>(again.size())) == 0,
            "a matrix is the same after a round trip");
  });
}

void check_strings(const NpyArray& array) {
  (void)accepts([&] {
    const auto strings = to_strings(array);
    require(strings.size() == *detail::element_count(array.shape), "no string is lost");
    require(to_strings(to_npy(strings)) == strings, "strings are the same after a round trip");
  });
}

void check_array(const NpyArray& array, unsigned decision) {
  require(detail::checked_count(array, "array") == *detail::element_count(array.shape), "data are of the shape");
  require(same(parse_npy(encode_npy(array, 1 + static_cast<int>(decision % 3))), array),
          "an array is the same after a round trip");
  switch (decision % 5) {
    case 0: return check_matrix<double>(array);
    case 1: return check_matrix<float>(array);
    case 2: return check_matrix<std::uint8_t>(array);
    case 3: return check_matrix<std::int32_t>(array);
    default: return check_matrix<std::int64_t>(array);
  }
}

}  // namespace

void check(BytesView input) {
  Decisions decisions(input);
  const unsigned decision = decisions.byte();
  BytesView file = decisions.rest();
  Bytes made;
  if (decision >= 128) file = made = framed(file, 1 + static_cast<int>(decision % 3));

  NpyArray array;
  const bool accepted = accepts([&] { array = parse_npy(file); });
  require(accepted == accepts([&] { require(same(parse_npy(Bytes(file.begin(), file.end())), array), "both agree"); }),
          "both overloads accept the same files");
  if (!accepted) return;
  check_array(array, decision);
  check_strings(array);
}

std::vector<Bytes> seeds() {
  const std::vector<float> reals = {0.0f, 1.5f, -2.0f, 1e30f, 1e-30f, 3.0f};
  const std::vector<std::int64_t> integers = {0, 1, -1, std::int64_t{1} << 60};
  const std::vector<std::string> strings = {"a", "caf\xc3\xa9", ""};
  const bool flags[] = {true, false};
  std::vector<NpyArray> arrays = {make_npy<float>(reals, {2, 3}), make_npy<std::int64_t>(integers, {4}),
                                  to_npy(std::span(strings)), make_npy<bool>(flags, {2, 1}),
                                  make_npy<float>({}, {0, 7})};
  arrays.push_back(arrays[0]);
  arrays.back().fortran_order = true;
  std::vector<Bytes> out;
  for (const NpyArray& array : arrays) {
    const auto decision = static_cast<std::byte>(out.size());
    out.push_back(joined({{&decision, 1}, encode_npy(array, 1 + static_cast<int>(out.size() % 3))}));
    const auto framing = decision | std::byte{128};
    out.push_back(joined({{&framing, 1}, as_bytes(detail::npy_header(array))}));
  }
  return out;
}

}  // namespace qmtl::fuzz
