#pragma once
// SPDX-License-Identifier: Apache-2.0
// Files that end with a checksum of all before it: models and checkpoints. An input is a decision and a body, which
// gets the head of a genuine file and right size and checksum; from decision 128 on it is a whole file, which gets the
// latter.

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fuzz/fuzz.hpp"
#include "qmtl/core/byte_stream.hpp"

namespace qmtl::fuzz {

inline constexpr std::size_t most_bytes = std::size_t{1} << 20;

/// A file of this process in the folder for temporary files; a file system in memory makes the difference.
[[nodiscard]] inline std::string scratch_path(std::string_view name) {
  const char* folder = std::getenv("TMPDIR");
  return detail::text(folder != nullptr ? folder : "/tmp", "/fuzz-", ::getpid(), '-', name);
}

class SavedFile {
 public:
  /// `identity` is the last text of the head: what it must say of the model or training.
  SavedFile(BytesView genuine, std::string_view identity) {
    const std::size_t at = as_text(genuine).find(identity);
    require(at != std::string_view::npos, "a file says what it is of");
    head_.assign(genuine.begin(), genuine.begin() + static_cast<std::ptrdiff_t>(at + identity.size()));
  }

  /// The file for an input, its size being noted at byte `size_at` unless that is 0.
  [[nodiscard]] Bytes file(BytesView input, std::size_t size_at) const {
    Decisions decisions(input);
    const bool whole = decisions.byte() >= 128;
    Bytes out = whole ? joined({decisions.rest()}) : joined({head_, decisions.rest()});
    const std::uint64_t size = out.size() + sizeof(std::uint64_t);
    if (size_at > 0 && out.size() >= size_at + sizeof size) std::memcpy(out.data() + size_at, &size, sizeof size);
    const auto checksum = std::bit_cast<std::array<std::byte, 8>>(detail::fnv1a(out));
    out.insert(out.end(), checksum.begin(), checksum.end());
    return out;
  }

  /// Inputs that give a genuine file.
  [[nodiscard]] Bytes input_of_body(BytesView file, std::byte decision) const {
    return joined({{&decision, 1}, without_checksum(file).subspan(head_.size())});
  }
  [[nodiscard]] Bytes input_of_whole(BytesView file, std::byte decision) const {
    const std::byte whole = decision | std::byte{128};
    return joined({{&whole, 1}, without_checksum(file)});
  }

 private:
  [[nodiscard]] static BytesView without_checksum(BytesView file) { return file.first(file.size() - 8); }

  Bytes head_;
};

/// The file with one bit flipped, anywhere.
[[nodiscard]] inline Bytes damaged(Bytes file) {
  const std::uint64_t hash = detail::fnv1a(file);
  file[(hash >> 8) % file.size()] ^= std::byte{1} << (hash % 8);
  return file;
}

}  // namespace qmtl::fuzz
