#pragma once
// SPDX-License-Identifier: Apache-2.0
// Zip archives through libzip: the directory, one entry unpacked in bounded memory, and an archive built in memory.

#include <zip.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/file_reader.hpp"
#include "qmtl/core/printable.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// One entry of the directory, as declared there: none of it is to be trusted.
struct ZipEntry {
  std::uint64_t index;
  std::string name;
  std::uint64_t packed_bytes;
  std::uint64_t unpacked_bytes;
  int method;
  bool encrypted;
};

/// One file to be packed.
struct ZipMember {
  std::string name;
  std::vector<std::byte> bytes;
};

/// What makes an entry name unsafe ("has a '..' step"), or nullptr.
[[nodiscard]] inline const char* entry_name_fault(std::string_view name) noexcept {
  if (name.empty()) return "is empty";
  if (name.find('\\') != std::string_view::npos) return "contains a backslash";
  if (name.find('\0') != std::string_view::npos) return "contains a zero character";
  if (name.starts_with('/')) return "is absolute";
  if (name.size() > 1 && name[1] == ':') return "starts with a drive letter";
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    if (name.substr(begin, end - begin) == "..") return "has a '..' step";
    begin = end + 1;
  }
  return nullptr;
}

/// libzip's error record, released when it goes out of scope.
class ZipError {
 public:
  ZipError() noexcept { zip_error_init(&error_); }
  explicit ZipError(int code) noexcept { zip_error_init_with_code(&error_, code); }
  ZipError(const ZipError&) = delete;
  ZipError& operator=(const ZipError&) = delete;
  ~ZipError() { zip_error_fini(&error_); }

  [[nodiscard]] zip_error_t* get() noexcept { return &error_; }
  [[nodiscard]] const char* message() noexcept { return zip_error_strerror(&error_); }

 private:
  zip_error_t error_;
};

struct ZipDiscard {
  void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
};
struct ZipFileClose {
  void operator()(zip_file_t* file) const noexcept { zip_fclose(file); }
};
struct ZipSourceFree {
  void operator()(zip_source_t* source) const noexcept { zip_source_free(source); }
};
using ZipHandle = std::unique_ptr<zip_t, ZipDiscard>;
using ZipFileHandle = std::unique_ptr<zip_file_t, ZipFileClose>;
using ZipSourceHandle = std::unique_ptr<zip_source_t, ZipSourceFree>;

/// The unpacked bytes of one entry in their order; size and CRC must be the declared ones. Errors start with "qmtl:
/// <where>: ".
class ZipStream {
 public:
  ZipStream(ZipFileHandle file, std::uint64_t declared, std::string_view where)
      : file_(std::move(file)), declared_(declared), where_(where) {}

  /// Appends the next `count` bytes. The buffer grows with those that come out, so that a lie about their number costs
  /// no memory. Throws FileError where there are fewer.
  void append(std::vector<std::byte>& out, std::size_t count) {
    constexpr std::size_t first = 1u << 20;
    std::size_t have = out.size();
    const std::size_t end = have + count;
    while (have < end) {
      if (have == out.size()) out.resize(std::min(end, std::max(first, 2 * have)));
      const std::size_t got = read(std::span(out).subspan(have));
      if (got == 0) {
        throw FileError(text("qmtl: ", where_, ": the entry is shorter than declared, expected ", declared_,
                             " bytes, got ", taken_));
      }
      have += got;
    }
  }

  /// Throws FileError unless all bytes have been read, there are no more, and their CRC is the declared one.
  void finish() {
    std::byte beyond;  // the read past the end makes libzip compare the CRC
    if (read({&beyond, 1}) != 0) {
      throw FileError(
          text("qmtl: ", where_, ": the entry is longer than declared, expected ", declared_, " bytes, got more"));
    }
  }

 private:
  [[nodiscard]] std::size_t read(std::span<std::byte> into) {
    const zip_int64_t got = zip_fread(file_.get(), into.data(), into.size());
    if (got < 0) throw FileError(text("qmtl: ", where_, ": cannot unpack: ", zip_file_strerror(file_.get())));
    taken_ += static_cast<std::size_t>(got);
    return static_cast<std::size_t>(got);
  }

  ZipFileHandle file_;
  std::uint64_t declared_;
  std::string where_;
  std::size_t taken_ = 0;
};

/// An archive opened for reading. Not for several threads at once.
class ZipArchive {
 public:
  /// Throws FileError where `path` is no readable zip archive, or no regular file.
  explicit ZipArchive(const std::string& path)
      : path_(path), file_bytes_(FileReader(path, "zip archive").size()) {  // libzip itself would wait for a pipe
    int code = 0;
    archive_.reset(zip_open(path.c_str(), ZIP_RDONLY, &code));
    if (!archive_) {
      throw FileError(text(
          "qmtl: ", path, ": expected a readable zip archive, as numpy.savez writes, got: ", ZipError(code).message()));
    }
  }

  /// The number of entries, whatever they are.
  [[nodiscard]] std::uint64_t size() const {
    return static_cast<std::uint64_t>(std::max<zip_int64_t>(zip_get_num_entries(archive_.get(), 0), 0));
  }

