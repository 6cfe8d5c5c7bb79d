// SPDX-License-Identifier: Apache-2.0
// .npz archives: known bytes from NumPy, round trips, and hostile archives made byte by byte.

#include "qmtl/io/npz.hpp"

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "io/zip_bytes.hpp"
#include "support/catch.hpp"
#include "support/peak_memory.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace npz_test {

using qmtl::FileError;
using qmtl::LoadLimits;
using qmtl::NpyArray;
using qmtl::Npz;
using qmtl::to_matrix;
using qmtl::ValueError;
using qmtl::test::deflated;
using qmtl::test::message_of;
using qmtl::test::RawEntry;
using qmtl::test::stored;
using qmtl::test::TempDir;
using qmtl::test::zip_of;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

NpyArray counting(std::size_t count) {
  std::vector<std::int32_t> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<std::int32_t>(i);
  return qmtl::make_npy(std::span<const std::int32_t>(values), {count});
}

std::string npy_text(const NpyArray& array) {
  const std::vector<std::byte> bytes = qmtl::encode_npy(array);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string file_text(const std::string& path) {
  const std::vector<std::byte> bytes = qmtl::read_file(path, 1 << 20);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The message of opening `archive` and reading the array "a" in it.
std::string error_of(const std::string& archive, const LoadLimits& limits = {}) {
  const TempDir dir;
  const std::string path = dir.write("hostile.npz", archive);
  return message_of<FileError>([&] { (void)Npz::open(path, limits).get("a"); });
}

/// An entry that declares more or less than the zeros that come out of it.
RawEntry zeros(std::size_t matches, std::uint32_t declared) {
  return {.name = "a.npy", .raw = qmtl::test::deflate_zeros(matches), .unpacked_bytes = declared, .method = 8};
}

/// What is before the data in a .npy file of `size` bytes: an array of bytes.
std::string npy_start(std::size_t size) {
  constexpr std::size_t length = 118;
  std::string header = qmtl::detail::npy_header({.shape = {size - length - 10}, .dtype = qmtl::DType::u8, .data = {}});
  header.resize(length - 1, ' ');
  return std::string("\x93NUMPY\x01\x00v\x00", 10) + header + '\n';
}

/// The same, with the right header of an array for what is declared.
RawEntry zeros_npy(std::size_t matches, std::uint32_t declared) {
  RawEntry entry = zeros(matches, declared);
  std::string header = qmtl::test::deflate_plain(npy_start(declared));
  header[0] = '\0';  // not the last block
  entry.raw = header + entry.raw;
  return entry;
}

constexpr std::uint32_t mebi = 1u << 20;

std::string from_hex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out += static_cast<char>(static_cast<unsigned char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

/// numpy 1.24.2: savez_compressed(f, a=arange(6, dtype='<f4').reshape(2, 3), labels=array([1, -1], '<i4')).
constexpr std::string_view savez_compressed =
    "504b03042d0000000800000021004fe9002affffffffffffffff05001400612e6e70790100100098000000000000005500000000000000"
    "9bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9366a2aea3a09e965f54529498179f5f94920a12774bcc294e058a17672416a402"
    "f91a463a0ac69a3a0ab50a64032e063068b007120e4004c40d40bcc00100504b03042d00000008000000210063111859ffffffffffffff"
    "ff0a0014006c6162656c732e6e70790100100088000000000000004b000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5"
    "a06e9369a2aea3a09e965f54529498179f5f94920a12774bcc294e058a17672416a402f91a463a9a3a0ab50a14002e46060686ff400000"
    "504b01022d032d0000000800000021004fe9002a5500000098000000050000000000000000000000800100000000612e6e7079504b0102"
    "2d032d000000080000002100631118594b000000880000000a000000000000000000000080018c0000006c6162656c732e6e7079504b05"
    "0600000000020002006b000000130100000000";

TEST_CASE("an archive as numpy's savez_compressed writes it") {
  const TempDir dir;
  const Npz npz = Npz::open(dir.write("numpy.npz", from_hex(savez_compressed)));
  CHECK(npz.names() == std::vector<std::string>{"a", "labels"});
  CHECK(to_matrix<float>(npz.get("a")) == (Eigen::MatrixXf(2, 3) << 0, 1, 2, 3, 4, 5).finished());
  CHECK(to_matrix<std::int32_t>(npz.get("labels")) == Eigen::Vector2i(1, -1));
}

TEST_CASE("arrays survive the archive") {
  const TempDir dir;
  const std::vector<std::string> tasks = {"sarcasm", "\u00e4"};
  const std::map<std::string, NpyArray> arrays = {
      {"x", counting(1000)}, {"group/y", counting(0)}, {"task_names", qmtl::to_npy(tasks)}, {"\u03b8", counting(1)}};
  qmtl::write_npz(dir / "a.npz", arrays);
  const Npz npz = Npz::open(dir / "a.npz");
  REQUIRE(npz.names().size() == arrays.size());
  for (const auto& [name, array] : arrays) {
    REQUIRE(npz.contains(name));
    const NpyArray read = npz.get(name);
    CHECK(read.shape == array.shape);
    CHECK(read.dtype == array.dtype);
    CHECK(read.data == array.data);
  }
  CHECK(qmtl::to_strings(npz.get("task_names")) == tasks);
  CHECK_FALSE(npz.contains("x.npy"));
  CHECK(dir.files() == 1);

  qmtl::write_npz(dir / "b.npz", arrays);
  CHECK(file_text(dir / "a.npz") == file_text(dir / "b.npz"));
  CHECK(file_text(dir / "a.npz").substr(10, 4) == std::string("\0\0\x21\0", 4));  // midnight, 1980-01-01: no clock
}

TEST_CASE("STORED and DEFLATE give the same array") {
  const TempDir dir;
  const std::string npy = npy_text(counting(500));
  const RawEntry entries[] = {stored("s.npy", npy), deflated("d.npy", npy)};
  const Npz npz = Npz::open(dir.write("a.npz", zip_of(entries)));
  CHECK(npz.get("s").data == npz.get("d").data);
  CHECK(npz.get("s").data == counting(500).data);
}

TEST_CASE("an archive can be moved, and read from several threads") {
  const TempDir dir;
  const std::string path = dir.write("a.npz", zip_of(deflated("a.npy", npy_text(counting(10000)))));
  Npz opened = Npz::open(path);
  const Npz npz = std::move(opened);
  std::vector<NpyArray> read(4);
  std::vector<std::thread> threads;
  for (NpyArray& array : read) threads.emplace_back([&npz, &array] { array = npz.get("a"); });
  for (std::thread& thread : threads) thread.join();
  for (const NpyArray& array : read) CHECK(array.data == counting(10000).data);
}

TEST_CASE("a missing array lists those there are") {
  const TempDir dir;
  const RawEntry entries[] = {stored("x_train.npy", npy_text(counting(1))), stored("y.npy", npy_text(counting(1))),
                              stored("readme.txt", "no array")};
  const Npz npz = Npz::open(dir.write("a.npz", zip_of(entries)));
  CHECK(npz.names() == std::vector<std::string>{"x_train", "y"});
  const std::string message = message_of<FileError>([&] { (void)npz.get("x"); });
  CHECK(contains(message, "no array 'x', available: 'x_train', 'y'"));
}

TEST_CASE("what is no archive is an error that names the file") {
  const TempDir dir;
  for (const std::string& path : {dir.write("empty", ""), dir.write("text", "no zip"), dir / "none", dir / "."}) {
    CHECK(contains(message_of<FileError>([&] { (void)Npz::open(path); }), path));
  }
}

TEST_CASE("a pipe is no archive, and nobody waits for it") {
  const TempDir dir;
  REQUIRE(::mkfifo((dir / "pipe.npz").c_str(), 0600) == 0);
  CHECK(contains(message_of<FileError>([&] { (void)Npz::open(dir / "pipe.npz"); }), "it is a pipe"));
}

TEST_CASE("an archive cut at any byte is an error") {
  const auto archive = GENERATE(zip_of(stored("a.npy", npy_text(counting(2)))), from_hex(savez_compressed));
  const TempDir dir;
  for (std::size_t size = 0; size < archive.size(); ++size) {
    const std::string path = dir.write("cut.npz", archive.substr(0, size));
    INFO("cut at " << size);
    REQUIRE_THROWS_AS(Npz::open(path).get("a"), FileError);
  }
}

TEST_CASE("an archive with any one byte changed is read or is an error") {
  const std::string archive = from_hex(savez_compressed);
  const TempDir dir;
  std::size_t undetected = 0;
  for (std::size_t at = 0; at < archive.size(); ++at) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string changed = archive;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      const std::string path = dir.write("changed.npz", changed);
      try {
        const auto matrix = to_matrix<float>(Npz::open(path).get("a"));
        if (matrix != (Eigen::MatrixXf(2, 3) << 0, 1, 2, 3, 4, 5).finished()) ++undetected;
      } catch (const qmtl::Error&) {
      }
    }
  }
  CHECK(undetected == 0);
}

TEST_CASE("an entry name that could leave a directory is refused by name") {
  for (const char* name :
       {"../a.npy", "x/../../a.npy", "/etc/a.npy", "x\\a.npy", "..", "x/..", "C:a.npy", "c:/a.npy"}) {
    const RawEntry entries[] = {stored("a.npy", npy_text(counting(1))), stored(name, "hostile")};
    const std::string message = error_of(zip_of(entries));
    CHECK(contains(message, "unsafe entry name"));
    CHECK(contains(message, "'" + std::string(name) + "'"));
  }
  const TempDir dir;
  const std::string path = dir.write("dots.npz", zip_of(stored("a..b/.c.npy", npy_text(counting(3)))));
  CHECK(Npz::open(path).get("a..b/.c").shape[0] == 3);
}

TEST_CASE("a name that occurs twice is refused") {
  const RawEntry entries[] = {stored("a.npy", npy_text(counting(1))), stored("b.npy", npy_text(counting(1))),
                              stored("a.npy", npy_text(counting(2)))};
  CHECK(contains(error_of(zip_of(entries)), "duplicate entry name 'a.npy'"));
}

TEST_CASE("encrypted entries and other methods are refused") {
  RawEntry entry = stored("a.npy", npy_text(counting(1)));
  entry.flags = 1;
  CHECK(contains(error_of(zip_of(entry)), "encrypted"));
  for (const std::uint16_t method : {std::uint16_t{12}, std::uint16_t{14}, std::uint16_t{93}, std::uint16_t{1}}) {
    entry.flags = 0;
    entry.method = method;
    CHECK(contains(error_of(zip_of(entry)), "got method " + std::to_string(method)));
  }
}

TEST_CASE("a wrong checksum is an error") {
  const auto make = GENERATE(&stored, [](std::string n, std::string c) { return deflated(std::move(n), c); });
  RawEntry entry = make("a.npy", npy_text(counting(1)));
  entry.crc ^= 1;
  CHECK(contains(error_of(zip_of(entry)), "CRC"));
}

TEST_CASE("a size that is wrong by one byte is an error") {
  const std::string npy = npy_text(counting(1));
  RawEntry entry = deflated("a.npy", npy + "x");
  entry.unpacked_bytes -= 1;
  entry.crc = qmtl::test::crc32_of(npy);  // of what is declared
  CHECK(contains(error_of(zip_of(entry)), "longer than declared"));
  entry = deflated("a.npy", npy.substr(0, npy.size() - 1));
  entry.unpacked_bytes += 1;
  CHECK(contains(error_of(zip_of(entry)), "shorter than declared"));
}

TEST_CASE("arrays over a limit are refused before they are unpacked") {
  const RawEntry entry = stored("a.npy", npy_text(counting(100)));
  CHECK(contains(error_of(zip_of(entry), {.bytes = 527}),
                 "expected at most 527 bytes in all (LoadLimits::bytes), got 528"));
  const RawEntry two[] = {entry, stored("b.npy", npy_text(counting(100))), stored("readme.txt", std::string(500, ' '))};
  CHECK(contains(error_of(zip_of(two), {.bytes = 1055}), "(LoadLimits::bytes), got 1056"));
  CHECK(contains(error_of(zip_of(entry), {.rows = 99}),
                 "'a': too many rows, expected at most 99 (LoadLimits::rows), got 100"));
  const RawEntry entries[] = {stored("a.npy", ""), stored("b.npy", ""), stored("c.npy", "")};
  CHECK(contains(error_of(zip_of(entries), {.entries = 2}), "expected at most 2 (LoadLimits::entries), got 3"));
}

TEST_CASE("a zip bomb is refused before it is unpacked") {
  const std::size_t matches = 64 * mebi / 258;
  CHECK(contains(error_of(zip_of(zeros(matches, 64 * mebi)), {.ratio = 100, .ratio_free_bytes = 0}), "zip bomb"));
  CHECK(contains(error_of(zip_of(zeros(1000, 1024 * mebi))), "(LoadLimits::ratio)"));
}

TEST_CASE("small bombs that are a large one together are refused before they are unpacked") {
  std::vector<RawEntry> entries;
  for (int i = 0; i < 100; ++i) {
    entries.push_back(zeros(500, 15 * mebi));
    entries.back().name = std::to_string(i) + ".npy";
  }
  CHECK(contains(error_of(zip_of(entries)), "packed bytes become 1572864000"));
}

TEST_CASE("entries that share their bytes are refused") {
  const std::string content = npy_text(counting(5000));
  const RawEntry entries[] = {stored("a.npy", content), stored("b.npy", content)};
  std::string archive = zip_of(entries);
  const std::size_t second = archive.find("PK\x03\x04", 4);
  const std::size_t length = archive.find("PK\x01\x02") - second;
  archive.erase(second, length);  // the directory still has two entries, both of them now lead to the first
  const std::size_t directory = archive.find("PK\x01\x02");
  archive.replace(archive.rfind(qmtl::test::little_endian(second, 4) + "b.npy"), 4, std::string(4, '\0'));
  archive.replace(archive.size() - 6, 4, qmtl::test::little_endian(directory, 4));
  CHECK(contains(error_of(archive), "entries overlap"));
}

TEST_CASE("extents beyond the limits are refused axis by axis, rows or none") {
  using Shape = std::vector<std::size_t>;
  const auto refused = [](const Shape& shape) {
    return error_of(zip_of(stored("a.npy", npy_text({.shape = shape, .dtype = qmtl::DType::u8, .data = {}}))));
  };
  constexpr std::size_t giant = std::size_t{1} << 62;
  CHECK(contains(refused({0, giant}), "(LoadLimits::columns), got 4611686018427387904"));
  CHECK(contains(refused({0, std::size_t{1} << 31, 2}), "(LoadLimits::columns), got 2147483648"));
  CHECK(contains(refused({0, 1 << 11, 1 << 11}), "(LoadLimits::columns), got 4194304"));
  CHECK(contains(refused({3, 0, giant}), "(LoadLimits::columns), got 4611686018427387904"));
  CHECK(contains(refused({giant, 0}), "(LoadLimits::rows), got 4611686018427387904"));
}

TEST_CASE("a small array may be as compressible as it likes") {
  const TempDir dir;
  RawEntry entry = zeros(4000, 1 + 258 * 4000);
  entry.crc = qmtl::test::crc32_of(std::string(1 + 258 * 4000, '\0'));
  const std::string path = dir.write("zeros.npz", zip_of(entry));
  // Unpacked in spite of the ratio 158 > 2: what is wrong is that zeros are no .npy file.
  CHECK(contains(
      message_of<FileError>([&] { (void)Npz::open(path, {.ratio = 2, .ratio_free_bytes = 2 * mebi}).get("a"); }),
      "not a .npy file"));
}

TEST_CASE("a declared size that lies costs no memory") {
  const long before = qmtl::test::peak_memory_mib();
  const LoadLimits no_ratio = {.ratio = 1e9};
  SECTION("more comes out than declared") {
    const std::size_t matches = 512 * std::size_t{mebi} / 258;  // 512 MiB from 3.2 MiB
    CHECK(contains(error_of(zip_of(zeros_npy(matches, 1000))), "longer than declared"));
  }
  SECTION("less comes out than declared") {
    RawEntry entry = zeros_npy(1000, 1000 * mebi);
    CHECK(contains(error_of(zip_of(entry), no_ratio), "CRC"));
    entry.crc = qmtl::test::crc32_of(npy_start(1000 * mebi) + std::string(1 + 258 * 1000, '\0'));
    CHECK(contains(error_of(zip_of(entry), no_ratio), "shorter than declared"));
  }
  SECTION("a stored entry declares more than the file holds") {
    RawEntry entry = stored("a.npy", npy_text(counting(1)));
    entry.unpacked_bytes = 2000 * mebi;
    CHECK(contains(error_of(zip_of(entry), no_ratio), "'a'"));
  }
  CHECK(qmtl::test::peak_memory_mib() - before < 64);
}

TEST_CASE("a hostile .npy inside an archive is named with its archive") {
  CHECK(contains(error_of(zip_of(stored("a.npy", "\x80\x04 pickle"))), "hostile.npz: 'a': not a .npy file"));
  CHECK(contains(error_of(zip_of(stored("a.npy", npy_text(counting(2)) + "x"))), "expected 8 bytes of data, got 9"));
}

TEST_CASE("only safe names and whole arrays are written") {
  const TempDir dir;
  const std::string path = dir / "a.npz";
  for (const char* name : {"", "../a", "/a", "a\\b", "C:a", "\xff"}) {
    const std::map<std::string, NpyArray> arrays = {{name, counting(1)}};
    CHECK_THROWS_AS(qmtl::write_npz(path, arrays), ValueError);
  }
  CHECK_THROWS_AS(qmtl::write_npz(path, {}), ValueError);
  NpyArray torn = counting(2);
  torn.data.pop_back();
  CHECK_THROWS_AS(qmtl::write_npz(path, {{"a", torn}}), qmtl::ShapeError);
  CHECK(dir.files() == 0);
}

}  // namespace npz_test
