#pragma once
// SPDX-License-Identifier: Apache-2.0
// What services' answers have in common: they are JSON that is not trusted, and what is wrong with one is told without
// keys.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/io/json_text.hpp"
#include "qmtl/provider/http.hpp"
#include "qmtl/provider/sampler_results.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// What `read` reads of an answer, its errors as E and without secrets, whatever the answer says.
template <class E = ProviderError, class Read>
auto read_answer(const std::vector<std::string_view>& secrets, Read&& read) {
  try {
    return read();
  } catch (const ProviderError&) {
    throw;
  } catch (const Error& error) {
    throw E(without_secrets(error.what(), secrets));
  }
}

/// A service's name for a job, which is to go into URLs and files: printable ASCII of at most 200 characters, and no
/// path by itself.
[[nodiscard]] inline std::string job_id(const JsonField& field) {
  const std::string& id = field.string();
  const bool printable = std::ranges::all_of(id, [](char c) { return c > ' ' && c < '\x7f'; });
  const bool is_path = std::ranges::all_of(id, [](char c) { return c == '.'; });
  if (is_path || !printable || id.size() > 200) field.fail("a job's name of 1 to 200 characters");
  return id;
}

/// A body as JSON.
[[nodiscard]] inline nlohmann::json parse_answer(const HttpResponse& answer, std::string_view where) {
  LoadBudget budget(result_limits);
  budget.take(answer.body.size(), where);
  return parse_json(answer.body, where, budget);
}

/// The name of a job that a service has accepted. Throws UnansweredError where it does not say one: the job is there.
[[nodiscard]] inline std::string accepted_id(const HttpResponse& answer, std::string_view where,
                                             const std::vector<std::string_view>& secrets) {
  return read_answer<UnansweredError>(secrets, [&] {
    const nlohmann::json root = parse_answer(answer, where);
    return job_id(JsonField(root, where).at("id"));
  });
}

}  // namespace qmtl::inline QMTL_ABI::detail