  /// What the directory says about entry `index` < size(). Throws FileError.
  [[nodiscard]] ZipEntry entry(std::uint64_t index) const {
    zip_stat_t status;
    zip_stat_init(&status);
    constexpr std::uint64_t needed =
        ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    if (zip_stat_index(archive_.get(), index, 0, &status) != 0 || (status.valid & needed) != needed) {
      throw FileError(text("qmtl: ", path_, ": bad directory entry ", index, ": ", zip_strerror(archive_.get())));
    }
    return {index,       status.name,        status.comp_size,
            status.size, status.comp_method, status.encryption_method != ZIP_EM_NONE};
  }

  /// Throws FileError where two entries have the same name, since readers would disagree about which one counts, or
  /// the same bytes, which would let a small file unpack to any size: together they are larger than the file.
  void require_separate_entries() const {
    std::set<std::string> seen;
    std::uint64_t left = file_bytes_;
    for (std::uint64_t i = 0; i < size(); ++i) {
      const ZipEntry next = entry(i);
      if (!seen.insert(next.name).second) {
        throw FileError(text("qmtl: ", path_, ": duplicate entry name ", in_quotes(next.name)));
      }
      if (next.packed_bytes > left) {
        throw FileError(text("qmtl: ", path_, ": entries overlap, expected at most ", file_bytes_,
                             " packed bytes, as the file has, got more at ", in_quotes(next.name)));
      }
      left -= next.packed_bytes;
    }
  }

  /// Starts to unpack an entry; the archive must outlive the stream. Throws FileError.
  [[nodiscard]] ZipStream unpack(const ZipEntry& entry, std::string_view where) {
    require_readable(entry, where);
    ZipFileHandle file(zip_fopen_index(archive_.get(), entry.index, 0));
    if (!file) throw FileError(text("qmtl: ", where, ": cannot unpack: ", zip_strerror(archive_.get())));
    return {std::move(file), entry.unpacked_bytes, where};
  }

 private:
  static void require_readable(const ZipEntry& entry, std::string_view where) {
    if (entry.encrypted) throw FileError(text("qmtl: ", where, ": expected a plain entry, got an encrypted one"));
    if (entry.method != ZIP_CM_STORE && entry.method != ZIP_CM_DEFLATE) {
      throw FileError(
          text("qmtl: ", where, ": expected compression method STORED (0) or DEFLATE (8), got method ", entry.method));
    }
  }

  std::string path_;
  std::uint64_t file_bytes_;
  ZipHandle archive_;
};

[[noreturn]] inline void throw_pack_error(const char* reason) {
  throw FileError(text("qmtl: pack_stored: libzip cannot build the archive: ", reason));
}

/// Adds one uncompressed entry dated 1980-01-01, so that equal members give equal archives.
inline void add_stored(zip_t& archive, const ZipMember& member) {
  ZipSourceHandle source(zip_source_buffer(&archive, member.bytes.data(), member.bytes.size(), 0));
  if (!source) throw_pack_error(zip_strerror(&archive));
  const zip_int64_t index = zip_file_add(&archive, member.name.c_str(), source.get(), ZIP_FL_ENC_UTF_8);
  if (index < 0) throw_pack_error(zip_strerror(&archive));
  (void)source.release();  // the archive owns it now
  constexpr zip_uint16_t midnight = 0;
  constexpr zip_uint16_t first_of_january_1980 = (1 << 5) | 1;
  const auto entry = static_cast<zip_uint64_t>(index);
  if (zip_set_file_compression(&archive, entry, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(&archive, entry, midnight, first_of_january_1980, 0) != 0) {
    throw_pack_error(zip_strerror(&archive));
  }
}

/// All the bytes that libzip has written into `source`.
[[nodiscard]] inline std::vector<std::byte> source_bytes(zip_source_t& source) {
  zip_stat_t status;
  zip_stat_init(&status);
  if (zip_source_stat(&source, &status) != 0 || zip_source_open(&source) != 0) {
    throw_pack_error(zip_error_strerror(zip_source_error(&source)));
  }
  std::vector<std::byte> bytes(status.size);
  std::uint64_t have = 0;
  while (have < bytes.size()) {
    const zip_int64_t got = zip_source_read(&source, bytes.data() + have, bytes.size() - have);
    if (got <= 0) break;
    have += static_cast<std::uint64_t>(got);
  }
  zip_source_close(&source);
  if (have != bytes.size()) throw_pack_error("its bytes cannot be read back");
  return bytes;
}

/// The bytes of a zip archive of the members, uncompressed. Throws FileError.
[[nodiscard]] inline std::vector<std::byte> pack_stored(std::span<const ZipMember> members) {
  ZipError error;
  const ZipSourceHandle out(zip_source_buffer_create(nullptr, 0, 0, error.get()));
  if (!out) throw_pack_error(error.message());
  ZipHandle archive(zip_open_from_source(out.get(), ZIP_TRUNCATE, error.get()));
  if (!archive) throw_pack_error(error.message());
  zip_source_keep(out.get());  // the archive frees its own reference
  for (const ZipMember& member : members) add_stored(*archive, member);
  if (zip_close(archive.get()) != 0) throw_pack_error(zip_strerror(archive.get()));
  (void)archive.release();
  return source_bytes(*out);
}

}  // namespace qmtl::inline QMTL_ABI::detail
