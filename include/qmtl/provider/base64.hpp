#pragma once
// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648) and zlib (RFC 1950), with a bound on what comes out.

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/core/error.hpp"

namespace qmtl::inline QMTL_ABI::detail {

inline constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

[[nodiscard]] inline std::string encode_base64(std::span<const std::byte> bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) out += k <= count ? base64_digits[(group >> (18 - 6 * k)) & 63u] : '=';
  }
  return out;
}

/// Throws FileError, beginning "qmtl: <where>: ", unless it is base64 with its padding and nothing else.
[[nodiscard]] inline std::vector<std::byte> decode_base64(std::string_view text_in, std::string_view where) {
  static constexpr auto values = [] {
    std::array<std::int8_t, 256> out{};
    out.fill(-1);
    for (std::size_t i = 0; i < base64_digits.size(); ++i) {
      out[static_cast<unsigned char>(base64_digits[i])] = static_cast<std::int8_t>(i);
    }
    return out;
  }();
  std::size_t padding = 0;
  while (padding < 2 && padding < text_in.size() && text_in[text_in.size() - 1 - padding] == '=') ++padding;
  const std::string_view digits = text_in.substr(0, text_in.size() - padding);
  std::vector<std::byte> out;
  out.reserve(text_in.size() / 4 * 3);
  std::uint32_t group = 0;
  bool good = text_in.size() % 4 == 0;
  for (std::size_t i = 0; good && i < digits.size(); ++i) {
    const std::int8_t value = values[static_cast<unsigned char>(digits[i])];
    good = value >= 0;
    group = group << 6 | (static_cast<std::uint32_t>(value) & 63u);
    if (i % 4 != 0) out.push_back(static_cast<std::byte>(group >> (6 - 2 * (i % 4)) & 255u));
  }
  if (!good) throw FileError(text("qmtl: ", where, ": expected base64"));
  return out;
}

/// Throws FileError for what is no zlib stream, ends early, goes on behind its end, or is of more than `most` bytes
/// when it is unpacked, before they take memory.
[[nodiscard]] inline std::vector<std::byte> inflate(std::span<const std::byte> packed, std::size_t most,
                                                    std::string_view where) {
  z_stream stream{};
  if (packed.size() > std::numeric_limits<uInt>::max()) throw FileError(text("qmtl: ", where, ": too much zlib data"));
  if (::inflateInit(&stream) != Z_OK) throw MemoryError(text("qmtl: ", where, ": zlib has no memory"));
  struct End {
    z_stream* stream;
    ~End() { ::inflateEnd(stream); }
  } const end{&stream};
  std::vector<std::byte> in(packed.begin(), packed.end());  // zlib's input is not const
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  std::vector<std::byte> out;
  for (int state = Z_OK; state != Z_STREAM_END;) {
    constexpr std::size_t chunk = std::size_t{1} << 16;
    const std::size_t have = out.size();
    out.resize(have + chunk);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + have);
    stream.avail_out = static_cast<uInt>(chunk);
    state = ::inflate(&stream, Z_NO_FLUSH);
    out.resize(have + chunk - stream.avail_out);
    if (out.size() > most) throw FileError(text("qmtl: ", where, ": zlib data, expected at most ", most, " bytes"));
    if (state != Z_OK && state != Z_STREAM_END) throw FileError(text("qmtl: ", where, ": expected whole zlib data"));
  }
  if (stream.avail_in != 0) throw FileError(text("qmtl: ", where, ": expected nothing behind the zlib data"));
  return out;
}

[[nodiscard]] inline std::vector<std::byte> deflate(std::span<const std::byte> bytes) {
  static_assert(sizeof(uLong) == sizeof(std::size_t));
  uLongf size = ::compressBound(bytes.size());
  std::vector<std::byte> out(size);
  if (::compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                 bytes.size()) != Z_OK) {
    throw MemoryError("qmtl: zlib has no memory");
  }
  out.resize(size);
  return out;
}

}  // namespace qmtl::inline QMTL_ABI::detail
