#pragma once
// SPDX-License-Identifier: Apache-2.0
// One writer at a time for a file that is replaced again and again: an advisory lock beside it (POSIX).

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>

#include "qmtl/core/atomic_file.hpp"
#include "qmtl/core/error.hpp"
#include "qmtl/core/file_reader.hpp"

namespace qmtl::detail {

/// Holds the file `path`, whether it is there or not, for as long as it lives: against other processes and against
/// other locks of this one. The lock is that of a file of its own, .qmtl-<hash of the name>.lock in the same directory,
/// since a file that is replaced becomes another one. It is removed at the end; one that a killed process left behind
/// is free, and used again.
class FileLock {
 public:
  /// Throws FileError, starting with "qmtl: <where>: ", if somebody else holds the file. Where the file system has no
  /// locks, or the directory may not be written to, nothing is held.
  FileLock(const std::string& path, std::string_view where)
      : name_(lock_name(path, where)), file_(acquire(path, where)) {}
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock() {
    if (!held()) return;
    ::unlink(name_.c_str());
    ::flock(file_.get(), LOCK_UN);  // also for children that have inherited the descriptor
  }

  [[nodiscard]] bool held() const noexcept { return file_.get() >= 0; }

 private:
  [[nodiscard]] static std::string lock_name(const std::string& path, std::string_view where) {
    const std::string target = link_target(path, where);
    const std::size_t directory = target.rfind('/') + 1;  // npos + 1 == 0: none
    return target.substr(0, directory) + companion_name(std::string_view(target).substr(directory), ".lock");
  }

  [[nodiscard]] FileDescriptor acquire(const std::string& path, std::string_view where) const {
    while (true) {
      FileDescriptor file(::open(name_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666));
      if (file.get() < 0 && (errno == EACCES || errno == EPERM || errno == EROFS)) return file;
      if (file.get() < 0) throw_file_error(where, "lock", path, errno);
      if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        if (errno == EWOULDBLOCK) {
          throw FileError(text("qmtl: ", where, ": '", path,
                               "' is in use by another training, expected a file of its own for each"));
        }
        ::unlink(name_.c_str());
        return FileDescriptor(-1);
      }
      struct stat ours {
      }, there{};
      const bool same = ::fstat(file.get(), &ours) == 0 && ::stat(name_.c_str(), &there) == 0 &&
                        ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
      if (same) return file;  // else whoever held it has just removed it
    }
  }

  std::string name_;
  FileDescriptor file_;
};

}  // namespace qmtl::detail
