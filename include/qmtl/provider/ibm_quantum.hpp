#pragma once
// SPDX-License-Identifier: Apache-2.0
// IBM Quantum by its REST interface: jobs of the sampler, version 2.

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/hardware/job_runner.hpp"
#include "qmtl/hardware/openqasm/write_openqasm.hpp"
#include "qmtl/hardware/target_check.hpp"
#include "qmtl/io/calibration_json.hpp"
#include "qmtl/provider/http.hpp"
#include "qmtl/provider/sampler_results.hpp"
#include "qmtl/provider/secret.hpp"
#include "qmtl/provider/service_answer.hpp"

namespace qmtl::inline QMTL_ABI {

/// Where IBM Quantum is and what is asked of it. The key and the instance are read from the environment, by the names
/// that IBM's own client uses.
struct IbmQuantumOptions {
  std::string backend{};               ///< "ibm_fez"
  std::optional<Target> target{};      ///< if given, circuits are checked against it before they are sent
  std::string sampler_options = "{}";  ///< JSON: {"dynamical_decoupling": {"enable": true}}
  ProviderLimits limits{.circuits = 10000, .executions = 5000000, .two_qubit_gates = 10000};  ///< of a job
  std::string key_variable = "QISKIT_IBM_TOKEN";          ///< the environment's variable of the API key,
  std::string instance_variable = "QISKIT_IBM_INSTANCE";  ///< and of the instance's CRN
  std::string url = "https://quantum.cloud.ibm.com/api/v1";
  std::string token_url = "https://iam.cloud.ibm.com/identity/token";
  std::string api_version = "2025-05-01";
  int pages = 100;  ///< of 100 jobs that are looked through for one that may have been sent, if all have its tag
  RetryOptions retry{};
};

/// A provider (hardware/provider.hpp): circuits go as OpenQASM 3, in the device's gates and couplings. An access token
/// is had for the API key and renewed before it ends, and when it is refused. Neither is in a message or a file.
template <HttpTransport T, WaitingClock C = SystemClock>
class IbmQuantum {
 public:
  /// Throws ValueError where a variable of the environment is not set, or the sampler's options are no JSON object.
  explicit IbmQuantum(IbmQuantumOptions options, T transport = T(), C clock = C())
      : options_(std::move(options)),
        key_(Secret::from_environment(options_.key_variable)),
        instance_(Secret::from_environment(options_.instance_variable)),
        http_(std::move(transport), std::move(clock), options_.retry) {
    sampler_options_ = nlohmann::json::parse(options_.sampler_options, nullptr, false);
    if (!sampler_options_.is_object()) throw ValueError("qmtl: IbmQuantum: sampler_options, expected a JSON object");
  }

  [[nodiscard]] std::string name() const { return "IBM Quantum, " + options_.backend; }
  [[nodiscard]] ProviderLimits limits() const noexcept { return options_.limits; }
  [[nodiscard]] T& transport() noexcept { return http_.transport(); }

  void check(const Program& circuit) const {
    if (options_.target) check_runs_on(circuit, *options_.target);
  }

  [[nodiscard]] std::string submit(const ProviderJob& job) {
    auto pubs = nlohmann::json::array();
    for (const Program& circuit : job.circuits) pubs.push_back({write_openqasm3(circuit), nullptr, job.shots});
    const nlohmann::json body{
        {"program_id", "sampler"},
        {"backend", options_.backend},
        {"tags", {job.tag}},
        {"params",
         {{"pubs", std::move(pubs)}, {"options", sampler_options_}, {"version", 2}, {"support_qiskit", false}}}};
    const auto answer = send("POST", "/jobs", body.dump(), Repeat::unless_accepted, "submission");
    if (answer.status == 409)
      throw ProviderError("qmtl: " + name() + ": submission: the instance's usage is at its limit");
    require(answer, "submission", answer.status >= 200 && answer.status < 300);
    return detail::accepted_id(answer, where_, secrets());
  }

