#pragma once
// SPDX-License-Identifier: Apache-2.0
// IonQ's cloud by its REST interface, version 0.4.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "qmtl/hardware/bound_runs.hpp"
#include "qmtl/hardware/job_runner.hpp"
#include "qmtl/io/json_text.hpp"
#include "qmtl/provider/http.hpp"
#include "qmtl/provider/sampler_results.hpp"
#include "qmtl/provider/secret.hpp"
#include "qmtl/provider/service_answer.hpp"

namespace qmtl::inline QMTL_ABI {

/// Where IonQ is and what is asked of it. The key is read from the environment.
struct IonqOptions {
  std::string backend = "simulator";                                 ///< "qpu.forte-1"
  int qubits = 29;                                                   ///< of the backend; all are coupled
  ProviderLimits limits{.circuits = 1000, .executions = 100000000};  ///< of a job
  std::string key_variable = "IONQ_API_KEY";
  std::string url = "https://api.ionq.co/v0.4";
  /// Of 100 jobs each that are looked through, newest first, for one that may have been sent. Where there are more, it
  /// is an error: what was not found among them may be there.
  int pages = 1000;
  RetryOptions retry{};
};

namespace detail {

/// IonQ's name of a gate of the set "qis", or nothing. Controls are given beside it.
[[nodiscard]] constexpr std::string_view ionq_name(Gate gate) noexcept {
  switch (gate) {
    case Gate::X:
    case Gate::CX:
    case Gate::Toffoli: return "x";
    case Gate::Y:
    case Gate::CY: return "y";
    case Gate::Z:
    case Gate::CZ: return "z";
    case Gate::H:
    case Gate::CH: return "h";
    case Gate::S: return "s";
    case Gate::Sdg: return "si";
    case Gate::T: return "t";
    case Gate::Tdg: return "ti";
    case Gate::SX: return "v";
    case Gate::SXdg: return "vi";
    case Gate::RX:
    case Gate::CRX: return "rx";
    case Gate::RY:
    case Gate::CRY: return "ry";
    case Gate::RZ:
    case Gate::P:  // on its own the same but for a phase
    case Gate::CRZ: return "rz";
    case Gate::SWAP:
    case Gate::Fredkin: return "swap";
    case Gate::RXX: return "xx";
    case Gate::RYY: return "yy";
    case Gate::RZZ: return "zz";
    default: return {};
  }
}

/// A circuit as a list of IonQ's gates. Throws CircuitError for what it has no gate for, and for gates on a qubit
/// behind its measurement, since all qubits are read at the end.
[[nodiscard]] inline nlohmann::json ionq_circuit(const Program& program) {
  auto out = nlohmann::json::array();
  std::vector<bool> read(static_cast<std::size_t>(program.qubits()), false);
  const auto steps = program.instructions();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto refuse = [i](std::string_view expected) {
      throw CircuitError(text("qmtl: IonQ: instruction ", i, ": expected ", expected));
    };
    if (steps[i].condition) refuse("no condition");
    if (std::holds_alternative<Barrier>(steps[i].action)) continue;
    const auto qubits = instruction_qubits(steps[i]);
    for (const int q : qubits) {
      if (read[static_cast<std::size_t>(q)]) refuse("nothing behind a measurement");
    }
    if (const auto* m = std::get_if<Measurement>(&steps[i].action)) {
      read[static_cast<std::size_t>(m->qubit)] = true;
      continue;
    }
    const auto* op = gate_of(steps[i]);
    const std::string_view name = op == nullptr ? std::string_view() : ionq_name(op->gate);
    if (op != nullptr && op->gate == Gate::Id) continue;
    if (name.empty()) refuse("one of x y z h s t v, their inverses and controlled forms, rx ry rz, xx yy zz, swap");
    const auto targets = static_cast<std::size_t>(info(op->gate).qubits - info(op->gate).controls);
    if (op->gate == Gate::P && targets < qubits.size()) refuse("no controlled phase");
    nlohmann::json gate{{"gate", name}};
    gate["targets"] = std::vector<int>(qubits.end() - static_cast<std::ptrdiff_t>(targets), qubits.end());
    if (qubits.size() > targets) {
      gate["controls"] = std::vector<int>(qubits.begin(), qubits.end() - static_cast<std::ptrdiff_t>(targets));
    }
    if (!op->used_angles().empty()) {
      if (op->angles[0].source != AngleSource::constant) refuse("numbers as angles");
      gate["rotation"] = op->angles[0].offset;
    }
    out.push_back(std::move(gate));
  }
  return out;
}

/// Counts of so many shots that are closest to probabilities with this sum: all rounded down, and what is missing given
/// to those that have lost most, of these to the first.
[[nodiscard]] inline RegisterCounts nearest_counts(const std::map<std::uint64_t, double>& probabilities, double sum,
                                                   std::int64_t shots) {
  RegisterCounts out;
  std::vector<std::pair<double, std::uint64_t>> lost;
  std::int64_t missing = shots;
  for (const auto& [value, probability] : probabilities) {
    const double exact = probability / sum * static_cast<double>(shots), whole = std::floor(exact);
    out[value] = static_cast<std::int64_t>(whole);
    missing -= static_cast<std::int64_t>(whole);
    lost.emplace_back(exact - whole, value);
  }
  std::ranges::stable_sort(lost, std::ranges::greater{}, [](const auto& one) { return one.first; });
  for (std::size_t k = 0; k < lost.size() && missing > 0; ++k, --missing) ++out[lost[k].second];
  std::erase_if(out, [](const auto& entry) { return entry.second == 0; });
  return out;
}

/// Counts of a circuit's registers from probabilities of outcomes of all qubits, {"0": 0.5, "3": 0.5}, bit q being
/// qubit q. Those of a simulator are exact, and each smaller than a count where there are many: they are added up for
/// each register before they are rounded. Throws FileError for what is none.
[[nodiscard]] inline CircuitResult ionq_result(const JsonField& field, const nlohmann::json& table,
                                               const Program& circuit, std::int64_t shots) {
  std::vector<std::vector<int>> measured;
  CircuitResult out;
  for (std::size_t r = 0; r < circuit.registers().size(); ++r) measured.push_back(measured_into(circuit, r));
  std::vector<std::map<std::uint64_t, double>> marginals(measured.size());
  if (!table.is_object()) field.fail("probabilities by their outcomes");
  double sum = 0.0;
  for (const auto& [outcome, probability] : table.items()) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(outcome.data(), outcome.data() + outcome.size(), value);
    const bool whole = error == std::errc{} && end == outcome.data() + outcome.size();
    const double p = probability.is_number() ? probability.get<double>() : -1.0;
    if (!whole || (circuit.qubits() < 64 && value >> circuit.qubits() != 0) || !(p >= 0.0 && p <= 1.0 + 1e-6)) {
      field.fail(text("outcomes of ", circuit.qubits(), " qubits with probabilities"));
    }
    sum += p;
    for (std::size_t r = 0; r < measured.size(); ++r) {
      std::uint64_t read = 0;
      for (std::size_t bit = 0; bit < measured[r].size(); ++bit) {
        if (measured[r][bit] >= 0) read |= ((value >> measured[r][bit]) & 1u) << bit;
      }
      marginals[r][read] += p;
    }
  }
  if (std::abs(sum - 1.0) > 1e-3) field.fail(text("probabilities with a sum of 1, not ", sum));
  for (const auto& marginal : marginals) out.registers.push_back(nearest_counts(marginal, sum, shots));
  return out;
}

}  // namespace detail

