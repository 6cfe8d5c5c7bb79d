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
#include "qmtl/core/error.hpp"
#include "qmtl/core/file_reader.hpp"
#include "qmtl/io/npy_array.hpp"
#include "qmtl/io/npy_header.hpp"

namespace qmtl {

/// The largest array that is read unless the caller says otherwise: 2 GiB.
inline constexpr std::size_t default_max_array_bytes = std::size_t{1} << 31;

namespace detail {

inline constexpr std::string_view npy_magic = "\x93NUMPY";

[[nodiscard]] inline std::string_view as_text(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

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

[[nodiscard]] inline NpyHeaderRange npy_header_range(std::span<const std::byte> bytes, std::string_view where) {
  const std::string_view content = as_text(bytes);
  if (!content.starts_with(npy_magic)) throw_no_npy(content, where);
  const auto truncated = [&](std::size_t needed) {
    return FileError(text("qmtl: ", where, ": truncated, expected a header of ", needed, " bytes, got ", bytes.size()));
  };
  if (bytes.size() < 12) throw truncated(12);
  const auto major = std::to_integer<int>(bytes[6]);
  const auto minor = std::to_integer<int>(bytes[7]);
  if (major < 1 || major > 3 || minor != 0) {
    throw FileError(text("qmtl: ", where, ": .npy version, expected 1.0, 2.0 or 3.0, got ", major, '.', minor));
  }
  const std::size_t begin = major == 1 ? 10 : 12;
  const std::size_t length = major == 1 ? load_little_endian<std::uint16_t>(bytes.data() + 8)
                                        : load_little_endian<std::uint32_t>(bytes.data() + 8);
  if (length > bytes.size() - begin) throw truncated(begin + length);
  return {begin, begin + length};
}

/// The array that the header describes, without data; throws FileError unless just its data follow the header.
[[nodiscard]] inline NpyArray parse_npy_header(std::span<const std::byte> bytes, NpyHeaderRange header,
                                               std::string_view where) {
  NpyArray array = NpyHeaderParser(as_text(bytes.subspan(header.begin, header.end - header.begin)), where).parse();
  const auto count = element_count(array.shape);
  const auto declared = count ? checked_product(*count, item_bytes(array.dtype, array.unicode_length)) : std::nullopt;
  const std::size_t present = bytes.size() - header.end;
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
  const detail::NpyHeaderRange header = detail::npy_header_range(bytes, where);
  NpyArray array = detail::parse_npy_header(bytes, header, where);
  array.data.assign(bytes.begin() + static_cast<std::ptrdiff_t>(header.end), bytes.end());
  return array;
}

/// As above, reusing the memory of `bytes` for the data, so that a large file is held only once.
[[nodiscard]] inline NpyArray parse_npy(std::vector<std::byte>&& bytes, std::string_view where = "parse_npy") {
  const detail::NpyHeaderRange header = detail::npy_header_range(bytes, where);
  NpyArray array = detail::parse_npy_header(bytes, header, where);
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

/// Reads the .npy file `path`; its size may be up to `max_bytes`, and a file that is no .npy is not read further than
/// its start. Throws FileError as parse_npy and read_file do.
[[nodiscard]] inline NpyArray read_npy(const std::string& path, std::size_t max_bytes = default_max_array_bytes) {
  detail::FileReader file(path, "read_npy");
  if (const auto start = detail::as_text(file.first(detail::npy_magic.size())); start != detail::npy_magic) {
    detail::throw_no_npy(start, path);
  }
  return parse_npy(std::move(file).all(max_bytes), path);
}

/// Writes the .npy file `path` atomically. Throws FileError, and ShapeError where data and shape disagree.
inline void write_npy(const std::string& path, const NpyArray& array) {
  write_file_atomically(path, encode_npy(array));
}

}  // namespace qmtl
