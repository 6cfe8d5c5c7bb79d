// SPDX-License-Identifier: Apache-2.0
// A file is replaced whole or not at all.

#include "qmtl/core/atomic_file.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace {

using qmtl::FileError;
using qmtl::read_file;
using qmtl::write_file_atomically;
using qmtl::test::message_of;
using qmtl::test::TempDir;

std::span<const std::byte> bytes_of(std::string_view content) { return std::as_bytes(std::span(content)); }

std::string content_of(const std::string& path) {
  const std::vector<std::byte> bytes = read_file(path, 1 << 20);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

/// Lets writes over `bytes` fail with EFBIG, as a full disk lets them fail with ENOSPC.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    rlimit limited = before_;
    limited.rlim_cur = bytes;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limited) == 0);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

}  // namespace

TEST_CASE("what is written is what is read") {
  const TempDir dir;
  const std::size_t size = GENERATE(as<std::size_t>{}, 0, 1, 4096, 65535, 65536, 300000);
  std::string content(size, '\0');
  for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 7 % 251);
  write_file_atomically(dir / "file", bytes_of(content));
  CHECK(content_of(dir / "file") == content);
  CHECK(dir.files() == 1);
}

TEST_CASE("a file is replaced, keeps its permissions, and a link to it stays a link") {
  const TempDir dir;
  const std::string file = dir.write("file", "a longer content than the new one");
  REQUIRE(::chmod(file.c_str(), 0640) == 0);
  REQUIRE(::symlink("file", (dir / "link").c_str()) == 0);

  write_file_atomically(dir / "link", bytes_of("new"));
  CHECK(content_of(file) == "new");
  CHECK(mode_of(file) == 0640);
  struct stat status {};
  REQUIRE(::lstat((dir / "link").c_str(), &status) == 0);
  CHECK(S_ISLNK(status.st_mode));
  CHECK(dir.files() == 2);
}

TEST_CASE("a new file has the permissions that the umask leaves") {
  const TempDir dir;
  const mode_t before = ::umask(027);
  write_file_atomically(dir / "file", bytes_of("x"));
  ::umask(before);
  CHECK(mode_of(dir / "file") == 0640);
}

TEST_CASE("a name without a directory is a file in the current one") {
  const TempDir dir;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(dir / ".");
  write_file_atomically("file", bytes_of("here"));
  std::filesystem::current_path(before);
  CHECK(content_of(dir / "file") == "here");
}

TEST_CASE("a temporary file of a crashed process is not in the way") {
  const TempDir dir;
  const std::string stale = "file.tmp-" + std::to_string(::getpid()) + "-0";
  dir.write(stale, "stale");
  write_file_atomically(dir / "file", bytes_of("new"));
  CHECK(content_of(dir / "file") == "new");
  CHECK(content_of(dir / stale) == "stale");
}

TEST_CASE("a write that fails leaves the old file and no temporary one") {
  const TempDir dir;
  const std::string file = dir.write("file", "old");
  const std::string large(100000, 'x');
  std::string message;
  {
    const FileSizeLimit limit(4096);
    message = message_of<FileError>([&] { write_file_atomically(file, bytes_of(large)); });
  }
  CHECK(message.find("qmtl: write_file_atomically: cannot write") == 0);
  CHECK(message.find("File too large") != std::string::npos);
  CHECK(content_of(file) == "old");
  CHECK(dir.files() == 1);
}

TEST_CASE("what is no regular file or has no directory is refused") {
  const TempDir dir;
  CHECK(message_of<FileError>([&] { write_file_atomically(dir / ".", bytes_of("x")); }).find("not a regular file") !=
        std::string::npos);
  CHECK(message_of<FileError>([&] { write_file_atomically("/dev/null", bytes_of("x")); }).find("not a regular file") !=
        std::string::npos);
  const std::string message = message_of<FileError>([&] { write_file_atomically(dir / "no/file", bytes_of("x")); });
  CHECK(message.find("cannot open the directory") != std::string::npos);
  CHECK(message.find("No such file") != std::string::npos);
}
