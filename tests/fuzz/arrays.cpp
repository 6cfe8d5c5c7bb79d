// SPDX-License-Identifier: Apache-2.0

#include "fuzz/arrays.hpp"

#include <array>
#include <limits>
#include <vector>

#include "io/zip_bytes.hpp"

namespace qmtl::fuzz {
namespace {

constexpr std::array<std::size_t, 8> huge_lengths = {100,
                                                     65536,
                                                     std::size_t{1} << 31,
                                                     std::size_t{1} << 32,
                                                     100'000'000'000,
                                                     std::size_t{1} << 62,
                                                     std::size_t{1} << 63,
                                                     std::numeric_limits<std::size_t>::max()};
constexpr unsigned small_lengths = 32;
constexpr unsigned dtypes = 7;

/// The value of a field at `at`, or 0 behind the end of the archive.
template <class T>
[[nodiscard]] T field(BytesView archive, std::size_t at) {
  T value{};
  if (at <= archive.size() && sizeof(T) <= archive.size() - at) std::memcpy(&value, archive.data() + at, sizeof(T));
  return value;
}

}  // namespace

std::optional<NpyArray> decide_array(Decisions& decisions) {
  constexpr std::size_t most_bytes = 2048;
  NpyArray array;
  const unsigned type = decisions.byte();
  if (type % 8 == dtypes) return std::nullopt;
  array.dtype = static_cast<DType>(type % 8);
  array.fortran_order = type >= 128;
  array.shape.resize(decisions.byte() % 6);
  const unsigned length = decisions.byte() % 8 + 1;
  if (array.dtype == DType::unicode) array.unicode_length = length;
  for (std::size_t& axis : array.shape) {
    const unsigned byte = decisions.byte();
    axis = byte < small_lengths ? byte : huge_lengths[byte % huge_lengths.size()];
  }
  const auto count = detail::element_count(array.shape);
  const std::size_t item = item_bytes(array.dtype, array.unicode_length);
  if (!count || *count > most_bytes / item) array.shape[0] = 0;
  array.data = decisions.bytes(*detail::element_count(array.shape) * item);
  return array;
}

Bytes decisions_of(const NpyArray& array) {
  Bytes out = {static_cast<std::byte>(static_cast<unsigned>(array.dtype) + (array.fortran_order ? 128 : 0)),
               static_cast<std::byte>(array.shape.size()),
               static_cast<std::byte>(array.unicode_length == 0 ? 0 : array.unicode_length - 1)};
  for (const std::size_t axis : array.shape) out.push_back(static_cast<std::byte>(axis));
  out.insert(out.end(), array.data.begin(), array.data.end());
  return out;
}

Bytes decide_archive(Decisions& decisions, std::span<const std::string_view> names) {
  std::vector<test::RawEntry> entries;
  for (const std::string_view name : names) {
    if (const auto array = decide_array(decisions)) {
      entries.push_back(test::stored(detail::text(name, ".npy"), std::string(as_text(encode_npy(*array)))));
    }
  }
  return joined({as_bytes(test::zip_of(entries))});
}

void repair_checksums(Bytes& archive) {
  constexpr std::size_t directory_header = 46, local_header = 30;
  constexpr std::string_view directory_magic("PK\x01\x02", 4);
  std::size_t at = as_text(archive).find(directory_magic);
  while (at != std::string_view::npos && at + directory_header <= archive.size()) {
    const std::size_t local = field<std::uint32_t>(archive, at + 42);
    const std::size_t size = field<std::uint32_t>(archive, at + 20);
    const std::size_t begin =
        local + local_header + field<std::uint16_t>(archive, local + 26) + field<std::uint16_t>(archive, local + 28);
    const bool is_stored = field<std::uint16_t>(archive, at + 10) == 0;
    if (is_stored && begin <= archive.size() && size <= archive.size() - begin) {
      const std::uint32_t crc = test::crc32_of(as_text(archive).substr(begin, size));
      std::memcpy(archive.data() + at + 16, &crc, sizeof crc);
      std::memcpy(archive.data() + local + 14, &crc, sizeof crc);
    }
    at = as_text(archive).find(directory_magic, at + directory_header);
  }
}

}  // namespace qmtl::fuzz
