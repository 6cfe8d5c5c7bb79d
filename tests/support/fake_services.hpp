#pragma once
// SPDX-License-Identifier: Apache-2.0
// Services that run circuits, as far as their documents describe their messages: IBM Quantum and IonQ, with a simulator
// in the place of a device. They take requests from whoever carries them, a test or an HTTP server.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/rng.hpp"
#include "qmtl/provider/http.hpp"
#include "qmtl/provider/sampler_results.hpp"

namespace qmtl::test {

using Json = nlohmann::json;

/// What a service does with a circuit as text (OpenQASM, or IonQ's list of gates).
using RunCircuit = std::function<CircuitResult(const std::string& circuit, std::int64_t shots)>;

/// Counts of 0 only, of registers that the text declares: for tests of messages. A service that runs circuits is given
/// another one.
[[nodiscard]] inline CircuitResult zeros_only(const std::string& text, std::int64_t shots) {
  CircuitResult out;
  for (auto at = text.find("bit["); at != std::string::npos; at = text.find("bit[", at + 1)) {
    if (at == 0 || text[at - 1] != 'u') out.registers.push_back({{0, shots}});  // not "qubit"
  }
  return out;
}

/// A job that a service has been given.
struct FakeJob {
  std::string id, tag;
  std::vector<std::string> circuits;
  std::int64_t shots = 0;
  int asked = 0;  ///< how often for its status
  bool cancelled = false;
};

namespace detail {

[[nodiscard]] inline std::string path_of(const std::string& url) {
  const auto host = url.find("//") + 2;
  const auto slash = url.find('/', host);
  return slash == std::string::npos ? "/" : url.substr(slash);
}

[[nodiscard]] inline std::string header_of(const HttpRequest& request, std::string_view name) {
  HttpResponse as_response;
  as_response.headers = request.headers;
  return std::string(find_header(as_response, name).value_or(""));
}

[[nodiscard]] inline HttpResponse json_answer(int status, const Json& body) {
  return {status, {{"Content-Type", "application/json"}}, body.dump()};
}

/// The names of the registers that an OpenQASM text declares.
[[nodiscard]] inline std::vector<std::pair<std::string, int>> registers_of(const std::string& text) {
  std::vector<std::pair<std::string, int>> out;
  for (auto at = text.find("bit["); at != std::string::npos; at = text.find("bit[", at + 1)) {
    if (at > 0 && text[at - 1] == 'u') continue;
    const auto close = text.find(']', at), end = text.find(';', at);
    const auto first = text.find_first_not_of(' ', close + 1);
    out.emplace_back(text.substr(first, end - first), std::stoi(text.substr(at + 4)));
  }
  return out;
}

}  // namespace detail

/// What both services have. Safe to call from several threads.
class FakeService {
 public:
  int polls = 1;  ///< how often a job's status is asked for until it has completed
  RunCircuit run = zeros_only;
  std::string failing{};  ///< the tag of a job that fails
  int late_results = 0;   ///< how often results of jobs that have completed are not found yet

  [[nodiscard]] std::vector<FakeJob> jobs() const {
    const std::lock_guard lock(mutex_);
    return jobs_;
  }
  /// Makes room for nothing: forgets all jobs.
  void clear() {
    const std::lock_guard lock(mutex_);
    jobs_.clear();
  }

 protected:
  [[nodiscard]] FakeJob* find_job(std::string_view id) {
    const auto found = std::ranges::find(jobs_, id, &FakeJob::id);
    return found == jobs_.end() ? nullptr : &*found;
  }
  [[nodiscard]] FakeJob& add_job(FakeJob job) {
    job.id = qmtl::detail::text("job", jobs_.size());
    return jobs_.emplace_back(std::move(job));
  }
  [[nodiscard]] std::string_view state_of(FakeJob& job) const {
    if (job.cancelled) return "cancelled";
    if (job.asked++ < polls) return "running";
    return job.tag == failing && !failing.empty() ? "failed" : "completed";
  }

  mutable std::mutex mutex_;
  std::vector<FakeJob> jobs_;
};

/// IBM Quantum's tokens, jobs and results.
class FakeIbm : public FakeService {
 public:
  std::string key = "key-of-a-test", instance = "crn:v1:test";
  std::string form = "samples";  ///< or "counts", "typed": of results
  std::string configuration = "{}", properties = "{}";
  int tokens = 0;              ///< given so far
  bool refuse_tokens = false;  ///< answers 401 to the newest, until another is had

