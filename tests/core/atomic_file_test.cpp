// SPDX-License-Identifier: Apache-2.0
// A file is replaced whole or not at all.

#include "qmtl/core/atomic_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace atomic_file_test {

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

bool is_link(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
}

/// Lets writes over `bytes` fail with EFBIG, as a full disk lets them fail with ENOSPC, or kill the process (SIG_DFL).
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes, void (*handler)(int) = SIG_IGN) : handler_(std::signal(SIGXFSZ, handler)) {
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

constexpr uid_t nobody = 65534;

/// Runs body() without a superuser's rights.
template <class Body>
void as_nobody(const Body& body) {
  REQUIRE((::setegid(nobody) == 0 && ::seteuid(nobody) == 0));
  std::string message;
  try {
    body();
  } catch (const FileError& error) {
    message = error.what();
  }
  REQUIRE((::seteuid(0) == 0 && ::setegid(0) == 0));
  CHECK(message.empty());
}

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

TEST_CASE("a link whose file is not there yet stays a link, and the file is made where it points") {
  const TempDir dir;
  REQUIRE(::mkdir((dir / "sub").c_str(), 0700) == 0);
  REQUIRE(::symlink("sub/second", (dir / "first").c_str()) == 0);
  REQUIRE(::symlink("../file", (dir / "sub/second").c_str()) == 0);
  REQUIRE(::symlink((dir / "absolute").c_str(), (dir / "third").c_str()) == 0);
  write_file_atomically(dir / "first", bytes_of("new"));
  CHECK(content_of(dir / "file") == "new");
  CHECK((is_link(dir / "first") && is_link(dir / "sub/second")));
  write_file_atomically(dir / "third", bytes_of("other"));
  CHECK(content_of(dir / "absolute") == "other");
  CHECK(is_link(dir / "third"));
  REQUIRE(::symlink("nowhere/file", (dir / "lost").c_str()) == 0);
  CHECK(message_of<FileError>([&] {
          write_file_atomically(dir / "lost", bytes_of("x"));
        }).find("cannot open the directory") != std::string::npos);
}

TEST_CASE("links that lead to each other are an error, and stay") {
  const TempDir dir;
  REQUIRE(::symlink("b", (dir / "a").c_str()) == 0);
  REQUIRE(::symlink("a", (dir / "b").c_str()) == 0);
  CHECK(message_of<FileError>([&] {
          write_file_atomically(dir / "a", bytes_of("x"));
        }).find("Too many levels of symbolic links") != std::string::npos);
  CHECK((is_link(dir / "a") && is_link(dir / "b")));
}

TEST_CASE("names may be as long as the file system has them") {
  const TempDir dir;
  for (const std::size_t length : std::array<std::size_t, 3>{244, 254, 255}) {
    const std::string file = dir / std::string(length, 'n');
    write_file_atomically(file, bytes_of("first"));
    write_file_atomically(file, bytes_of("second"));
    CHECK(content_of(file) == "second");
  }
  CHECK(message_of<FileError>([&] {
          write_file_atomically(dir / std::string(256, 'n'), bytes_of("x"));
        }).find("File name too long") != std::string::npos);
  CHECK(dir.files() == 3);
}

/// Lets a writer of `file` be killed half way; returns the name of the temporary file that it leaves.
std::string killed_writer(const TempDir& dir, const std::string& file) {
  const std::set<std::string> before = dir.names();
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const FileSizeLimit limit(4096, SIG_DFL);
    write_file_atomically(file, bytes_of(std::string(100000, 'x')));
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  std::string left;
  for (const std::string& name : dir.names()) {
    if (!before.contains(name)) left = name;
  }
  REQUIRE(!left.empty());
  return left;
}

TEST_CASE("what killed writers leave is removed by the next write of the same name, and by no other") {
  const TempDir dir;
  const std::string file = dir.write("file", "old");
  const std::string left = killed_writer(dir, file);
  for (int i = 0; i < 5; ++i) {
    write_file_atomically(dir / "other", bytes_of("x"));
    CHECK(std::filesystem::exists(dir / left));
    CHECK(content_of(file) == "old");
    (void)killed_writer(dir, dir / "unrelated");
    write_file_atomically(dir / "unrelated", bytes_of("x"));
  }
  write_file_atomically(file, bytes_of("new"));
  CHECK(content_of(file) == "new");
  CHECK(dir.names() == std::set<std::string>{"file", "other", "unrelated"});
}

TEST_CASE("a file under a temporary name is left alone while its writer lives, or if it is no file of ours") {
  const TempDir dir;
  const std::string file = dir.write("file", "old");
  const std::string left = killed_writer(dir, file);
  SECTION("a writer that lives") {
    const int writer = ::open((dir / left).c_str(), O_RDWR);
    REQUIRE(::flock(writer, LOCK_EX) == 0);
    write_file_atomically(file, bytes_of("new"));
    CHECK(dir.names() == std::set<std::string>{"file", left});
    ::close(writer);
    write_file_atomically(file, bytes_of("newer"));
    CHECK(dir.names() == std::set<std::string>{"file"});
  }
  SECTION("a link, a directory or a pipe") {
    const std::string victim = dir.write("victim", "untouched");
    std::filesystem::remove(dir / left);
    const int kind = GENERATE(0, 1, 2);
    if (kind == 0) REQUIRE(::symlink("victim", (dir / left).c_str()) == 0);
    if (kind == 1) REQUIRE(::mkdir((dir / left).c_str(), 0700) == 0);
    if (kind == 2) REQUIRE(::mkfifo((dir / left).c_str(), 0600) == 0);
    write_file_atomically(file, bytes_of("new"));
    CHECK(dir.names() == std::set<std::string>{"file", "victim", left});
    CHECK(content_of(victim) == "untouched");
  }
  SECTION("another user's") {
    if (::geteuid() != 0) return;
    REQUIRE(::chown((dir / left).c_str(), nobody, nobody) == 0);
    write_file_atomically(file, bytes_of("new"));
    CHECK(dir.names() == std::set<std::string>{"file", left});
  }
  CHECK(content_of(file).substr(0, 3) == "new");
}

TEST_CASE("writers of one file at the same time leave a whole one") {
  const TempDir dir;
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([&dir, w] {
      const std::string content(1000, static_cast<char>('a' + w));
      for (int i = 0; i < 50; ++i) write_file_atomically(dir / "file", bytes_of(content));
    });
  }
  for (std::thread& writer : writers) writer.join();
  const std::string content = content_of(dir / "file");
  CHECK(content == std::string(1000, content[0]));
  CHECK(dir.files() == 1);
}

