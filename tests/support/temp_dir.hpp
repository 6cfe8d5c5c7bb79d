#pragma once
// SPDX-License-Identifier: Apache-2.0
// A directory for the files of one test, removed with all it holds.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace qmtl::test {

/// An empty directory of its own in the system's place for temporary files.
class TempDir {
 public:
  TempDir() : path_((std::filesystem::temp_directory_path() / "qmtl-test-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot create " + path_);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  /// The path of the file `name` in it.
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

  /// Writes `content` to the file `name` in it; returns its path.
  std::string write(std::string_view name, std::string_view content) const {
    std::filesystem::remove(*this / name);  // some file systems flush to disk what replaces a truncated file
    std::ofstream file(*this / name, std::ios::binary);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    if (!file.flush()) throw std::runtime_error("cannot write " + *this / name);
    return *this / name;
  }

  /// The names of the files that it holds.
  std::set<std::string> names() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) names.insert(entry.path().filename().string());
    return names;
  }
  std::size_t files() const { return names().size(); }

 private:
  std::string path_;
};

}  // namespace qmtl::test
