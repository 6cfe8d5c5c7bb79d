#pragma once
// SPDX-License-Identifier: Apache-2.0
// Checkpoint files of a training: written in one step, and checked on reading so that a wrong file is named for what it
// is.

#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "qmtl/core/archive.hpp"
#include "qmtl/core/atomic_file.hpp"
#include "qmtl/core/file_lock.hpp"
#include "qmtl/core/file_reader.hpp"
#include "qmtl/core/text_difference.hpp"

namespace qmtl::inline QMTL_ABI {

/// A file that holds the whole state of a training: parameters, state of the backbone, optimizers, random engines,
/// order of the samples, position, best parameters, task weights, history. It is written at the start, after every
/// `every_epochs` epochs and `every_steps` steps (0: not by that count) and at the end, each time in one step
/// (temporary file, fsync, rename), so that a killed run leaves the checkpoint before or the one after (and beside it,
/// if it was killed while writing, a temporary file, which the next write removes). The file is locked as long as the
/// training runs: a second one with the same file is refused.
///
/// If the file is there when a training begins, and `resume` is true, the training goes on from it and ends with the
/// same bits as one that was never interrupted (on the same machine, compiler and number of threads); one that had
/// ended gives its result at once. It must be the same training: a file of another model, initial parameters, data or
/// options is refused. Callbacks cannot be compared, and one may see the epoch again in which a run was killed. With
/// `resume` false a file that is there is replaced.
///
/// Only the number of epochs may differ. With more of them a training that had ended, or that a callback had stopped,
/// goes on and ends with the same bits as one that had so many from the start; what early stopping ended stays ended;
/// fewer than are done are refused. A CosineRate is a curve over all epochs, and so is one of your own unless it says
/// `of_all_epochs = false`: with them the number of epochs is among the options that must be the same.
struct Checkpointing {
  std::string path{};
  int every_epochs = 1;
  int every_steps = 0;
  bool resume = true;
  std::size_t max_bytes = std::size_t{1} << 36;  ///< of the file: a larger one is neither written nor read
};

inline constexpr std::string_view checkpoint_magic = "QMTLCKPT";
inline constexpr std::uint32_t checkpoint_version = 3;

namespace detail {

// Layout, little-endian: magic[8], version u32, size of the file u64, identity (length u64, text), state, checksum u64
// (FNV-1a of all before it). The identity says of which training it is, a line a fact.

inline void validate(const Checkpointing& checkpoint) {
  if (checkpoint.path.empty()) throw ValueError("qmtl: fit: checkpoint: path, expected the name of a file, got none");
  const auto require = [](const char* name, int count) {
    if (count >= 0) return;
    throw ValueError(text("qmtl: fit: checkpoint: ", name, ", expected a number from 0, got ", count));
  };
  require("every_epochs", checkpoint.every_epochs);
  require("every_steps", checkpoint.every_steps);
}

/// The checkpoint of one training, which nobody else can use as long as this object lives.
class CheckpointFile {
 public:
  /// Throws FileError if another training uses the file. The settings must outlive it.
  CheckpointFile(const Checkpointing& settings, std::string identity)
      : settings_(settings), identity_(std::move(identity)), lock_(settings.path, "checkpoint"), last_(version()) {}

  /// Whether there was a file when this object was made.
  [[nodiscard]] bool found() const noexcept { return last_ != Version{}; }

  /// Replaces the file by one with the state that `archive(ArchiveWriter&)` writes. Throws FileError.
  template <class Archive>
  void write(Archive archive) {
    ByteWriter out;
    out.put(std::span<const char>(checkpoint_magic));
    out.put_value(checkpoint_version);
    const std::size_t size_at = out.bytes().size();
    out.put_value(std::uint64_t{0});
    out.put_value<std::uint64_t>(identity_.size());
    out.put(std::span<const char>(identity_));
    ArchiveWriter writer(out);
    archive(writer);
    out.replace<std::uint64_t>(size_at, out.bytes().size() + sizeof(std::uint64_t));
    out.put_value(fnv1a(out.bytes()));
    replace(out.bytes());
  }

