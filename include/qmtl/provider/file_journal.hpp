#pragma once
// SPDX-License-Identifier: Apache-2.0
// FileJournal: what has become of a job, in files beside the job's own.

#include <sys/stat.h>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/atomic_file.hpp"
#include "qmtl/core/file_lock.hpp"
#include "qmtl/hardware/job_journal.hpp"
#include "qmtl/provider/job_json.hpp"

namespace qmtl::inline QMTL_ABI {

/// A journal on disk for the job in `path`: its parts in `path`.parts, the results of part n in `path`.results-n, each
/// replaced in one step and flushed before a call returns. It holds the job against other processes for as long as it
/// lives. No key is in any of the files.
class FileJournal {
 public:
  /// Reads what there is. Throws FileError for files that it did not write, those of another job, where another process
  /// has the job, and where the file system has no locks: without one, two processes could send the same circuits.
  // NOLINTNEXTLINE(modernize-pass-by-value)
  explicit FileJournal(std::string path, const std::string& job_name, const LoadLimits& limits = {})
      : path_(std::move(path)), name_(job_name), limits_(limits), lock_(path_ + ".parts", "FileJournal", "process") {
    if (!lock_.held()) {
      throw FileError("qmtl: FileJournal: '" + path_ + "': expected a file system with locks that may be written to");
    }
    struct stat status {};
    if (::stat((path_ + ".parts").c_str(), &status) == 0) read_parts();
  }

  [[nodiscard]] const std::vector<JobPart>& parts() const noexcept { return parts_; }

  /// Throws FileError, and then what was there is still there.
  void write_parts(std::vector<JobPart> parts) {
    auto list = nlohmann::json::array();
    for (const auto& part : parts) {
      list.push_back({{"circuits", part.circuits},
                      {"state", state_names[static_cast<std::size_t>(part.state)]},
                      {"id", detail::replace_invalid_utf8(part.id)}});
    }
    write(path_ + ".parts",
          nlohmann::json{{"format", format}, {"version", 1}, {"name", name_}, {"parts", std::move(list)}}.dump(1));
    parts_ = std::move(parts);
  }

  /// Throws FileError for a part without results.
  [[nodiscard]] std::vector<CircuitResult> results(std::size_t part) const {
    const std::string path = results_path(part);
    return detail::parse_results(read(path), path, limits_);
  }
  void write_results(std::size_t part, const std::vector<CircuitResult>& results) const {
    write(results_path(part), detail::results_text(results));
  }

 private:
  static constexpr std::string_view format = "qmtl parts of a job";
  static constexpr const char* state_names[] = {"planned", "sending", "sent", "ended"};

  [[nodiscard]] std::string results_path(std::size_t part) const { return detail::text(path_, ".results-", part); }

  static void write(const std::string& path, const std::string& content) {
    write_file_atomically(path, std::as_bytes(std::span(content.data(), content.size())));
  }
  [[nodiscard]] std::string read(const std::string& path) const {
    const auto bytes = detail::read_within(detail::FileReader(path, "FileJournal"), limits_, path);
    return std::string(detail::as_text(bytes));
  }

  void read_parts() {
    const std::string path = path_ + ".parts", content = read(path);
    detail::LoadBudget budget(limits_);
    const nlohmann::json root = detail::parse_json(content, path, budget);
    const detail::JsonField field(root, path);
    detail::require_format(field, format);
    if (field.at("name").string() != name_) field.at("name").fail(detail::in_quotes(name_) + ", the job's");
    const detail::JsonField parts = field.at("parts");
    for (std::size_t p = 0; p < parts.size(); ++p) {
      JobPart& part = parts_.emplace_back();
      const detail::JsonField circuits = parts[p].at("circuits");
      for (std::size_t c = 0; c < circuits.size(); ++c) part.circuits.push_back(circuits[c].index(1 << 30));
      const detail::JsonField state = parts[p].at("state");
      std::size_t s = 0;
      while (s < 4 && state.string() != state_names[s]) ++s;
      if (s == 4) state.fail("planned, sending, sent or ended");
      part.state = static_cast<PartState>(s);
      part.id = parts[p].at("id").string();
    }
  }

  std::string path_, name_;
  LoadLimits limits_;
  detail::FileLock lock_;
  std::vector<JobPart> parts_;
};

}  // namespace qmtl::inline QMTL_ABI
