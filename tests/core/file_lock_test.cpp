// SPDX-License-Identifier: Apache-2.0
// One holder at a time, whatever name it uses; nothing is left of a lock, and what a kill leaves is no lock.

#include "qmtl/core/file_lock.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace file_lock_test {

using namespace qmtl;
using detail::FileLock;
using test::message_of, test::TempDir;

std::string refused(const std::string& path) {
  return message_of<FileError>([&] { const FileLock second(path, "test"); });
}

TEST_CASE("a file has one holder at a time, and nothing is left of the lock") {
  const TempDir dir;
  const std::string path = dir / "file",
                    expected =
                        "qmtl: test: '" + path + "' is in use by another training, expected a file of its own for each";
  {
    const FileLock first(path, "test"), other(dir / "other", "test");
    CHECK(first.held());
    CHECK(refused(path) == expected);
    CHECK(refused(path) == expected);
  }
  CHECK(dir.files() == 0);
  CHECK(FileLock(path, "test").held());
}

TEST_CASE("a link is the file that it leads to") {
  const TempDir dir;
  dir.write("file", "x");
  REQUIRE(::symlink((dir / "file").c_str(), (dir / "link").c_str()) == 0);
  REQUIRE(::mkdir((dir / "sub").c_str(), 0700) == 0);
  REQUIRE(::symlink("sub/later", (dir / "dangling").c_str()) == 0);
  for (const auto& [file, link] : {std::pair{"file", "link"}, std::pair{"sub/later", "dangling"}}) {
    const FileLock first(dir / file, "test");
    CHECK(refused(dir / link).find("is in use") != std::string::npos);
  }
  REQUIRE(::symlink("loop", (dir / "loop").c_str()) == 0);
  CHECK(refused(dir / "loop").find("qmtl: test: cannot follow the links of") == 0);
}

TEST_CASE("a lock ends with its process, killed or not, and not with a child that has inherited it") {
  const TempDir dir;
  const std::string path = dir / "file";
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t holder = ::fork();
  REQUIRE(holder >= 0);
  if (holder == 0) {
    const FileLock lock(path, "test");
    (void)!::write(ready[1], "x", 1);
    ::pause();
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  CHECK(refused(path).find("is in use") != std::string::npos);
  ::kill(holder, SIGKILL);
  REQUIRE(::waitpid(holder, nullptr, 0) == holder);
  CHECK(dir.files() == 1);  // left behind
  std::optional<FileLock> lock;
  lock.emplace(path, "test");
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  lock.reset();
  CHECK(FileLock(path, "test").held());
  ::kill(child, SIGKILL);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  CHECK(dir.files() == 0);
}

TEST_CASE("long names can be locked, and a directory that is not there is named") {
  const TempDir dir;
  CHECK(FileLock(dir / std::string(255, 'x'), "test").held());
  CHECK(refused(dir / "none/file").find("qmtl: test: cannot open the directory '" + (dir / "none/")) == 0);
}

TEST_CASE("a link whose file is not there yet is that file, before and after it is made") {
  const TempDir dir;
  REQUIRE(::symlink("file", (dir / "link").c_str()) == 0);
  const FileLock first(dir / "link", "test");
  CHECK(refused(dir / "file").find("is in use") != std::string::npos);
  dir.write("file", "x");
  CHECK(refused(dir / "file").find("is in use") != std::string::npos);
  CHECK(refused(dir / "link").find("is in use") != std::string::npos);
}

TEST_CASE("a child of fork that destroys its copy of a lock does not end that of its parent") {
  const TempDir dir;
  std::optional<FileLock> lock(std::in_place, dir / "file", "test");
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const bool held = lock->held();
    lock.reset();
    ::_exit(held ? 1 : 0);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(refused(dir / "file").find("is in use") != std::string::npos);
}

TEST_CASE("a lock ends in the directory where it began, wherever the process has gone") {
  const TempDir dir, other;
  const std::string home = std::filesystem::current_path();
  const FileLock elsewhere(other / "file", "test");
  std::filesystem::current_path(dir / ".");
  {
    const FileLock lock("file", "test");
    std::filesystem::current_path(other / ".");
  }
  std::filesystem::current_path(home);
  CHECK(dir.files() == 0);
  CHECK(refused(other / "file").find("is in use") != std::string::npos);
}

}  // namespace file_lock_test
