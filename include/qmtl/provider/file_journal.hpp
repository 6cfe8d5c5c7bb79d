#pragma once
// SPDX-License-Identifier: Apache-2.0
// FileJournal: what has become of a job, in files beside the job's own.

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/atomic_file.hpp"
#include "qmtl/core/byte_stream.hpp"
#include "qmtl/core/file_lock.hpp"
#include "qmtl/hardware/job_journal.hpp"
#include "qmtl/provider/job_json.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

/// What is in a journal's file of parts.
struct PartsFile {
  std::string name{};                    ///< of the job
  std::optional<std::uint64_t> asked{};  ///< job_fingerprint, where it was known
  std::vector<JobPart> parts{};
};

inline constexpr std::string_view parts_format = "qmtl parts of a job";
inline constexpr const char* part_state_names[] = {"planned", "sending", "sent", "ended"};

/// The same for jobs that ask the same in as many circuits and shots, however these were made.
[[nodiscard]] inline std::uint64_t job_fingerprint(const HardwareJob& job) {
  ByteWriter out;
  out.put_value(job.shots);
  out.put_value(std::uint64_t{job.circuits.size()});
  for (const PlannedJob& planned : job.jobs) {
    out.put_value(planned.circuit);
    out.put_value(std::uint64_t{planned.runs.size()});
    for (const RunPlace& run : planned.runs) out.put_value(std::array{run.circuit, run.classical_register});
    out.put(std::span(planned.parameters.data(), static_cast<std::size_t>(planned.parameters.size())));
  }
  return fnv1a(out.bytes());
}

[[nodiscard]] inline std::string parts_text(const PartsFile& file) {
  auto list = nlohmann::json::array();
  for (const auto& part : file.parts) {
    list.push_back({{"circuits", part.circuits},
                    {"state", part_state_names[static_cast<std::size_t>(part.state)]},
                    {"id", replace_invalid_utf8(part.id)}});
  }
  nlohmann::json root{
      {"format", parts_format}, {"version", 1}, {"name", replace_invalid_utf8(file.name)}, {"parts", std::move(list)}};
  if (file.asked) root["asked"] = std::to_string(*file.asked);
  return root.dump(1);
}

/// Throws FileError for what parts_text does not write.
[[nodiscard]] inline PartsFile parse_parts(std::string_view content, std::string_view where, const LoadLimits& limits) {
  LoadBudget budget(limits);
  budget.take(content.size(), where);
  const nlohmann::json root = parse_json(content, where, budget);
  const JsonField field(root, where);
  require_format(field, parts_format);
  PartsFile out{field.at("name").string(), {}, {}};
  if (const auto asked = field.find("asked")) out.asked = integer_of(*asked);
  const JsonField parts = field.at("parts");
  for (std::size_t p = 0; p < parts.size(); ++p) {
    JobPart& part = out.parts.emplace_back();
    const JsonField circuits = parts[p].at("circuits"), state = parts[p].at("state");
    for (std::size_t c = 0; c < circuits.size(); ++c) part.circuits.push_back(circuits[c].index(1 << 30));
    const auto* const known = std::ranges::find(part_state_names, state.string());
    if (known == std::end(part_state_names)) state.fail("planned, sending, sent or ended");
    part.state = static_cast<PartState>(known - part_state_names);
    part.id = parts[p].at("id").string();
    if (part.state == PartState::sent && part.id.empty()) parts[p].at("id").fail("the service's name of what was sent");
  }
  return out;
}

}  // namespace detail

/// A journal on disk for the job in `path`: its parts in `path`.parts, the results of part n in `path`.results-n, each
/// replaced in one step and flushed before a call returns. It holds the job against other processes for as long as it
/// lives. No key is in any of the files.
class FileJournal {
 public:
  /// Reads what there is. Throws FileError for files that it did not write, those of another job, also one of the same
  /// name that asks something else, where another process has the job, and where the file system has no locks: without
  /// one, two processes could send the same circuits.
  explicit FileJournal(std::string path, const HardwareJob& job, const LoadLimits& limits = {})
      : FileJournal(std::move(path), detail::PartsFile{job.name, detail::job_fingerprint(job), {}}, limits) {}
  /// The same of a job of which the name only is known.
  explicit FileJournal(std::string path, const std::string& job_name, const LoadLimits& limits = {})
      : FileJournal(std::move(path), detail::PartsFile{job_name, {}, {}}, limits) {}

  [[nodiscard]] const std::vector<JobPart>& parts() const noexcept { return file_.parts; }

  /// Throws FileError, and then what was there is still there.
  void write_parts(std::vector<JobPart> parts) {
    detail::PartsFile next{file_.name, file_.asked, std::move(parts)};
    write(parts_path(), detail::parts_text(next));
    file_ = std::move(next);
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
  FileJournal(std::string path, detail::PartsFile job, const LoadLimits& limits)
      : path_(std::move(path)),
        limits_(limits),
        lock_(path_ + ".parts", "FileJournal", "process"),
        file_(std::move(job)) {
    if (!lock_.held()) {
      throw FileError("qmtl: FileJournal: '" + path_ + "': expected a file system with locks that may be written to");
    }
    struct stat status {};
    if (::stat(parts_path().c_str(), &status) == 0) {
      read_parts();
    } else if (errno != ENOENT) {  // what cannot be looked at may be there
      detail::throw_file_error("FileJournal", "read", parts_path(), errno);
    }
  }

  [[nodiscard]] std::string parts_path() const { return path_ + ".parts"; }
  [[nodiscard]] std::string results_path(std::size_t part) const { return detail::text(path_, ".results-", part); }

  static void write(const std::string& path, const std::string& content) {
    write_file_atomically(path, std::as_bytes(std::span(content.data(), content.size())));
  }
  [[nodiscard]] std::string read(const std::string& path) const {
    const auto bytes = detail::read_within(detail::FileReader(path, "FileJournal"), limits_, path);
    return std::string(detail::as_text(bytes));
  }

  void read_parts() {
    detail::PartsFile found = detail::parse_parts(read(parts_path()), parts_path(), limits_);
    if (found.name != file_.name) {
      throw FileError("qmtl: " + parts_path() + ": field 'name': expected " + detail::in_quotes(file_.name) +
                      ", the job's, got " + detail::in_quotes(found.name));
    }
    if (found.asked && file_.asked && *found.asked != *file_.asked) {
      throw FileError("qmtl: " + parts_path() +
                      ": expected the journal of this job, got that of another one of its name");
    }
    if (!found.asked) found.asked = file_.asked;
    file_ = std::move(found);
  }

  std::string path_;
  LoadLimits limits_;
  detail::FileLock lock_;
  detail::PartsFile file_;
};

}  // namespace qmtl::inline QMTL_ABI
