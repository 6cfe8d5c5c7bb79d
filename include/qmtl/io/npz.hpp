#pragma once
// SPDX-License-Identifier: Apache-2.0
// The .npz format: a zip archive of .npy files, as numpy.savez and numpy.savez_compressed write it. Needs libzip.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/atomic_file.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/io/npy.hpp"
#include "qmtl/io/printable.hpp"
#include "qmtl/io/zip_archive.hpp"

namespace qmtl {

/// What an archive may demand before it is refused; the ratio is that of unpacked to packed bytes of one entry.
struct NpzLimits {
  std::uint64_t max_entry_bytes = std::uint64_t{1} << 31;    ///< of one unpacked array: 2 GiB
  double max_ratio = 500.0;                                  ///< DEFLATE itself ends at 1032
  std::uint64_t ratio_free_bytes = std::uint64_t{16} << 20;  ///< smaller entries, as a mask of zeros, may exceed it
  std::uint64_t max_entries = 65535;
};

/// An open .npz file whose arrays are unpacked when they are asked for. Movable; the const members may be called from
/// several threads, one of which unpacks at a time.
class Npz {
 public:
  using Limits = NpzLimits;

  /// Opens `path` and checks its directory. Throws FileError: no zip archive, truncated, too many entries, an entry
  /// name that is absolute, has a ".." step, a backslash or a drive letter, or occurs twice.
  [[nodiscard]] static Npz open(const std::string& path, const Limits& limits = {}) { return Npz(path, limits); }

  /// The names of the arrays, without ".npy", in the order of the archive; entries that are no .npy are left out.
  [[nodiscard]] const std::vector<std::string>& names() const& noexcept { return names_; }
  [[nodiscard]] std::vector<std::string> names() && noexcept { return std::move(names_); }

  /// Whether there is an array of that name.
  [[nodiscard]] bool contains(std::string_view name) const { return indices_.contains(name); }

  /// Unpacks one array; memory stays within a small multiple of the bytes that really come out, whatever is declared.
  /// Throws FileError: no such name (the names there are listed), over a limit, another method than STORED and DEFLATE,
  /// encrypted, truncated, a checksum or size that is not the declared one, or what parse_npy refuses.
  [[nodiscard]] NpyArray get(std::string_view name) const {
    const auto found = indices_.find(name);
    if (found == indices_.end()) {
      throw FileError(detail::text("qmtl: ", path_, ": no array ", detail::in_quotes(name),
                                   ", available: ", detail::listed(names_)));
    }
    const std::string where = detail::text(path_, ": ", detail::in_quotes(name));
    const std::scoped_lock lock(state_->mutex);
    const detail::ZipEntry entry = state_->archive.entry(found->second);
    check(entry, where);
    return parse_npy(state_->archive.unpack(entry, where), where);
  }

 private:
  static constexpr std::string_view suffix = ".npy";

  struct State {
    detail::ZipArchive archive;
    std::mutex mutex;
  };

  Npz(const std::string& path, const Limits& limits)
      : path_(path), limits_(limits), state_(new State{detail::ZipArchive(path), {}}) {
    const std::uint64_t count = state_->archive.size();
    if (count > limits.max_entries) {
      throw FileError(
          detail::text("qmtl: ", path_, ": too many entries, expected at most ", limits.max_entries, ", got ", count));
    }
    for (std::uint64_t i = 0; i < count; ++i) add(state_->archive.entry(i));
    state_->archive.require_unique_names();
  }

  void add(const detail::ZipEntry& entry) {
    if (const char* fault = detail::entry_name_fault(entry.name)) {
      throw FileError(
          detail::text("qmtl: ", path_, ": unsafe entry name ", detail::in_quotes(entry.name), ", it ", fault));
    }
    if (!entry.name.ends_with(suffix)) return;
    std::string name = entry.name.substr(0, entry.name.size() - suffix.size());
    names_.push_back(name);
    indices_.emplace(std::move(name), entry.index);
  }

  void check(const detail::ZipEntry& entry, std::string_view where) const {
    if (entry.unpacked_bytes > limits_.max_entry_bytes) {
      throw FileError(detail::text("qmtl: ", where, ": too large, expected at most ", limits_.max_entry_bytes,
                                   " bytes (NpzLimits::max_entry_bytes), got ", entry.unpacked_bytes));
    }
    const double allowed = limits_.max_ratio * static_cast<double>(entry.packed_bytes);
    if (entry.unpacked_bytes > limits_.ratio_free_bytes && static_cast<double>(entry.unpacked_bytes) > allowed) {
      throw FileError(detail::text("qmtl: ", where, ": a zip bomb? ", entry.packed_bytes, " packed bytes declare ",
                                   entry.unpacked_bytes, ", expected a ratio of at most ", limits_.max_ratio,
                                   " (NpzLimits::max_ratio)"));
    }
  }

  std::string path_;
  Limits limits_;
  std::unique_ptr<State> state_;
  std::vector<std::string> names_;
  std::map<std::string, std::uint64_t, std::less<>> indices_;
};

/// Writes the arrays as the .npz file `path`, uncompressed and atomically; equal arrays give equal bytes.
/// Throws FileError, ValueError for no array or an unsafe name, ShapeError where data and shape disagree.
inline void write_npz(const std::string& path, const std::map<std::string, NpyArray>& arrays) {
  std::vector<detail::ZipMember> members;
  for (const auto& [name, array] : arrays) {
    const char* fault = name.empty() ? "is empty" : detail::entry_name_fault(name);
    if (fault != nullptr || !detail::decode_utf8(name)) {
      throw ValueError(detail::text("qmtl: write_npz: unsafe array name ", detail::in_quotes(name), ", it ",
                                    fault != nullptr ? fault : "is not UTF-8"));
    }
    members.push_back({name + ".npy", encode_npy(array)});
  }
  if (members.empty()) throw ValueError("qmtl: write_npz: expected at least one array, got none");
  write_file_atomically(path, detail::pack_stored(members));
}

}  // namespace qmtl
