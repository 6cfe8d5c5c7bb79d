#pragma once
// SPDX-License-Identifier: Apache-2.0
// One writer at a time for a file that is replaced again and again: an advisory lock beside it (POSIX).

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "qmtl/core/error.hpp"
#include "qmtl/core/file_location.hpp"
#include "qmtl/core/file_reader.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Holds the file `path`, whether it is there or not, for as long as it lives: against other processes and against
/// other locks of this one. The lock is that of a file of its own, .qmtl-<hash of the name>.lock in the same directory,
/// since a file that is replaced becomes another one. It is removed at the end; one that a killed process left behind
/// is free, and used again. A child of fork that has inherited the object does not hold the file, nor does it end that.
class FileLock {
 public:
  /// Throws FileError, starting with "qmtl: <where>: ", if somebody else holds the file, another `holder`, or it has no
  /// directory. Where the file system has no locks, or the directory may not be written to, nothing is held.
  FileLock(const std::string& path, std::string_view where, std::string_view holder = "training")
      : location_(path, where), name_(location_.companion(".lock")), file_(acquire(path, where, holder)) {}
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock() {
    if (!held()) return;
    ::unlinkat(location_.directory(), name_.c_str(), 0);
    ::flock(file_.get(), LOCK_UN);  // also for children that have inherited the descriptor
  }

  [[nodiscard]] bool held() const noexcept { return file_.get() >= 0 && process_ == ::getpid(); }

 private:
  [[nodiscard]] FileDescriptor acquire(const std::string& path, std::string_view where, std::string_view holder) const {
    while (true) {
      constexpr int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
      FileDescriptor file(::openat(location_.directory(), name_.c_str(), flags, 0666));
      if (file.get() < 0 && (errno == EACCES || errno == EPERM || errno == EROFS)) return file;
      if (file.get() < 0) throw_file_error(where, "lock", path, errno);
      if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        if (errno == EWOULDBLOCK) {
          throw FileError(text("qmtl: ", where, ": '", path, "' is in use by another ", holder,
                               ", expected a file of its own for each"));
        }
        ::unlinkat(location_.directory(), name_.c_str(), 0);
        return FileDescriptor(-1);
      }
      if (is_named(file.get(), location_.directory(), name_)) return file;  // else whoever held it has just removed it
    }
  }

  FileLocation location_;
  std::string name_;
  FileDescriptor file_;
  pid_t process_ = ::getpid();
};

}  // namespace qmtl::inline QMTL_ABI::detail
