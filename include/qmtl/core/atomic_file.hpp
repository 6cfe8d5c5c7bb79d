#pragma once
// SPDX-License-Identifier: Apache-2.0
// Files replaced in one step, so that a crash leaves the old file or the new one (POSIX).

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "qmtl/core/error.hpp"
#include "qmtl/core/file_reader.hpp"

namespace qmtl {
namespace detail {

/// A file that is being written under a name of its own, beside its target; removed unless it is committed.
class TemporaryFile {
 public:
  static constexpr std::string_view where = "write_file_atomically";

  explicit TemporaryFile(const std::string& target) : file_(create(target, name_)) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!committed_) ::unlink(name_.c_str());
  }

  /// Takes over the permissions of the file that is about to be replaced.
  void set_mode(mode_t mode) {
    if (::fchmod(file_.get(), mode) != 0) throw_file_error(where, "set the permissions of", name_, errno);
  }

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
      if (written >= 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(written));
      } else if (errno != EINTR) {
        throw_file_error(where, "write", name_, errno);
      }
    }
  }

  /// Makes the bytes durable, then gives the file its real name.
  void commit(const std::string& target) {
    if (::fsync(file_.get()) != 0) throw_file_error(where, "flush", name_, errno);
    if (file_.close() != 0) throw_file_error(where, "close", name_, errno);
    if (::rename(name_.c_str(), target.c_str()) != 0) throw_file_error(where, "replace", target, errno);
    committed_ = true;
  }

 private:
  /// O_EXCL never follows a link nor reuses a file, so that a name left by a crashed process is passed over.
  static FileDescriptor create(const std::string& target, std::string& name) {
    constexpr int attempts = 1000;
    for (int attempt = 0; attempt < attempts; ++attempt) {
      name = text(target, ".tmp-", ::getpid(), '-', attempt);
      const int descriptor = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (descriptor >= 0) return FileDescriptor(descriptor);
      if (errno != EEXIST) break;
    }
    throw_file_error(where, "create", name, errno);
  }

  std::string name_;  // before file_, whose initialiser fills it
  FileDescriptor file_;
  bool committed_ = false;
};

/// The file that `path` stands for: a symbolic link is followed, so that it still is a link after the write.
[[nodiscard]] inline std::string link_target(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(path.c_str(), nullptr), &std::free);
  return resolved ? std::string(resolved.get()) : path;
}

/// Opens the directory of `path`, to make a rename inside it durable.
[[nodiscard]] inline FileDescriptor open_directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) throw_file_error(TemporaryFile::where, "open the directory", directory, errno);
  return FileDescriptor(descriptor);
}

}  // namespace detail

/// Replaces the file `path`, or creates it, so that after a crash or a full disk it holds all old or all new bytes.
/// Writes a temporary file in the same directory, flushes it (fsync), renames it, and flushes the directory.
/// Keeps the permissions of a file that is there and follows symbolic links. Throws FileError with the system's reason,
/// the temporary file removed and the old file untouched.
inline void write_file_atomically(const std::string& path, std::span<const std::byte> bytes) {
  const std::string target = detail::link_target(path);
  struct stat status {};
  const bool exists = ::stat(target.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) {
    throw FileError(detail::text("qmtl: write_file_atomically: '", path, "' is not a regular file"));
  }
  const detail::FileDescriptor directory = detail::open_directory_of(target);
  detail::TemporaryFile temporary(target);
  if (exists) temporary.set_mode(status.st_mode & 07777);
  temporary.write(bytes);
  temporary.commit(target);
  if (::fsync(directory.get()) != 0 && errno != EINVAL) {  // EINVAL: a file system without directory flushes
    detail::throw_file_error("write_file_atomically", "flush the directory of", target, errno);
  }
}

}  // namespace qmtl