/// A provider (hardware/provider.hpp): circuits go as lists of gates (ionq.circuit.v1, or ionq.multi-circuit.v1 for
/// several), their results come back as probabilities, which are counts by the number of shots. Jobs have their tag as
/// their name. The key is in no message and no file.
template <HttpTransport T, WaitingClock C = SystemClock>
class Ionq {
 public:
  /// Throws ValueError where the variable of the environment is not set.
  explicit Ionq(IonqOptions options, T transport = T(), C clock = C())
      : options_(std::move(options)),
        key_(Secret::from_environment(options_.key_variable)),
        http_(std::move(transport), std::move(clock), options_.retry) {}

  [[nodiscard]] std::string name() const { return "IonQ, " + options_.backend; }
  [[nodiscard]] ProviderLimits limits() const noexcept { return options_.limits; }
  [[nodiscard]] T& transport() noexcept { return http_.transport(); }

  void check(const Program& circuit) const {
    if (circuit.qubits() > options_.qubits || circuit.qubits() > 63) {
      throw CircuitError(detail::text("qmtl: ", name(), ": qubits of a circuit, expected at most ",
                                      std::min(options_.qubits, 63), ", got ", circuit.qubits()));
    }
    (void)detail::ionq_circuit(circuit);
  }

  [[nodiscard]] std::string submit(const ProviderJob& job) {
    int qubits = 1;
    auto circuits = nlohmann::json::array();
    for (const Program& circuit : job.circuits) {
      qubits = std::max(qubits, circuit.qubits());
      circuits.push_back(
          {{"name", detail::text(job.tag, '-', circuits.size())}, {"circuit", detail::ionq_circuit(circuit)}});
    }
    nlohmann::json input{{"gateset", "qis"}, {"qubits", qubits}};
    const bool one = circuits.size() == 1;
    if (one) {
      input["circuit"] = circuits[0]["circuit"];
    } else {
      input["circuits"] = std::move(circuits);
    }
    const nlohmann::json body{{"type", one ? "ionq.circuit.v1" : "ionq.multi-circuit.v1"},
                              {"name", job.tag},
                              {"backend", options_.backend},
                              {"shots", job.shots},
                              {"input", std::move(input)},
                              {"metadata", {{"shots", std::to_string(job.shots)}}}};
    const auto answer = send("POST", "/jobs", body.dump(), Repeat::unless_accepted, "submission");
    require(answer, "submission", answer.status >= 200 && answer.status < 300);
    return detail::accepted_id(answer, where_, secrets());
  }

