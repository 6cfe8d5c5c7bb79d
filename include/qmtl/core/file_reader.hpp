#pragma once
// SPDX-License-Identifier: Apache-2.0
// Regular files, read from their start: a header can be judged before memory is taken for what follows (POSIX).

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/memory.hpp"

namespace qmtl::inline QMTL_ABI {
namespace detail {

/// Throws a FileError for the failed step of a file operation: which function, which step, which file, why.
[[noreturn]] inline void throw_file_error(std::string_view where, std::string_view step, std::string_view path,
                                          int error_number) {
  throw FileError(
      text("qmtl: ", where, ": cannot ", step, " '", path, "': ", std::generic_category().message(error_number)));
}

/// Throws FileError for what is no regular file: a pipe without another end blocks, a device may never end.
inline void require_regular_file(std::string_view where, std::string_view path, const struct stat& status) {
  if (S_ISREG(status.st_mode)) return;
  const char* kind = S_ISDIR(status.st_mode)    ? "a directory"
                     : S_ISFIFO(status.st_mode) ? "a pipe"
                     : S_ISSOCK(status.st_mode) ? "a socket"
                                                : "a device";
  throw FileError(text("qmtl: ", where, ": '", path, "' is not a regular file, it is ", kind));
}

/// The same for a path; links are followed.
inline void require_regular_file(std::string_view where, const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw_file_error(where, "open", path, errno);
  require_regular_file(where, path, status);
}

/// A POSIX file descriptor, closed when it goes out of scope.
class FileDescriptor {
 public:
  explicit FileDescriptor(int descriptor) noexcept : descriptor_(descriptor) {}
  FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  ~FileDescriptor() { close(); }

  [[nodiscard]] int get() const noexcept { return descriptor_; }

  /// Closes now; returns 0, or -1 with errno where the system reports a late write error.
  int close() noexcept { return descriptor_ < 0 ? 0 : ::close(std::exchange(descriptor_, -1)); }

 private:
  int descriptor_;
};

/// The bytes of a regular file, read on demand into one buffer. Memory follows the bytes that are there, whatever is
/// asked for. Views are valid until the next read. Errors start with "qmtl: <where>: ".
class FileReader {
 public:
  /// Throws FileError where `path` cannot be opened, or is no regular file; never waits for a pipe.
  FileReader(std::string path, std::string where)
      : path_(std::move(path)), where_(std::move(where)), file_(open(path_, where_)) {
    struct stat status {};
    if (::fstat(file_.get(), &status) != 0) throw_file_error(where_, "open", path_, errno);
    require_regular_file(where_, path_, status);
    size_ = static_cast<std::size_t>(status.st_size);
  }

  /// The bytes of the file as the system says, before any is read; only files in /proc have more.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// The first `count` bytes, or all where there are fewer. Throws FileError.
  [[nodiscard]] std::span<const std::byte> first(std::size_t count) {
    fill(count);
    return {bytes_.data(), std::min(count, bytes_.size())};
  }

  /// All bytes. Throws FileError, before they are read where the size is known, if there are more than `max_bytes`.
  [[nodiscard]] std::span<const std::byte> all(std::size_t max_bytes) & {
    const std::size_t limit = std::min(max_bytes, SIZE_MAX / 4);
    if (size_ <= limit) fill(limit + 1);
    if (size_ > limit || bytes_.size() > limit) {
      throw FileError(text("qmtl: ", where_, ": '", path_, "' is too large, expected at most ", max_bytes,
                           " bytes, got ", std::max(size_, bytes_.size())));
    }
    return {bytes_.data(), bytes_.size()};
  }
  [[nodiscard]] std::vector<std::byte> all(std::size_t max_bytes) && {
    (void)all(max_bytes);
    return std::move(bytes_);
  }

 private:
  [[nodiscard]] static FileDescriptor open(const std::string& path, const std::string& where) {
    require_regular_file(where, path);  // before it is opened: whoever writes to a pipe must not take us for its reader
    FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (file.get() < 0) throw_file_error(where, "open", path, errno);
    return file;
  }

  /// Reads on until there are `count` bytes or the file ends.
  void fill(std::size_t count) {
    constexpr std::size_t chunk = std::size_t{1} << 16;
    std::size_t have = bytes_.size();
    while (have < count) {
      if (have == bytes_.size()) {  // one byte beyond the size sees the end; some files in /proc have more bytes
        const std::size_t size = std::min(count, have <= size_ ? size_ + 1 : 2 * have + chunk);
        with_memory(where_, static_cast<double>(size), [&] { bytes_.resize(size); });
      }
      const ssize_t got = ::read(file_.get(), bytes_.data() + have, bytes_.size() - have);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw_file_error(where_, "read", path_, errno);
      if (got == 0) break;
      have += static_cast<std::size_t>(got);
    }
    bytes_.resize(have);
  }

  std::string path_, where_;
  FileDescriptor file_;
  std::size_t size_ = 0;  // as the system says
  std::vector<std::byte> bytes_;
};

}  // namespace detail

/// The bytes of the regular file `path`, at most `max_bytes` of them; memory stays below the file's size plus one byte.
/// Throws FileError where the file cannot be read, holds more, or is a directory, a pipe or a device.
[[nodiscard]] inline std::vector<std::byte> read_file(const std::string& path, std::size_t max_bytes) {
  return detail::FileReader(path, "read_file").all(max_bytes);
}

}  // namespace qmtl::inline QMTL_ABI