TEST_CASE("no writer removes the temporary file of another one that is at work") {
  const TempDir dir;
  std::atomic<int> failed{0};
  std::vector<std::thread> writers;
  for (int w = 0; w < 8; ++w) {
    writers.emplace_back([&] {
      for (int i = 0; i < 300; ++i) {
        try {
          write_file_atomically(dir / "file", bytes_of("x"));
        } catch (const FileError&) {
          ++failed;
        }
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  CHECK(failed == 0);
  CHECK(dir.files() == 1);
}

TEST_CASE("a superuser's write leaves the file with its owner, group and permissions") {
  if (::geteuid() != 0) return;
  const TempDir dir;
  const std::string file = dir.write("file", "old");
  REQUIRE(::chown(file.c_str(), nobody, nobody) == 0);
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  write_file_atomically(file, bytes_of("new"));
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_uid == nobody && status.st_gid == nobody));
  CHECK(mode_of(file) == 0600);
}

TEST_CASE("where the owner cannot be kept, the group gets no more rights than others") {
  if (::geteuid() != 0) return;
  const TempDir dir;
  REQUIRE(::chmod((dir / ".").c_str(), 0777) == 0);
  const std::string file = dir.write("file", "old");
  REQUIRE(::chmod(file.c_str(), 0664) == 0);
  as_nobody([&] { write_file_atomically(file, bytes_of("new")); });
  CHECK(content_of(file) == "new");
  CHECK(mode_of(file) == 0644);
}

TEST_CASE("a directory that may not be listed can be written to") {
  if (::geteuid() != 0) return;
  const TempDir dir;
  REQUIRE(::chown((dir / ".").c_str(), nobody, nobody) == 0);
  REQUIRE(::chmod((dir / ".").c_str(), 0300) == 0);
  as_nobody([&] { write_file_atomically(dir / "file", bytes_of("new")); });
  CHECK(content_of(dir / "file") == "new");
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
  REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
  CHECK(message_of<FileError>([&] { write_file_atomically(dir / "pipe", bytes_of("x")); }).find("it is a pipe") !=
        std::string::npos);
  CHECK(message_of<FileError>([&] { write_file_atomically(dir / ".", bytes_of("x")); }).find("not a regular file") !=
        std::string::npos);
  CHECK(message_of<FileError>([&] { write_file_atomically("/dev/null", bytes_of("x")); }).find("not a regular file") !=
        std::string::npos);
  const std::string message = message_of<FileError>([&] { write_file_atomically(dir / "no/file", bytes_of("x")); });
  CHECK(message.find("cannot open the directory") != std::string::npos);
  CHECK(message.find("No such file") != std::string::npos);
}

}  // namespace atomic_file_test