  /// Throws ProviderError where the service has more than `pages` of jobs, none of them with this name.
  [[nodiscard]] std::optional<std::string> find(std::string_view tag) {
    std::string next;
    for (int page = 0; page < options_.pages; ++page) {
      const std::string query = "/jobs?limit=100" + (next.empty() ? "" : "&next=" + percent_encoded(next));
      const auto answer = send("GET", query, "", Repeat::always, "look-up by name");
      require(answer, "look-up by name", answer.status == 200);
      auto found = detail::read_answer(secrets(), [&]() -> std::optional<std::string> {
        const nlohmann::json root = detail::parse_answer(answer, where_);
        const detail::JsonField field(root, where_), jobs = field.at("jobs");
        for (std::size_t i = 0; i < jobs.size(); ++i) {
          const auto name = jobs[i].find("name");
          if (name && name->string() == tag) return detail::job_id(jobs[i].at("id"));
        }
        const auto more = field.find("next");
        next = more ? more->string() : std::string();
        return std::nullopt;
      });
      if (found || next.empty()) return found;
    }
    throw ProviderError(detail::text("qmtl: ", name(), ": look-up by name: not among the newest ", options_.pages,
                                     " pages of jobs, expected fewer (IonqOptions::pages)"));
  }

  [[nodiscard]] JobStatus status(const std::string& id) {
    const HttpResponse answer = job(id);
    return detail::read_answer(secrets(), [&] {
      const nlohmann::json root = detail::parse_answer(answer, where_);
      const detail::JsonField field(root, where_), state = field.at("status");
      JobStatus out{state_of(state), {}};
      const auto failure = field.find("failure");
      if (out.state == JobState::failed && failure) {
        const auto error = failure->find("error");
        if (error) out.reason = detail::in_quotes(detail::without_secrets(error->string(), secrets()));
      }
      return out;
    });
  }