  [[nodiscard]] HttpResponse operator()(const HttpRequest& request) {
    const std::lock_guard lock(mutex_);
    const std::string path = detail::path_of(request.url);
    if (path == "/identity/token") return token(request);
    if (detail::header_of(request, "Authorization") != "Bearer " + current_token() ||
        detail::header_of(request, "Service-CRN") != instance || std::exchange(refuse_tokens, false)) {
      return detail::json_answer(401, {{"errors", {{{"message", "not authorized"}}}}});
    }
    if (detail::header_of(request, "IBM-API-Version").empty()) return detail::json_answer(400, {{"error", "version"}});
    if (path == "/api/v1/jobs" && request.method == "POST") return submit(Json::parse(request.body));
    if (path.starts_with("/api/v1/jobs?")) return list(path);
    if (path.starts_with("/api/v1/jobs/")) return of_job(request.method, path.substr(13));
    if (path.ends_with("/configuration")) return {200, {}, configuration};
    if (path.ends_with("/properties")) return {200, {}, properties};
    return detail::json_answer(404, {{"error", "no such path"}});
  }

 private:
  [[nodiscard]] std::string current_token() const { return qmtl::detail::text("token-", tokens, "-of-a-test"); }

  [[nodiscard]] HttpResponse token(const HttpRequest& request) {
    const std::string expected =
        "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=" + percent_encoded(key);
    if (request.body != expected) return detail::json_answer(400, {{"errorMessage", "bad key " + request.body}});
    ++tokens;
    return detail::json_answer(
        200, {{"access_token", current_token()}, {"token_type", "Bearer"}, {"expires_in", 3600}, {"expiration", 0}});
  }

  [[nodiscard]] HttpResponse submit(const Json& body) {
    const Json& params = body.at("params");
    if (body.at("program_id") != "sampler" || params.at("version") != 2 || params.at("support_qiskit") != false) {
      return detail::json_answer(400, {{"error", "not for a sampler"}});
    }
    FakeJob job{{}, body.at("tags").at(0), {}, 0};
    for (const Json& pub : params.at("pubs")) {
      job.circuits.push_back(pub.at(0));
      if (!pub.at(1).is_null() || !job.circuits.back().starts_with("OPENQASM 3")) {
        return detail::json_answer(400, {{"error", "not OpenQASM 3 without values"}});
      }
      job.shots = pub.at(2);
    }
    return detail::json_answer(200, {{"id", add_job(std::move(job)).id}, {"backend", body.at("backend")}});
  }

  [[nodiscard]] HttpResponse list(const std::string& path) const {
    const auto at = path.find("tags=");
    const std::string tag = at == std::string::npos ? "" : path.substr(at + 5);
    auto jobs = Json::array();
    for (const auto& job : jobs_) {
      if (job.tag == tag) jobs.push_back({{"id", job.id}, {"tags", {job.tag}}, {"status", "Queued"}});
    }
    return detail::json_answer(200, {{"jobs", jobs}, {"count", jobs.size()}, {"limit", 100}, {"offset", 0}});
  }

  [[nodiscard]] HttpResponse of_job(const std::string& method, std::string rest) {
    rest = rest.substr(0, rest.find('?'));
    const auto slash = rest.find('/');
    FakeJob* job = find_job(rest.substr(0, slash));
    if (job == nullptr) return detail::json_answer(404, {{"error", "no such job"}});
    if (slash == std::string::npos) {
      std::string state(state_of(*job));
      state[0] = static_cast<char>(state[0] - 32);  // "Completed"
      Json about{{"status", state}};
      if (state == "Failed") about["reason"] = "Circuit is too long. Error code 8000.";
      return detail::json_answer(200, {{"id", job->id}, {"state", about}, {"tags", {job->tag}}});
    }
    if (rest.ends_with("/cancel") && method == "POST") {
      job->cancelled = true;
      return {204, {}, {}};
    }
    if (late_results-- > 0) return detail::json_answer(404, {{"error", "no results"}});
    return {200, {{"Content-Type", "application/json"}}, results(*job)};
  }

