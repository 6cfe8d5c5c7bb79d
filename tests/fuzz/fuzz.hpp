#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the fuzz targets share. A target defines check() and seeds(); main.cpp makes a libFuzzer program of it.

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/core/error.hpp"

namespace qmtl::fuzz {

using Bytes = std::vector<std::byte>;
using BytesView = std::span<const std::byte>;

/// The property of the target, to hold for every input: it returns, or `require` stops the program.
void check(BytesView input);

/// Inputs to start from, made with the library's own writers.
[[nodiscard]] std::vector<Bytes> seeds();

/// Stops the program unless a law holds; libFuzzer then keeps the input.
inline void require(bool holds, const char* law) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: it does not hold that %s\n", law);
  std::abort();
}

/// Whether `body` returns; false for an error of qmtl with a message that can be read. Any other exception escapes,
/// which is a finding.
template <class Body>
[[nodiscard]] bool accepts(Body&& body) {
  try {
    body();
    return true;
  } catch (const Error& error) {
    const std::string_view message = error.what();
    require(message.starts_with("qmtl: "), "an error says who complains");
    require(message.size() < 4096, "an error's message is short");
    return false;
  }
}

[[nodiscard]] inline std::string_view as_text(BytesView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline BytesView as_bytes(std::string_view text) noexcept { return std::as_bytes(std::span(text)); }

[[nodiscard]] inline Bytes joined(std::initializer_list<BytesView> parts) {
  Bytes out;
  for (const BytesView part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

/// Takes decisions from an input, byte by byte; behind its end they are all 0, so that every input decides everything.
class Decisions {
 public:
  explicit Decisions(BytesView input) noexcept : rest_(input) {}

  [[nodiscard]] unsigned byte() noexcept {
    if (rest_.empty()) return 0;
    const auto first = std::to_integer<unsigned>(rest_.front());
    rest_ = rest_.subspan(1);
    return first;
  }
  /// `count` bytes, zeros where the input has no more.
  [[nodiscard]] Bytes bytes(std::size_t count) {
    const BytesView present = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(present.size());
    Bytes out(present.begin(), present.end());
    out.resize(count);
    return out;
  }
  [[nodiscard]] BytesView rest() const noexcept { return rest_; }

 private:
  BytesView rest_;
};

/// A file in memory, for what reads files by name.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    require(descriptor_ >= 0, "there are files in memory");
    path_ = detail::text("/proc/self/fd/", descriptor_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(descriptor_); }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  void assign(BytesView bytes) {
    const auto written = ::pwrite(descriptor_, bytes.data(), bytes.size(), 0);
    require(written == static_cast<ssize_t>(bytes.size()) && ::ftruncate(descriptor_, written) == 0,
            "a file in memory can be written");
  }

 private:
  int descriptor_;
  std::string path_;
};

}  // namespace qmtl::fuzz