  /// Of a job that has completed only now the results may come a while later (404): they are asked for again.
  [[nodiscard]] std::vector<CircuitResult> results(const std::string& id, std::span<const Program> circuits) {
    const HttpResponse about = job(id);
    const std::string path = "/jobs/" + percent_encoded(id) + "/results/probabilities";
    const bool one = circuits.size() == 1;
    const auto answer = send("GET", one ? path : path + "/aggregated", "", Repeat::always, "results", not_found);
    require(answer, "results", answer.status == 200);
    return detail::read_answer(secrets(), [&] {
      const nlohmann::json root = detail::parse_answer(about, where_), tables = detail::parse_answer(answer, where_);
      const detail::JsonField field(root, where_);
      const std::int64_t shots = shots_of(field);
      std::vector<CircuitResult> out;
      for (std::size_t c = 0; c < circuits.size(); ++c) {
        try {
          const nlohmann::json& table = one ? tables : table_of(field, tables, c);
          const std::string where = detail::text(where_, ", circuit ", c);
          out.push_back(detail::ionq_result(detail::JsonField(table, where), table, circuits[c], shots));
        } catch (const Error& error) {
          out.push_back(failed_result(detail::without_secrets(error.what(), secrets())));
        }
      }
      return out;
    });
  }

  void cancel(const std::string& id) {
    const auto answer =
        send("PUT", "/jobs/" + percent_encoded(id) + "/status/cancel", "", Repeat::always, "cancellation");
    require(answer, "cancellation", answer.status == 200 || answer.status == 204 || answer.status == 409);  // has ended
  }

 private:
  static constexpr std::string_view where_ = "IonQ";
  static constexpr int busy = 429, not_found = 404;

  /// A circuit's probabilities, by the name of its own job: these are listed in the order of the circuits.
  [[nodiscard]] static const nlohmann::json& table_of(const detail::JsonField& job, const nlohmann::json& tables,
                                                      std::size_t circuit) {
    const detail::JsonField children = job.at("child_job_ids");
    if (circuit >= children.size()) children.fail(detail::text("one of circuit ", circuit));
    (void)detail::JsonField(tables, where_).at(children[circuit].string());
    return tables[children[circuit].string()];
  }

  [[nodiscard]] std::vector<std::string_view> secrets() const { return {key_.reveal()}; }

  [[nodiscard]] HttpResponse send(std::string method, const std::string& path, std::string body, Repeat repeat,
                                  std::string_view what, int later = busy) {
    HttpRequest request{std::move(method),
                        options_.url + path,
                        {{"Accept", "application/json"}, {"Authorization", "apiKey " + key_.reveal()}},
                        std::move(body)};
    if (!request.body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    return http_.send(request, repeat, name() + ": " + std::string(what), detail::is_whole_json, later);
  }

  void require(const HttpResponse& answer, std::string_view what, bool good) const {
    if (good) return;
    throw ProviderError(detail::text("qmtl: ", name(), ": ", what, ": ", detail::problem_of(answer, secrets())));
  }

  [[nodiscard]] HttpResponse job(const std::string& id) {
    HttpResponse answer = send("GET", "/jobs/" + percent_encoded(id), "", Repeat::always, "status");
    require(answer, "status", answer.status == 200);
    return answer;
  }

  /// Of the job, as it says itself.
  [[nodiscard]] static std::int64_t shots_of(const detail::JsonField& job) {
    const detail::JsonField shots = job.at("shots");
    const double value = shots.number();
    if (!(value >= 1.0 && value <= 1e9 && std::floor(value) == value)) shots.fail("1 to 10^9");
    return static_cast<std::int64_t>(value);
  }

  [[nodiscard]] static JobState state_of(const detail::JsonField& field) {
    const std::string& name = field.string();
    if (name == "submitted" || name == "ready") return JobState::queued;
    if (name == "started" || name == "running") return JobState::running;
    if (name == "completed") return JobState::completed;
    if (name == "canceled") return JobState::cancelled;
    if (name == "failed") return JobState::failed;
    field.fail("submitted, ready, started, completed, canceled or failed");
  }

  IonqOptions options_;
  Secret key_;
  RetryingHttp<T, C> http_;
};

}  // namespace qmtl::inline QMTL_ABI
