#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a path stands for, whether there is a file or not: a directory and a name in it (POSIX).

#include <fcntl.h>
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

namespace qmtl::inline QMTL_ABI::detail {

/// Where a path leads when all links are followed: a directory, held open so that nothing moves under whoever uses it,
/// and the name there.
class FileLocation {
 public:
  /// Throws FileError, starting with "qmtl: <where>: ", for a loop of links or without a directory.
  FileLocation(const std::string& path, std::string_view where)
      : path_(link_target(path, where)),
        name_(path_.substr(path_.rfind('/') + 1)),  // npos + 1 == 0: all of it
        directory_(open_directory(path_.substr(0, path_.size() - name_.size()), where)) {}

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] int directory() const noexcept { return directory_.get(); }

  /// The name of a file of ours beside this one, short however long its name is: .qmtl-<hash><suffix>.
  [[nodiscard]] std::string companion(std::string_view suffix) const {
    return text(".qmtl-", fnv1a(std::as_bytes(std::span(name_.data(), name_.size()))), suffix);
  }

 private:
  [[nodiscard]] static std::string link_target(std::string path, std::string_view where) {
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

  [[nodiscard]] static FileDescriptor open_directory(const std::string& directory, std::string_view where) {
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
};

/// Whether `name` in a directory is this open file, and not another one that has got the name since, or none.
[[nodiscard]] inline bool is_named(int file, int directory, const std::string& name) noexcept {
  struct stat ours {
  }, there{};
  return ::fstat(file, &ours) == 0 && ::fstatat(directory, name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
         ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

}  // namespace qmtl::inline QMTL_ABI::detail
