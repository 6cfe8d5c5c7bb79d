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

#include "qmtl/core/byte_stream.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/file_reader.hpp"

namespace qmtl {
namespace detail {

/// What `path` stands for when all links are followed, whether it is there or not. Throws FileError, starting with
/// "qmtl: <where>: ", for links that loop.
[[nodiscard]] inline std::string link_target(std::string path, std::string_view where) {
  constexpr int most_links = 40;  // as Linux
  for (int links = 0; links <= most_links; ++links) {
    char text[4096];
    const ssize_t size = ::readlink(path.c_str(), text, sizeof text);
    if (size < 0) return path;  // no link, or not there: whoever opens it will say so
    const std::string_view target(text, static_cast<std::size_t>(size));
    path.resize(target.starts_with('/') ? 0 : path.rfind('/') + 1);
    path += target;
  }
  throw_file_error(where, "follow the links of", path, ELOOP);
}

/// The name of a file of ours beside the one of this name, short however long that is: .qmtl-<hash><suffix>.
[[nodiscard]] inline std::string companion_name(std::string_view name, std::string_view suffix) {
  return text(".qmtl-", fnv1a(std::as_bytes(std::span(name))), suffix);
}

/// The file that is to be replaced: its directory, held open so that nothing moves under the write, and its name there.
class ReplacedFile {
 public:
  static constexpr std::string_view where = "write_file_atomically";

  /// Throws FileError where there is something that is no regular file, or no directory for it.
  explicit ReplacedFile(const std::string& path)
      : path_(link_target(path, where)),
        name_(path_.substr(path_.rfind('/') + 1)),  // npos + 1 == 0: all of it
        directory_(open_directory(path_.substr(0, path_.size() - name_.size()))) {
    exists_ = ::fstatat(directory_.get(), name_.c_str(), &status_, AT_SYMLINK_NOFOLLOW) == 0;
    if (!exists_ && errno != ENOENT) throw_file_error(where, "replace", path_, errno);
    if (exists_) require_regular_file(where, path, status_);
  }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] int directory() const noexcept { return directory_.get(); }
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
    if (::fchmod(file, mode) != 0) throw_file_error(where, "set the permissions of", path_, errno);
  }

  /// Makes a rename in the directory durable, where the file system can do that.
  void flush_directory() const {
    if (::fsync(directory_.get()) == 0 || errno == EINVAL || errno == EBADF || errno == ENOTSUP) return;
    throw_file_error(where, "flush the directory of", path_, errno);
  }

 private:
  [[nodiscard]] static FileDescriptor open_directory(const std::string& directory) {
    const char* path = directory.empty() ? "." : directory.c_str();
    int descriptor = ::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
#ifdef O_PATH
    if (descriptor < 0 && errno == EACCES) {  // one that may be written to and not be listed, nor flushed
      descriptor = ::open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
#endif
    if (descriptor < 0) throw_file_error(where, "open the directory", path, errno);
    return FileDescriptor(descriptor);
  }

  std::string path_, name_;
  FileDescriptor directory_;
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

  [[nodiscard]] std::string name_of(unsigned number) const {
    return companion_name(target_.name(), text('-', number, ".tmp"));
  }

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

  /// Removes a file of this name if it is ours, a regular file, and nobody has it locked.
  [[nodiscard]] bool remove_stale(const std::string& name) const noexcept {
    constexpr int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    const FileDescriptor file(::openat(target_.directory(), name.c_str(), flags));
    struct stat status {};
    return file.get() >= 0 && ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) &&
           status.st_uid == ::geteuid() && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0 &&
           ::unlinkat(target_.directory(), name.c_str(), 0) == 0;
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

}  // namespace qmtl
