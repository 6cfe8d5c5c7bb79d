#pragma once
// SPDX-License-Identifier: Apache-2.0
// Files replaced in one step, so that a crash leaves the old file or the new one (POSIX).

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "qmtl/core/error.hpp"
#include "qmtl/core/file_location.hpp"
#include "qmtl/core/file_reader.hpp"

namespace qmtl::inline QMTL_ABI {
namespace detail {

/// The file that is to be replaced, and where it is.
class ReplacedFile {
 public:
  static constexpr std::string_view where = "write_file_atomically";

  /// Throws FileError where there is something that is no regular file, or no directory for it.
  explicit ReplacedFile(const std::string& path) : location_(path, where) {
    exists_ = ::fstatat(directory(), name().c_str(), &status_, AT_SYMLINK_NOFOLLOW) == 0;
    if (!exists_ && errno != ENOENT) throw_file_error(where, "replace", location_.path(), errno);
    if (exists_) require_regular_file(where, path, status_);
  }

  [[nodiscard]] const std::string& path() const noexcept { return location_.path(); }
  [[nodiscard]] const std::string& name() const noexcept { return location_.name(); }
  [[nodiscard]] int directory() const noexcept { return location_.directory(); }
  [[nodiscard]] std::string companion(std::string_view suffix) const { return location_.companion(suffix); }
  [[nodiscard]] bool exists() const noexcept { return exists_; }

  /// Gives `file` owner, group and permissions of the file that it replaces. Where the system does not let us have the
  /// owner or the group, nobody gets more rights by it: permissions of the group become those of others.
  void pass_on_ownership(int file) const {
    if (!exists_) return;
    mode_t mode = status_.st_mode & 07777;
    if (::fchown(file, status_.st_uid, status_.st_gid) != 0) {
      mode &= 0777;
      const bool keeps_group = ::fchown(file, static_cast<uid_t>(-1), status_.st_gid) == 0;
      if (!keeps_group) mode = (mode & 0707) | ((mode & 07) << 3);
    }
    if (::fchmod(file, mode) != 0) throw_file_error(where, "set the permissions of", path(), errno);
  }

  /// Makes a rename in the directory durable, where the file system can do that.
  void flush_directory() const {
    if (::fsync(directory()) == 0 || errno == EINVAL || errno == EBADF || errno == ENOTSUP) return;
    throw_file_error(where, "flush the directory of", path(), errno);
  }

 private:
  FileLocation location_;
  struct stat status_ {};
  bool exists_ = false;
};

/// A file that is being written beside its target, under a short name made of a hash of the target's name and a number;
/// removed unless it is committed. It is locked as long as its writer lives, on whatever host that shares the
/// directory: one without a lock is what a killed writer has left, and whoever writes next removes it.
class TemporaryFile {
 public:
  explicit TemporaryFile(const ReplacedFile& target) : target_(target), file_(create()) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!committed_) ::unlinkat(target_.directory(), name_.c_str(), 0);
  }

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
      if (written >= 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(written));
      } else if (errno != EINTR) {
        fail("write");
      }
    }
  }

  /// Makes the bytes durable, then gives the file its real name; until then the lock must be held.
  void commit() {
    if (::fsync(file_.get()) != 0) fail("flush");
    target_.pass_on_ownership(file_.get());
    if (::renameat(target_.directory(), name_.c_str(), target_.directory(), target_.name().c_str()) != 0) {
      throw_file_error(ReplacedFile::where, "replace", target_.path(), errno);
    }
    committed_ = true;
    target_.flush_directory();
  }

 private:
  [[noreturn]] void fail(std::string_view step) const {
    throw_file_error(ReplacedFile::where, step, text(target_.path(), "' by way of '", name_), errno);
  }

  [[nodiscard]] std::string name_of(unsigned number) const { return target_.companion(text('-', number, ".tmp")); }

  /// Takes the first number that nobody uses, and clears away what was left under it and the next ones.
  [[nodiscard]] FileDescriptor create() {
    for (unsigned number = 0;; ++number) {
      name_ = name_of(number);
      (void)remove_stale(name_);
      FileDescriptor file(::openat(target_.directory(), name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                                   target_.exists() ? 0600 : 0666));  // what is replaced may be secret
      if (file.get() < 0 && errno != EEXIST) fail("write");
      if (file.get() < 0 || !take(file.get())) continue;
      while (remove_stale(name_of(++number))) {
      }
      return file;
    }
  }

  /// Locks a file that was just created. False if another writer has taken it for one that was left.
  [[nodiscard]] static bool take(int file) noexcept {
    struct stat status {};
    if (::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return false;  // there may be no locks at all
    return ::fstat(file, &status) == 0 && status.st_nlink > 0;
  }

  /// Removes a file of this name if it is ours, a regular file, and nobody has it locked. The name is looked at again
  /// under the lock: the file may have been committed since, and the name be another writer's.
  [[nodiscard]] bool remove_stale(const std::string& name) const noexcept {
    constexpr int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    const FileDescriptor file(::openat(target_.directory(), name.c_str(), flags));
    struct stat status {};
    return file.get() >= 0 && ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) &&
           status.st_uid == ::geteuid() && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0 &&
           is_named(file.get(), target_.directory(), name) && ::unlinkat(target_.directory(), name.c_str(), 0) == 0;
  }

  const ReplacedFile& target_;
  std::string name_;  // before file_, whose initialiser sets it
  FileDescriptor file_;
  bool committed_ = false;
};

}  // namespace detail

/// Replaces the file `path`, or creates it, so that after a crash or a full disk it holds all old or all new bytes.
/// Writes a temporary file (.qmtl-<hash>-<number>.tmp) in the same directory, flushes it (fsync), renames it, and
/// flushes the directory. Temporary files of writers that were killed are removed by the next write of the same name.
/// Follows symbolic links, also to a file that is not there yet. Keeps owner, group and permissions of a file that is
/// there; where the system does not allow that, the file becomes the writer's, and its group gets no more rights than
/// others. Access control lists are not kept, and other hard links to the file keep the old bytes. Throws FileError
/// with the system's reason, the temporary file removed and the old file untouched; at once where `path` is a
/// directory, a pipe or a device.
inline void write_file_atomically(const std::string& path, std::span<const std::byte> bytes) {
  const detail::ReplacedFile target(path);
  detail::TemporaryFile temporary(target);
  temporary.write(bytes);
  temporary.commit();
}

}  // namespace qmtl::inline QMTL_ABI
