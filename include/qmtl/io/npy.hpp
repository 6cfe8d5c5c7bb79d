#pragma once
// SPDX-License-Identifier: Apache-2.0
// The .npy format, versions 1.0 to 3.0 (numpy.lib.format): one array, read and written.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/atomic_file.hpp"
#include "qmtl/core/byte_stream.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/file_reader.hpp"
#include "qmtl/io/load_limits.hpp"
#include "qmtl/io/npy_array.hpp"
#include "qmtl/io/npy_header.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

inline constexpr std::string_view npy_magic = "\x93NUMPY";
inline constexpr std::size_t npy_prefix_bytes = 12;  // they tell how long the header is

[[noreturn]] inline void throw_no_npy(std::string_view content, std::string_view where) {
  const char* got = content.starts_with("\x80")     ? "what looks like a Python pickle, which qmtl never loads"
                    : content.starts_with("PK\x03") ? "a zip archive: open it with Npz::open"
                                                    : "other content";
  throw FileError(text("qmtl: ", where, ": not a .npy file, expected it to start with \\x93NUMPY, got ", got));
}

/// Where the header begins and ends.
struct NpyHeaderRange {
  std::size_t begin;
  std::size_t end;
};

/// From the first bytes of a file of `size` bytes: at least npy_prefix_bytes, or all where there are fewer.
[[nodiscard]] inline NpyHeaderRange npy_header_range(std::span<const std::byte> start, std::uint64_t size,
                                                     std::string_view where) {
  const std::string_view content = as_text(start);
  if (!content.starts_with(npy_magic)) throw_no_npy(content, where);
  const auto truncated = [&](std::uint64_t needed) {
    return FileError(text("qmtl: ", where, ": truncated, expected a header of ", needed, " bytes, got ", size));
  };
  if (start.size() < npy_prefix_bytes) throw truncated(npy_prefix_bytes);
  const auto major = std::to_integer<int>(start[6]);
  const auto minor = std::to_integer<int>(start[7]);
  if (major < 1 || major > 3 || minor != 0) {
    throw FileError(text("qmtl: ", where, ": .npy version, expected 1.0, 2.0 or 3.0, got ", major, '.', minor));
  }
  const std::size_t begin = major == 1 ? 10 : 12;
  const std::uint64_t length = major == 1 ? load_little_endian<std::uint16_t>(start.data() + 8)
                                          : load_little_endian<std::uint32_t>(start.data() + 8);
  if (length > size - begin) throw truncated(begin + length);
  return {begin, begin + static_cast<std::size_t>(length)};
}

/// The array that the header describes, without data; `start` holds the header at least. Throws FileError unless just
/// its data follow the header in the file of `size` bytes.
[[nodiscard]] inline NpyArray parse_npy_header(std::span<const std::byte> start, NpyHeaderRange header,
                                               std::uint64_t size, std::string_view where) {
  NpyArray array = NpyHeaderParser(as_text(start.subspan(header.begin, header.end - header.begin)), where).parse();
  const auto count = element_count(array.shape);
  const auto declared = count ? checked_product(*count, item_bytes(array.dtype, array.unicode_length)) : std::nullopt;
  const std::uint64_t present = size - header.end;
  if (!declared || *declared != present) {
    throw FileError(text("qmtl: ", where, ": the header declares shape ", shape_text(array.shape), " of ",
                         dtype_name(array.dtype, array.unicode_length), ", expected ",
                         declared ? text(*declared, " bytes") : std::string("more bytes than memory can address"),
                         " of data, got ", present));
  }
  return array;
}

}  // namespace detail

/// The array in the bytes of a .npy file: C or Fortran order; bool, u8, i32, i64, f32, f64 or unicode, little-endian
/// ('=' is read as little-endian too). `where` names the source in messages. Nothing is allocated before the declared
/// size has been found to be just the size of the data present.
/// Throws FileError: no .npy, other version, bad header, other dtype, size mismatch. Pickles are never loaded.
[[nodiscard]] inline NpyArray parse_npy(std::span<const std::byte> bytes, std::string_view where = "parse_npy") {
  const detail::NpyHeaderRange header = detail::npy_header_range(bytes, bytes.size(), where);
  NpyArray array = detail::parse_npy_header(bytes, header, bytes.size(), where);
  array.data.assign(bytes.begin() + static_cast<std::ptrdiff_t>(header.end), bytes.end());
  return array;
}

/// As above, reusing the memory of `bytes` for the data, so that a large file is held only once.
[[nodiscard]] inline NpyArray parse_npy(std::vector<std::byte>&& bytes, std::string_view where = "parse_npy") {
  const detail::NpyHeaderRange header = detail::npy_header_range(bytes, bytes.size(), where);
  NpyArray array = detail::parse_npy_header(bytes, header, bytes.size(), where);
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(header.end));
  array.data = std::move(bytes);
  return array;
}

/// The bytes of a .npy file of format version `version`.0 (1, 2 or 3; NumPy itself writes 1 where it can).
/// Throws ShapeError where data and shape disagree, ValueError for another version or more axes than NumPy has.
[[nodiscard]] inline std::vector<std::byte> encode_npy(const NpyArray& array, int version = 1) {
  (void)detail::checked_count(array, "encode_npy");
  if (version < 1 || version > 3)
    throw ValueError(detail::text("qmtl: encode_npy: version, expected 1, 2 or 3, got ", version));
  if (array.shape.size() > 64)
    throw ValueError(detail::text("qmtl: encode_npy: expected at most 64 axes, got ", array.shape.size()));

  constexpr std::size_t alignment = 64;  // of the data, as the format asks for
  const std::size_t prefix = version == 1 ? 10 : 12;
  std::string header = detail::npy_header(array);
  const std::size_t unpadded = prefix + header.size() + 1;
  header.append((alignment - unpadded % alignment) % alignment, ' ').push_back('\n');

  std::vector<std::byte> out(prefix + header.size() + array.data.size());
  std::ranges::transform(detail::npy_magic, out.begin(), [](char c) { return static_cast<std::byte>(c); });
  out[6] = static_cast<std::byte>(version);
  out[7] = std::byte{0};
  if (version == 1) {
    detail::store_little_endian(out.data() + 8, static_cast<std::uint16_t>(header.size()));
  } else {
    detail::store_little_endian(out.data() + 8, static_cast<std::uint32_t>(header.size()));
  }
  std::memcpy(out.data() + prefix, header.data(), header.size());
  std::ranges::copy(array.data, out.begin() + static_cast<std::ptrdiff_t>(prefix + header.size()));
  return out;
}

/// Reads the .npy file `path`; its data are not read before its header has been checked.
/// Throws FileError as parse_npy and read_file do, and for more than `limits` allow.
[[nodiscard]] inline NpyArray read_npy(const std::string& path, const LoadLimits& limits = {}) {
  detail::FileReader file(path, "read_npy");
  const auto header = detail::npy_header_range(file.first(detail::npy_prefix_bytes), file.size(), path);
  detail::LoadBudget(limits).take(file.size(), path);  // of which the header may be nearly all
  const std::size_t header_bytes = std::max(header.end, detail::npy_prefix_bytes);
  const NpyArray empty = detail::parse_npy_header(file.first(header_bytes), header, file.size(), path);
  detail::require_extents(empty.shape, limits, path);
  return parse_npy(detail::read_within(std::move(file), limits, path), path);
}

/// Writes the .npy file `path` atomically. Throws FileError, and ShapeError where data and shape disagree.
inline void write_npy(const std::string& path, const NpyArray& array) {
  write_file_atomically(path, encode_npy(array));
}

}  // namespace qmtl::inline QMTL_ABI