  /// Throws ProviderError where there are more jobs than `pages` than the service shows in answer to the tag.
  [[nodiscard]] std::optional<std::string> find(std::string_view tag) {
    std::optional<std::string> found;  // the last listed, which is the first that was sent
    std::size_t seen = 0;
    for (int page = 0; page < options_.pages; ++page) {
      const auto answer = send(
          "GET",
          detail::text("/jobs?exclude_params=true&limit=", page_size, "&offset=", seen, "&tags=", percent_encoded(tag)),
          "", Repeat::always, "look-up by tag");
      require(answer, "look-up by tag", answer.status == 200);
      const std::size_t listed = detail::read_answer(secrets(), [&] {
        const nlohmann::json root = detail::parse_answer(answer, where_);
        const detail::JsonField jobs = detail::JsonField(root, where_).at("jobs");
        for (std::size_t i = 0; i < jobs.size(); ++i) {
          if (has_tag(jobs[i], tag)) found = detail::job_id(jobs[i].at("id"));
        }
        return jobs.size();
      });
      if (listed < page_size) return found;
      seen += listed;
    }
    throw ProviderError(detail::text("qmtl: ", name(), ": look-up by tag: more than ", seen,
                                     " jobs are listed, expected fewer (IbmQuantumOptions::pages)"));
  }

  [[nodiscard]] JobStatus status(const std::string& id) {
    const auto answer =
        send("GET", "/jobs/" + percent_encoded(id) + "?exclude_params=true", "", Repeat::always, "status");
    require(answer, "status", answer.status == 200);
    return detail::read_answer(secrets(), [&] {
      const nlohmann::json root = detail::parse_answer(answer, where_);
      const detail::JsonField field(root, where_);
      const auto state = field.find("state");
      JobStatus out{state_of(state ? state->at("status") : field.at("status")), {}};
      const auto reason = state ? state->find("reason") : std::nullopt;
      if (out.state != JobState::completed && reason) {
        out.reason = detail::in_quotes(detail::without_secrets(reason->string(), secrets()));
      }
      return out;
    });
  }

  /// Of a job that has completed only now the results may come a while later (404): they are asked for again.
  [[nodiscard]] std::vector<CircuitResult> results(const std::string& id, std::span<const Program> circuits) {
    const auto answer =
        send("GET", "/jobs/" + percent_encoded(id) + "/results", "", Repeat::always, "results", not_found);
    require(answer, "results", answer.status == 200);
    const auto sent = as_sent(circuits);
    auto out = detail::read_answer(secrets(), [&] { return read_sampler_results(answer.body, sent); });
    for (auto& result : out) result.failure = detail::without_secrets(std::move(result.failure), secrets());
    return out;
  }

  void cancel(const std::string& id) {
    const auto answer = send("POST", "/jobs/" + percent_encoded(id) + "/cancel", "", Repeat::always, "cancellation");
    require(answer, "cancellation", answer.status == 204 || answer.status == 200 || answer.status == 409);  // has ended
  }

  /// The device as it is now, for targets and noise models. Throws as parse_device_calibration.
  [[nodiscard]] DeviceCalibration calibration() {
    const std::string of_device = "/backends/" + percent_encoded(options_.backend);
    const auto configuration = send("GET", of_device + "/configuration", "", Repeat::always, "configuration");
    require(configuration, "configuration", configuration.status == 200);
    const auto properties = send("GET", of_device + "/properties", "", Repeat::always, "properties");
    require(properties, "properties", properties.status == 200);
    return parse_device_calibration(configuration.body, properties.body);
  }

 private:
  static constexpr std::string_view where_ = "IBM Quantum";
  static constexpr std::size_t page_size = 100;
  static constexpr int busy = 429, not_found = 404;

  /// Registers alone, called as in the text that was sent.
  [[nodiscard]] static std::vector<Program> as_sent(std::span<const Program> circuits) {
    std::vector<Program> out;
    for (const Program& circuit : circuits) {
      Program& sent = out.emplace_back(1);
      const auto names = openqasm3_register_names(circuit);
      for (std::size_t r = 0; r < names.size(); ++r) sent.add_register(names[r], circuit.registers()[r].bits);
    }
    return out;
  }