  [[nodiscard]] std::string results(const FakeJob& job) const {
    auto items = Json::array();
    for (const auto& circuit : job.circuits) {
      const CircuitResult result = run(circuit, job.shots);
      const auto registers = detail::registers_of(circuit);
      Json data = Json::object();
      for (std::size_t r = 0; r < registers.size(); ++r) {
        data[registers[r].first] = of_register(result.registers.at(r), registers[r].second);
      }
      if (form == "typed") {
        data = {{"__type__", "DataBin"}, {"__value__", {{"fields", data}, {"shape", Json::array()}}}};
        items.push_back(
            {{"__type__", "SamplerPubResult"}, {"__value__", {{"data", data}, {"metadata", Json::object()}}}});
      } else {
        items.push_back({{"data", data}, {"metadata", Json::object()}});
      }
    }
    if (form != "typed") return Json{{"results", items}, {"metadata", {{"version", 2}}}}.dump();
    return Json{{"__type__", "PrimitiveResult"}, {"__value__", {{"pub_results", items}, {"metadata", Json::object()}}}}
        .dump();
  }

  [[nodiscard]] Json of_register(const RegisterCounts& counts, int bits) const {
    const auto hexadecimal = [](std::uint64_t value) {
      std::string digits;
      for (; value != 0 || digits.empty(); value /= 16) digits.insert(digits.begin(), "0123456789abcdef"[value % 16]);
      return "0x" + digits;
    };
    if (form == "counts") {
      Json table = Json::object();
      for (const auto& [value, count] : counts) table[hexadecimal(value)] = count;
      return {{"counts", table}, {"num_bits", bits}};
    }
    if (form == "samples") {
      auto samples = Json::array();
      for (const auto& [value, count] : counts) {
        for (std::int64_t i = 0; i < count; ++i) samples.push_back(hexadecimal(value));
      }
      return {{"samples", samples}, {"num_bits", bits}};
    }
    const std::size_t width = (static_cast<std::size_t>(bits) + 7) / 8;
    std::vector<std::uint8_t> bytes;
    for (const auto& [value, count] : counts) {
      for (std::int64_t i = 0; i < count; ++i) {
        for (std::size_t b = width; b-- > 0;) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * b) & 255u));
      }
    }
    const auto array = make_npy<std::uint8_t>(bytes, {bytes.size() / width, width});
    const Json packed{{"__type__", "ndarray"},
                      {"__value__", qmtl::detail::encode_base64(qmtl::detail::deflate(encode_npy(array)))}};
    return {{"__type__", "BitArray"}, {"__value__", {{"array", packed}, {"num_bits", bits}}}};
  }
};

/// IonQ's jobs and results.
class FakeIonq : public FakeService {
 public:
  std::string key = "key-of-a-test";

  [[nodiscard]] HttpResponse operator()(const HttpRequest& request) {
    const std::lock_guard lock(mutex_);
    const std::string path = detail::path_of(request.url);
    if (detail::header_of(request, "Authorization") != "apiKey " + key) {
      return detail::json_answer(401, {{"error", "Unauthorized"}, {"message", "bad key"}});
    }
    if (path == "/v0.4/jobs" && request.method == "POST") return submit(Json::parse(request.body));
    if (path.starts_with("/v0.4/jobs?")) return list(path);
    if (path.starts_with("/v0.4/jobs/")) return of_job(request.method, path.substr(11));
    return detail::json_answer(404, {{"error", "Not Found"}});
  }

 private:
  [[nodiscard]] HttpResponse submit(const Json& body) {
    FakeJob job{{}, body.at("name"), {}, body.at("shots")};
    const Json& input = body.at("input");
    const int qubits = input.at("qubits");
    const auto add = [&](const Json& circuit) {
      job.circuits.push_back(Json{{"qubits", qubits}, {"circuit", circuit}}.dump());
    };
    if (body.at("type") == "ionq.circuit.v1") {
      add(input.at("circuit"));
    } else {
      for (const Json& circuit : input.at("circuits")) add(circuit.at("circuit"));
    }
    return detail::json_answer(200, {{"id", add_job(std::move(job)).id}, {"status", "ready"}, {"session_id", nullptr}});
  }

