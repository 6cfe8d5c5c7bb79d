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
#include "qmtl/core/printable.hpp"
#include "qmtl/io/load_limits.hpp"
#include "qmtl/io/npy.hpp"
#include "qmtl/io/zip_archive.hpp"

namespace qmtl::inline QMTL_ABI {

/// An open .npz file whose arrays are unpacked when they are asked for. Movable; the const members may be called from
/// several threads, one of which unpacks at a time.
class Npz {
 public:
  /// Opens `path` and checks its directory. Throws FileError: no zip archive, truncated, an entry name that is
  /// absolute, has a ".." step, a backslash or a drive letter, or occurs twice, entries that share bytes, too many
  /// entries, or arrays that are larger together than `limits` allow.
  [[nodiscard]] static Npz open(const std::string& path, const LoadLimits& limits = {}) { return Npz(path, limits); }

  /// The names of the arrays, without ".npy", in the order of the archive; entries that are no .npy are left out.
  [[nodiscard]] const std::vector<std::string>& names() const& noexcept { return names_; }
  [[nodiscard]] std::vector<std::string> names() && noexcept { return std::move(names_); }

  /// Whether there is an array of that name.
  [[nodiscard]] bool contains(std::string_view name) const { return indices_.contains(name); }

  /// Unpacks one array, its header first; memory stays within a small multiple of the bytes that really come out,
  /// whatever is declared. Throws FileError: no such name (the names there are listed), over a limit, another method
  /// than STORED and DEFLATE, encrypted, truncated, a checksum or size that is not the declared one, or what parse_npy
  /// refuses.
  [[nodiscard]] NpyArray get(std::string_view name) const {
    const auto found = indices_.find(name);
    if (found == indices_.end()) {
      throw FileError(detail::text("qmtl: ", path_, ": no array ", detail::in_quotes(name),
                                   ", available: ", detail::listed(names_)));
    }
    const std::string where = detail::text(path_, ": ", detail::in_quotes(name));
    const std::scoped_lock lock(state_->mutex);
    const detail::ZipEntry entry = state_->archive.entry(found->second);
    detail::ZipStream stream = state_->archive.unpack(entry, where);
    std::vector<std::byte> start;
    stream.append(start, std::min<std::uint64_t>(entry.unpacked_bytes, detail::npy_prefix_bytes));
    const auto header = detail::npy_header_range(start, entry.unpacked_bytes, where);
    const std::size_t rest = header.end - std::min(header.end, start.size());
    stream.append(start, rest);
    NpyArray array = detail::parse_npy_header(start, header, entry.unpacked_bytes, where);
    detail::require_extents(array.shape, budget_.limits(), where);
    stream.append(array.data, entry.unpacked_bytes - header.end);
    stream.finish();
    return array;
  }

  /// What the limits leave for what is made of the arrays.
  [[nodiscard]] detail::LoadBudget budget() const noexcept { return budget_; }

 private:
  static constexpr std::string_view suffix = ".npy";

  struct State {
    detail::ZipArchive archive;
    std::mutex mutex;
  };

  Npz(const std::string& path, const LoadLimits& limits)
      : path_(path), state_(new State{detail::ZipArchive(path), {}}), budget_(limits) {
    const detail::ZipArchive& archive = state_->archive;
    if (archive.size() > limits.entries) {
      throw FileError(detail::text("qmtl: ", path_, ": too many entries, expected at most ", limits.entries,
                                   " (LoadLimits::entries), got ", archive.size()));
    }
    archive.require_separate_entries();
    std::uint64_t packed = 0;
    std::uint64_t unpacked = 0;
    for (std::uint64_t i = 0; i < archive.size(); ++i) {
      const detail::ZipEntry entry = archive.entry(i);
      if (!add(entry)) continue;
      packed += entry.packed_bytes;
      unpacked = detail::saturated_sum(unpacked, entry.unpacked_bytes);
    }
    budget_ = detail::LoadBudget(limits, packed);
    budget_.take(unpacked, path_);
  }

  /// Whether the entry is an array; throws FileError for an unsafe name.
  bool add(const detail::ZipEntry& entry) {
    if (const char* fault = detail::entry_name_fault(entry.name)) {
      throw FileError(
          detail::text("qmtl: ", path_, ": unsafe entry name ", detail::in_quotes(entry.name), ", it ", fault));
    }
    if (!entry.name.ends_with(suffix)) return false;
    std::string name = entry.name.substr(0, entry.name.size() - suffix.size());
    names_.push_back(name);
    indices_.emplace(std::move(name), entry.index);
    return true;
  }

  std::string path_;
  std::unique_ptr<State> state_;
  detail::LoadBudget budget_;
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

}  // namespace qmtl::inline QMTL_ABI
