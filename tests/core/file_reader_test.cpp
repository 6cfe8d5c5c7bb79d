// SPDX-License-Identifier: Apache-2.0
// Regular files are read part by part within a limit; what is no regular file is refused at once.

#include "qmtl/core/file_reader.hpp"

#include <sys/stat.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace file_reader_test {

using qmtl::FileError;
using qmtl::read_file;
using qmtl::detail::FileReader;
using qmtl::test::message_of;
using qmtl::test::TempDir;

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST_CASE("reading stops at the limit") {
  const TempDir dir;
  const std::string file = dir.write("file", "12345");
  CHECK(read_file(file, 5).size() == 5);
  CHECK(message_of<FileError>([&] { (void)read_file(file, 4); }) ==
        "qmtl: read_file: '" + file + "' is too large, expected at most 4 bytes, got 5");
  CHECK(read_file(file, SIZE_MAX).size() == 5);
  CHECK_FALSE(read_file("/proc/self/status", 1 << 20).empty());  // declares size 0
  CHECK(message_of<FileError>([&] { (void)read_file("/proc/self/status", 10); }).find("expected at most 10 bytes") !=
        std::string::npos);
}

TEST_CASE("what cannot be read is an error that says why") {
  const TempDir dir;
  CHECK(message_of<FileError>([&] { (void)read_file(dir / "none", 9); }).find("No such file") != std::string::npos);
  CHECK(message_of<FileError>([&] { (void)read_file(dir / ".", 9); }) ==
        "qmtl: read_file: '" + dir / "." + "' is not a regular file, it is a directory");
  CHECK(message_of<FileError>([&] { (void)read_file("/dev/zero", 9); }) ==
        "qmtl: read_file: '/dev/zero' is not a regular file, it is a device");
}

TEST_CASE("a pipe is refused at once, whether anybody writes to it or not") {
  const TempDir dir;
  REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
  CHECK(message_of<FileError>([&] { (void)read_file(dir / "pipe", 9); }).find("it is a pipe") != std::string::npos);
}

TEST_CASE("a file is read part by part, and a part that is not there takes no memory") {
  const TempDir dir;
  for (const std::size_t size : std::array<std::size_t, 3>{0, 5, 100000}) {
    std::string content(size, '\0');
    for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 7 % 251);
    FileReader file(dir.write("file", content), "reader");
    CHECK(text_of(file.first(0)).empty());
    CHECK(text_of(file.first(3)) == content.substr(0, 3));
    CHECK(text_of(file.first(2)) == content.substr(0, 2));
    CHECK(text_of(file.first(SIZE_MAX / 4)) == content);
    CHECK(text_of(file.all(size)) == content);
  }
}

TEST_CASE("the start of a file without end can be read, and the rest is refused before it is") {
  const TempDir dir;
  const std::string path = dir.write("huge", "magic");
  std::filesystem::resize_file(path, std::uintmax_t{1} << 40);
  FileReader file(path, "reader");
  CHECK(text_of(file.first(5)) == "magic");
  CHECK(message_of<FileError>([&] { (void)file.all(std::size_t{1} << 36); }) ==
        "qmtl: reader: '" + path + "' is too large, expected at most 68719476736 bytes, got 1099511627776");
}

}  // namespace file_reader_test
