// SPDX-License-Identifier: Apache-2.0
// What is repeated, after how long, and what is not; keys stay out of messages.

#include "qmtl/provider/http.hpp"

#include <cstdlib>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/provider/secret.hpp"
#include "support/catch.hpp"
#include "support/fake_clock.hpp"
#include "support/throws.hpp"

namespace http_test {

using namespace qmtl;
using test::FakeClock;

/// Answers in a row; a status of 0 is no connection, of -1 no answer.
struct Script {
  std::vector<HttpResponse> answers;
  std::shared_ptr<std::size_t> next = std::make_shared<std::size_t>(0);

  HttpResponse send(const HttpRequest&) {
    const auto& answer = answers.at((*next)++);
    if (answer.status == 0) throw NotSentError("qmtl: no connection");
    if (answer.status == -1) throw UnansweredError("qmtl: no answer");
    return answer;
  }
};

struct Outcome {
  int status = 0;
  std::size_t sent = 0;
  double waited = 0.0;
};

Outcome send(std::vector<HttpResponse> answers, Repeat repeat, RetryOptions options = {}) {
  Script script{std::move(answers)};
  const auto next = script.next;
  const FakeClock clock;
  RetryingHttp http(script, clock, options);
  const auto whole = [](const HttpResponse& answer) { return answer.body != "cut"; };
  Outcome out{http.send({}, repeat, "test", whole).status};
  out.sent = *next;
  out.waited = clock.now();
  return out;
}

HttpResponse status(int number) { return {number, {}, {}}; }

TEST_CASE("what is busy, fails or cannot be reached is asked again, after longer and longer pauses", "[provider]") {
  CHECK(send({status(200)}, Repeat::always).waited == 0.0);
  const auto tried =
      send({status(0), status(-1), status(500), status(429), {200, {}, "cut"}, status(404)}, Repeat::always);
  CHECK(tried.status == 404);
  CHECK(tried.sent == 6);
  CHECK(tried.waited >= 0.5 * (1 + 2 + 4 + 8 + 16));
  CHECK(tried.waited <= 1 + 2 + 4 + 8 + 16);
  for (const int other : {200, 204, 301, 400, 401, 403, 404, 409}) {
    CHECK(send({status(other)}, Repeat::always).status == other);
  }
  CHECK_THROWS_AS(send(std::vector<HttpResponse>(6, status(503)), Repeat::always), ProviderError);
  CHECK_THROWS_AS(send(std::vector<HttpResponse>(6, status(0)), Repeat::always), NotSentError);
}

TEST_CASE("what may have been carried out is not sent again", "[provider]") {
  CHECK(send({status(0), status(429), status(200)}, Repeat::unless_accepted).sent == 3);
  CHECK_THROWS_AS(send({status(500)}, Repeat::unless_accepted), UnansweredError);
  CHECK_THROWS_AS(send({status(-1)}, Repeat::unless_accepted), UnansweredError);
  CHECK_THROWS_AS(send({{200, {}, "cut"}}, Repeat::unless_accepted), UnansweredError);
  CHECK_THROWS_AS(send(std::vector<HttpResponse>(6, status(429)), Repeat::unless_accepted), ProviderError);
}

TEST_CASE("Retry-After is obeyed within reason", "[provider]") {
  const auto busy = [](std::string after) { return HttpResponse{429, {{"RETRY-AFTER", std::move(after)}}, {}}; };
  CHECK(send({busy("120"), status(200)}, Repeat::always).waited == 120.0);
  CHECK(send({busy("0"), status(200)}, Repeat::always).waited <= 1.0);
  for (const auto* other : {"Wed, 21 Oct 2015 07:28:00 GMT", "-5", "nan", "", "1e"}) {
    CHECK(send({busy(other), status(200)}, Repeat::always).waited <= 1.0);
  }
  CHECK(test::message_of<ProviderError>([&] { (void)send({busy("86400")}, Repeat::always); }) ==
        "qmtl: test: status 429, to be tried again after 86400 seconds, expected at most 600");
}

TEST_CASE("Retry-After may be a date, which is after the answer's own", "[provider]") {
  const auto busy = [](std::string after, std::string now) {
    return HttpResponse{503, {{"Date", std::move(now)}, {"Retry-After", std::move(after)}}, {}};
  };
  const std::string now = "Sun, 06 Nov 1994 08:49:37 GMT";  // whatever this machine's clock says
  CHECK(send({busy("Sun, 06 Nov 1994 08:51:37 GMT", now), status(200)}, Repeat::always).waited == 120.0);
  CHECK(send({busy("Sunday, 06-Nov-94 08:51:37 GMT", now), status(200)}, Repeat::always).waited == 120.0);
  CHECK(send({busy("Sun, 06 Nov 1994 08:40:00 GMT", now), status(200)}, Repeat::always).waited <= 1.0);
  CHECK(test::message_of<ProviderError>([&] {
          (void)send({busy("Mon, 07 Nov 1994 08:49:37 GMT", now)}, Repeat::always);
        }) == "qmtl: test: status 503, to be tried again after 86400 seconds, expected at most 600");
  CHECK_THROWS_AS(send({busy("Fri, 31 Dec 9999 23:59:59 GMT", "")}, Repeat::always), ProviderError);
}

TEST_CASE("pauses differ from seed to seed and have a limit", "[provider]") {
  const std::vector<HttpResponse> answers{status(500), status(500), status(500), status(200)};
  CHECK(send(answers, Repeat::always, {.seed = Seed{1}}).waited !=
        send(answers, Repeat::always, {.seed = Seed{2}}).waited);
  CHECK(send(answers, Repeat::always).waited == send(answers, Repeat::always).waited);
  CHECK(send(answers, Repeat::always, {.first_pause = 100.0, .longest_pause = 10.0}).waited <= 30.0);
}

TEST_CASE("secrets are of the environment and have no text", "[provider]") {
  ::setenv("QMTL_TEST_SECRET", "s3cr3t", 1);
  const Secret secret = Secret::from_environment("QMTL_TEST_SECRET");
  CHECK(secret.reveal() == "s3cr3t");
  CHECK(Secret(secret).reveal() == "s3cr3t");
  static_assert(!std::is_convertible_v<Secret, std::string> && !std::is_constructible_v<Secret, std::string>);
  ::setenv("QMTL_TEST_SECRET", "two\nlines", 1);
  const auto message = test::message_of<ValueError>([] { (void)Secret::from_environment("QMTL_TEST_SECRET"); });
  CHECK(message == "qmtl: Secret: QMTL_TEST_SECRET: expected printable ASCII characters without spaces");
  ::unsetenv("QMTL_TEST_SECRET");
  CHECK(test::message_of<ValueError>([] { (void)Secret::from_environment("QMTL_TEST_SECRET"); }) ==
        "qmtl: Secret: expected the environment variable QMTL_TEST_SECRET, got none");
}

TEST_CASE("problems are told without keys and control characters", "[provider]") {
  CHECK(detail::problem_of({400, {}, "bad key abc, abc\x1b[31m"}, {"abc", ""}) == "status 400 'bad key ***, ***?[31m'");
  CHECK(detail::problem_of({500, {}, ""}, {}) == "status 500");
  CHECK(detail::problem_of({500, {}, std::string(1000, 'x')}, {}).size() < 300);
}

TEST_CASE("texts for URLs have what RFC 3986 reserves encoded", "[provider]") {
  CHECK(percent_encoded("aZ09-._~") == "aZ09-._~");
  CHECK(percent_encoded("a b/c?d=e&f+g%\xc3\xa4") == "a%20b%2Fc%3Fd%3De%26f%2Bg%25%C3%A4");
}

}  // namespace http_test