  [[nodiscard]] static bool has_tag(const detail::JsonField& job, std::string_view tag) {
    const auto tags = job.find("tags");
    for (std::size_t t = 0; tags && t < tags->size(); ++t) {
      if ((*tags)[t].string() == tag) return true;
    }
    return false;
  }

  /// With a token, and with a new one if the first is refused.
  [[nodiscard]] HttpResponse send(std::string method, const std::string& path, std::string body, Repeat repeat,
                                  std::string_view what, int later = busy) {
    HttpRequest request{std::move(method), options_.url + path, {}, std::move(body)};
    for (int attempt = 0;; ++attempt) {
      request.headers = {{"Accept", "application/json"},
                         {"Authorization", "Bearer " + token()},
                         {"Service-CRN", instance_.reveal()},
                         {"IBM-API-Version", options_.api_version}};
      if (!request.body.empty()) request.headers.push_back({"Content-Type", "application/json"});
      HttpResponse answer =
          http_.send(request, repeat, name() + ": " + std::string(what), detail::is_whole_json, later);
      if (answer.status != 401 || attempt > 0) return answer;
      token_.reset();
    }
  }

  /// A token that holds for a while.
  [[nodiscard]] const std::string& token() {
    if (!token_ || http_.clock().now() >= renew_at_) {
      const std::string form =
          "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=" + percent_encoded(key_.reveal());
      const HttpRequest request{"POST",
                                options_.token_url,
                                {{"Accept", "application/json"}, {"Content-Type", "application/x-www-form-urlencoded"}},
                                form};
      const auto answer = http_.send(request, Repeat::always, name() + ": access token", detail::is_whole_json);
      if (answer.status != 200) {  // the answer may have the key in it
        throw ProviderError(detail::text("qmtl: ", name(), ": access token: status ", answer.status,
                                         ", expected the API key in ", options_.key_variable, " to be valid"));
      }
      token_.reset();
      detail::read_answer(secrets(), [&] {
        const nlohmann::json root = detail::parse_answer(answer, where_);
        const detail::JsonField field(root, where_);
        const double valid = std::clamp(field.at("expires_in").number(), 0.0, 86400.0);
        token_ = Secret::from_service(text_of(field.at("access_token")), "access token");
        renew_at_ = http_.clock().now() + std::max(0.5 * valid, valid - margin);
      });
    }
    return token_->reveal();
  }

  void require(const HttpResponse& answer, std::string_view what, bool good) const {
    if (good) return;
    throw ProviderError(detail::text("qmtl: ", name(), ": ", what, ": ", detail::problem_of(answer, secrets())));
  }

  /// What no message may have.
  [[nodiscard]] std::vector<std::string_view> secrets() const {
    return {key_.reveal(), instance_.reveal(), token_ ? std::string_view(token_->reveal()) : std::string_view()};
  }

  /// Of a token, none of which is to be in a message.
  [[nodiscard]] static const std::string& text_of(const detail::JsonField& field) {
    try {
      return field.string();
    } catch (const FileError&) {
      throw FileError(detail::text("qmtl: ", where_, ": field 'access_token': expected a text"));
    }
  }

  [[nodiscard]] static JobState state_of(const detail::JsonField& field) {
    std::string name = field.string();
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (name == "queued" || name == "pending" || name == "initializing") return JobState::queued;
    if (name == "running") return JobState::running;
    if (name == "completed" || name == "done") return JobState::completed;
    if (name.starts_with("cancelled") || name.starts_with("canceled")) return JobState::cancelled;
    if (name.starts_with("failed") || name == "error") return JobState::failed;
    field.fail("queued, running, completed, cancelled or failed");
  }

  static constexpr double margin = 300.0;  ///< a token is renewed so many seconds before it ends

  IbmQuantumOptions options_;
  Secret key_, instance_;
  RetryingHttp<T, C> http_;
  nlohmann::json sampler_options_;
  std::optional<Secret> token_;
  double renew_at_ = 0.0;
};

}  // namespace qmtl::inline QMTL_ABI