  /// Two jobs a page, the newest first.
  [[nodiscard]] HttpResponse list(const std::string& path) const {
    const auto at = path.find("next=");
    const std::size_t skipped = at == std::string::npos ? 0 : std::stoul(path.substr(at + 5));
    auto jobs = Json::array();
    for (std::size_t i = skipped; i < std::min(skipped + 2, jobs_.size()); ++i) {
      const auto& job = jobs_[jobs_.size() - 1 - i];
      jobs.push_back({{"id", job.id}, {"name", job.tag}, {"status", "ready"}});
    }
    Json out{{"jobs", jobs}, {"next", nullptr}};
    if (skipped + 2 < jobs_.size()) out["next"] = std::to_string(skipped + 2);
    return detail::json_answer(200, out);
  }

  [[nodiscard]] HttpResponse of_job(const std::string& method, const std::string& rest) {
    const auto slash = rest.find('/');
    FakeJob* job = find_job(rest.substr(0, slash));
    if (job == nullptr) return detail::json_answer(404, {{"error", "Not Found"}});
    if (slash == std::string::npos) return about(*job);
    if (rest.ends_with("/status/cancel") && method == "PUT") {
      job->cancelled = true;
      return detail::json_answer(200, {{"id", job->id}, {"status", "canceled"}});
    }
    if (late_results-- > 0) return detail::json_answer(404, {{"error", "Not Found"}});
    Json tables = Json::object();
    for (std::size_t c = 0; c < job->circuits.size(); ++c) {
      const auto result = run(job->circuits[c], job->shots);
      Json table = Json::object();
      for (const auto& [value, count] : result.registers.at(0)) {
        table[std::to_string(value)] = static_cast<double>(count) / static_cast<double>(job->shots);
      }
      tables[child(*job, c)] = table;
    }
    return detail::json_answer(200, rest.ends_with("/aggregated") ? tables : tables[child(*job, 0)]);
  }

  /// Names that are not in the order of the circuits.
  [[nodiscard]] static std::string child(const FakeJob& job, std::size_t circuit) {
    return qmtl::detail::text(circuit % 2 == 0 ? "z" : "a", "-child-", circuit, '-', job.id);
  }

  [[nodiscard]] HttpResponse about(FakeJob& job) const {
    std::string state(state_of(job));
    if (state == "running") state = "started";
    if (state == "cancelled") state = "canceled";
    auto children = Json::array();
    for (std::size_t c = 0; c < job.circuits.size() && job.circuits.size() > 1; ++c) children.push_back(child(job, c));
    Json out{{"id", job.id}, {"status", state}, {"shots", job.shots}, {"name", job.tag}, {"failure", nullptr}};
    out["child_job_ids"] = children.empty() ? Json() : children;
    if (state == "failed") out["failure"] = {{"error", "ion loss"}, {"code", "QuantumCircuitComplexityError"}};
    return detail::json_answer(200, out);
  }
};

/// What goes wrong with a request.
enum class Fault : std::uint8_t { none, not_sent, lost_before, lost_after, busy, failed_before, failed_after, cut };

/// A transport to a service in this process. `faults(n)` says what goes wrong with request number n of all; copies
/// share the count.
template <class Service>
struct FakeTransport {
  std::shared_ptr<Service> service = std::make_shared<Service>();
  std::function<Fault(int, const HttpRequest&)> faults = [](int, const HttpRequest&) { return Fault::none; };
  std::shared_ptr<int> requests = std::make_shared<int>(0);

  [[nodiscard]] HttpResponse send(const HttpRequest& request) {
    const Fault fault = faults((*requests)++, request);
    switch (fault) {
      case Fault::not_sent: throw NotSentError("qmtl: test: no connection");
      case Fault::lost_before: throw UnansweredError("qmtl: test: time-out");
      case Fault::busy: return {429, {{"retry-after", "7"}}, "slow down"};
      case Fault::failed_before: return {503, {}, "maintenance"};
      default: break;
    }
    HttpResponse answer = (*service)(request);
    if (fault == Fault::lost_after) throw UnansweredError("qmtl: test: connection reset");
    if (fault == Fault::failed_after) return {502, {}, "bad gateway"};
    if (fault == Fault::cut) answer.body.resize(answer.body.size() / 2);
    return answer;
  }
};

}  // namespace qmtl::test
