#pragma once
// SPDX-License-Identifier: Apache-2.0
// Zip archives made byte by byte (APPNOTE 6.3), so that a test can lie in every field, and DEFLATE streams (RFC 1951).

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qmtl::test {

/// One entry. What `raw` holds goes into the file as it is; the other fields go into both headers.
struct RawEntry {
  std::string name;
  std::string raw;
  std::uint32_t unpacked_bytes = 0;
  std::uint32_t crc = 0;
  std::uint16_t method = 0;
  std::uint16_t flags = 0;
};

/// The CRC-32 of zip, byte by byte from a table.
inline std::uint32_t crc32_of(std::string_view bytes) {
  static constexpr auto table = [] {
    std::array<std::uint32_t, 256> out{};
    for (std::uint32_t i = 0; i < out.size(); ++i) {
      out[i] = i;
      for (int bit = 0; bit < 8; ++bit) out[i] = (out[i] >> 1) ^ ((out[i] & 1u) != 0 ? 0xedb88320u : 0u);
    }
    return out;
  }();
  std::uint32_t crc = ~0u;
  for (const char c : bytes) crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(c)) & 0xffu];
  return ~crc;
}

inline std::string little_endian(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(static_cast<unsigned char>((value >> (8 * i)) & 0xff));
  return out;
}

/// The fields that local header and directory have in common, from "version needed" to the length of the extra field.
inline std::string common_fields(const RawEntry& entry) {
  return little_endian(20, 2) + little_endian(entry.flags, 2) + little_endian(entry.method, 2) + little_endian(0, 2) +
         little_endian(33, 2) + little_endian(entry.crc, 4) + little_endian(entry.raw.size(), 4) +
         little_endian(entry.unpacked_bytes, 4) + little_endian(entry.name.size(), 2) + little_endian(0, 2);
}

/// The archive of the entries.
inline std::string zip_of(std::span<const RawEntry> entries) {
  std::string out;
  std::string directory;
  for (const RawEntry& entry : entries) {
    directory += "PK\x01\x02" + little_endian(20, 2) + common_fields(entry) + std::string(10, '\0') +
                 little_endian(out.size(), 4) + entry.name;
    out += "PK\x03\x04" + common_fields(entry) + entry.name + entry.raw;
  }
  return out + directory + "PK\x05\x06" + little_endian(0, 4) + little_endian(entries.size(), 2) +
         little_endian(entries.size(), 2) + little_endian(directory.size(), 4) + little_endian(out.size(), 4) +
         little_endian(0, 2);
}

inline std::string zip_of(const RawEntry& entry) { return zip_of(std::span(&entry, 1)); }

/// An honest uncompressed entry.
inline RawEntry stored(std::string name, std::string content) {
  return {.name = std::move(name),
          .raw = content,
          .unpacked_bytes = static_cast<std::uint32_t>(content.size()),
          .crc = crc32_of(content)};
}

/// `content` as one uncompressed DEFLATE block; shorter than 64 KiB.
inline std::string deflate_plain(std::string_view content) {
  const auto size = static_cast<std::uint16_t>(content.size());
  return '\x01' + little_endian(size, 2) + little_endian(static_cast<std::uint16_t>(~size), 2) + std::string(content);
}

/// An honest DEFLATE entry.
inline RawEntry deflated(std::string name, std::string_view content) {
  RawEntry entry = stored(std::move(name), std::string(content));
  entry.raw = deflate_plain(content);
  entry.method = 8;
  return entry;
}

/// A DEFLATE stream of 1 + 258 `matches` zero bytes: one literal, then copies of length 258 from distance 1, in the
/// fixed Huffman code, 13 bits each: 158 bytes out for one byte in.
inline std::string deflate_zeros(std::size_t matches) {
  std::string out;
  unsigned byte = 0;
  int filled = 0;
  const auto put = [&](std::string_view bits) {
    for (const char bit : bits) {
      byte |= static_cast<unsigned>(bit - '0') << filled;
      if (++filled == 8) {
        out += static_cast<char>(static_cast<unsigned char>(byte));
        byte = 0;
        filled = 0;
      }
    }
  };
  put("110");       // last block, fixed code
  put("00110000");  // literal 0
  for (std::size_t i = 0; i < matches; ++i) put("1100010100000");
  put("0000000");  // end of block
  put("0000000");  // fill the last byte
  return out;
}

}  // namespace qmtl::test