  /// Restores through `archive(ArchiveReader&)`. Throws FileError for a file that is foreign, truncated, damaged, too
  /// large, or of a training with another identity, before `archive` is called; it throws for impossible state.
  template <class Archive>
  void read(Archive archive) const {
    FileReader file(settings_.path, "checkpoint");
    const std::size_t header = checkpoint_magic.size() + sizeof checkpoint_version + sizeof(std::uint64_t);
    const std::uint64_t size = read_size(file.first(header));
    const std::span<const std::byte> bytes = file.first(size + 1);
    ByteReader in(bytes, "checkpoint", settings_.path);
    require_whole(in, bytes, size);
    (void)in.take(header);
    const std::string_view theirs = as_text(in.take(in.value<std::uint64_t>()));
    require_identity(in, theirs);
    ArchiveReader reader(in);
    archive(reader);
    if (in.left() != sizeof(std::uint64_t)) in.fail("is damaged: bytes are left behind its end");
  }

 private:
  /// By what a file is known that somebody else has replaced, where there are no locks.
  struct Version {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    time_t modified = 0;
    bool operator==(const Version&) const = default;
  };

  [[nodiscard]] Version version() const noexcept {
    struct stat status {};
    if (::stat(settings_.path.c_str(), &status) != 0) return {};
    return {status.st_dev, status.st_ino, status.st_size, status.st_mtime};
  }

  void replace(std::span<const std::byte> bytes) {
    const auto refuse = [this](const auto&... why) {
      throw FileError(text("qmtl: checkpoint: '", settings_.path, "' ", why...));
    };
    if (bytes.size() > settings_.max_bytes) {
      refuse("would have ", bytes.size(), " bytes, expected at most ", settings_.max_bytes);
    }
    const Version now = lock_.held() ? last_ : version();
    if (now != last_ && now != Version{})
      refuse("was replaced by another training, expected a file of its own for each");
    write_file_atomically(settings_.path, bytes);
    if (!lock_.held()) last_ = version();
  }

  /// The size of the file, from its first bytes.
  [[nodiscard]] std::uint64_t read_size(std::span<const std::byte> start) const {
    ByteReader in(start, "checkpoint", settings_.path);
    if (!checkpoint_magic.starts_with(as_text(start).substr(0, checkpoint_magic.size()))) {
      in.fail(text("is not a qmtl checkpoint: it does not start with ", checkpoint_magic));
    }
    (void)in.take(checkpoint_magic.size());
    const auto version = in.value<std::uint32_t>();
    if (version != checkpoint_version) {
      in.fail(text("has format version ", version, ", expected ", checkpoint_version));
    }
    const auto size = in.value<std::uint64_t>();
    if (size > settings_.max_bytes) in.fail(text("has ", size, " bytes, expected at most ", settings_.max_bytes));
    return size;
  }

  static void require_whole(const ByteReader& in, std::span<const std::byte> bytes, std::uint64_t size) {
    constexpr std::size_t checksum = sizeof(std::uint64_t);
    if (size > bytes.size()) in.fail(text("is truncated: expected ", size, " bytes, got ", bytes.size()));
    if (size < bytes.size()) in.fail(text("is damaged: expected ", size, " bytes, got more"));
    std::uint64_t stored = 0;
    if (size >= checksum) std::memcpy(&stored, bytes.last(checksum).data(), checksum);
    if (size < checksum || stored != fnv1a(bytes.first(size - checksum))) {
      in.fail("is damaged: its checksum does not match its contents");
    }
  }

  void require_identity(const ByteReader& in, std::string_view theirs) const {
    const auto [file, expected] = first_difference(theirs, identity_);
    if (file == expected) return;
    in.fail(text("is of another training: it has \"", file, "\", expected \"", expected, "\""));
  }

  const Checkpointing& settings_;
  std::string identity_;
  FileLock lock_;
  Version last_;
};

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
