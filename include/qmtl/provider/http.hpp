#pragma once
// SPDX-License-Identifier: Apache-2.0
// Requests and responses of HTTP, whoever carries them, and when a request may be repeated.

#include <time.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/printable.hpp"
#include "qmtl/core/real_text.hpp"
#include "qmtl/core/rng.hpp"
#include "qmtl/hardware/provider.hpp"
#include "qmtl/provider/http_date.hpp"
#include "qmtl/provider/redaction.hpp"

namespace qmtl::inline QMTL_ABI {

struct HttpHeader {
  std::string name, value;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url{};
  std::vector<HttpHeader> headers{};
  std::string body{};
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers{};
  std::string body{};
};

/// A request that did not leave, as no connection was made: it may be repeated, whatever it is.
struct NotSentError : ProviderError {
  using ProviderError::ProviderError;
};

/// What carries requests. Throws NotSentError where there is no connection, UnansweredError where there is no complete
/// answer (time-out, broken connection, fewer bytes than announced), ProviderError for what would not be another time
/// either, as a certificate that does not hold. Messages name no headers and no body.
template <class T>
concept HttpTransport = requires(T transport, const HttpRequest& request) {
  { transport.send(request) } -> std::same_as<HttpResponse>;
};

/// The value of the first header of a name, which is the same in any case.
[[nodiscard]] inline std::optional<std::string_view> find_header(const HttpResponse& response, std::string_view name) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  for (const auto& header : response.headers) {
    if (std::ranges::equal(header.name, name, {}, lower, lower)) return header.value;
  }
  return std::nullopt;
}

/// Text for a URL or a form: all but letters, digits, '-', '.', '_' and '~' as %XX (RFC 3986).
[[nodiscard]] inline std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += "0123456789ABCDEF"[byte >> 4];
      out += "0123456789ABCDEF"[byte & 15u];
    }
  }
  return out;
}

/// How often and after how long a request is repeated; times in seconds.
struct RetryOptions {
  int attempts = 6;          ///< in all
  double first_pause = 1.0;  ///< doubled each time, and drawn between half of that and all of it
  double longest_pause = 60.0;
  double longest_retry_after = 600.0;  ///< a service that asks for more patience is an error
  Seed seed{1};                        ///< of the draws: give processes that start together different ones
};

/// Whether a request that may have been carried out may be sent again.
enum class Repeat : std::uint8_t { always, unless_accepted };

/// Sends requests, again after a pause where the service is busy (429), has failed (5xx) or cannot be reached. A
/// request that is not to be carried out twice (Repeat::unless_accepted) is repeated only where it certainly was not:
/// without a connection and after 429. All other answers are the caller's. Retry-After is obeyed, as seconds or as a
/// date, which is compared with the answer's own, so that no clock of this machine matters.
template <HttpTransport T, WaitingClock C>
class RetryingHttp {
 public:
  RetryingHttp(T transport, C clock, RetryOptions options)
      : transport_(std::move(transport)), clock_(std::move(clock)), options_(options), rng_(options.seed) {}

  [[nodiscard]] T& transport() noexcept { return transport_; }
  [[nodiscard]] C& clock() noexcept { return clock_; }

  /// Throws UnansweredError where a request may have been carried out and is not to be repeated, ProviderError after
  /// the last attempt. `what` names the request in messages. An answer that is not `whole` counts as none; another
  /// status may mean the same as 429, `later`.
  template <std::predicate<const HttpResponse&> Whole>
  [[nodiscard]] HttpResponse send(const HttpRequest& request, Repeat repeat, std::string_view what, Whole&& whole,
                                  int later = 429) {
    for (int attempt = 1;; ++attempt) {
      const bool last = attempt >= options_.attempts;
      double pause = next_pause(attempt);
      try {
        HttpResponse response = transport_.send(request);
        const bool busy = response.status == 429 || response.status == later, failed = response.status >= 500;
        if (!busy && !failed) {
          if (whole(response)) return response;
          throw UnansweredError(detail::text("qmtl: ", what, ": an answer that is cut off"));
        }
        const std::string problem = detail::text("qmtl: ", what, ": status ", response.status);
        if (failed && repeat == Repeat::unless_accepted) throw UnansweredError(problem);
        if (last) throw ProviderError(detail::text(problem, " after ", attempt, " attempts"));
        pause = std::max(pause, retry_after(response, problem));
      } catch (const NotSentError&) {
        if (last) throw;
      } catch (const UnansweredError&) {
        if (last || repeat == Repeat::unless_accepted) throw;
      }
      clock_.sleep(pause);
    }
  }

 private:
  [[nodiscard]] double next_pause(int attempt) noexcept {
    const double most = std::min(options_.longest_pause, std::ldexp(options_.first_pause, attempt - 1));
    return most * rng_.uniform(0.5, 1.0);
  }

  [[nodiscard]] double retry_after(const HttpResponse& response, std::string_view problem) const {
    const double seconds = asked_patience(response);
    if (!(seconds >= 0.0)) return 0.0;
    if (seconds <= options_.longest_retry_after) return seconds;
    throw ProviderError(detail::text(problem, ", to be tried again after ", seconds, " seconds, expected at most ",
                                     options_.longest_retry_after));
  }

  [[nodiscard]] static double asked_patience(const HttpResponse& response) {
    const auto value = find_header(response, "Retry-After");
    if (!value) return 0.0;
    if (const auto seconds = detail::parse_real<double>(*value)) return *seconds;
    const auto date = http_date(*value), answered = http_date(find_header(response, "Date").value_or(""));
    return date ? *date - answered.value_or(static_cast<double>(::time(nullptr))) : 0.0;
  }

  T transport_;
  C clock_;
  RetryOptions options_;
  Rng rng_;
};

namespace detail {

/// "status 400, 'what the service says'", with secrets blacked out.
[[nodiscard]] inline std::string problem_of(const HttpResponse& response,
                                            const std::vector<std::string_view>& secrets) {
  constexpr std::size_t most = std::size_t{1} << 20;  // of which a message has the beginning only
  const std::string body = without_secrets(response.body.substr(0, most), secrets);
  std::string out = text("status ", response.status);
  for (std::size_t at = 0, lines = 0; at < body.size() && lines < 3; at += 80, ++lines) {
    out += ' ' + in_quotes(std::string_view(body).substr(at, 80));
  }
  return out;
}

}  // namespace detail
}  // namespace qmtl::inline QMTL_ABI
