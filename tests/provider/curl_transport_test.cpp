// SPDX-License-Identifier: Apache-2.0
// Requests over real connections: what arrives, how each failure is told, and jobs through a server of this machine.

#include "qmtl/provider/curl_transport.hpp"

#include <sys/wait.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "hardware/head_question.hpp"
#include "qmtl/hardware/plan_job.hpp"
#include "qmtl/provider/ibm_quantum.hpp"
#include "qmtl/provider/ionq.hpp"
#include "support/catch.hpp"
#include "support/fake_services.hpp"
#include "support/http_server.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace curl_transport_test {

using namespace qmtl;
using test::HttpServer;
using test::RawServer;

HttpResponse echo(const HttpRequest& request) {
  return {201,
          {{"X-Method", request.method}, {"X-Key", test::detail::header_of(request, "X-Key")}},
          request.url.substr(16) + '|' + request.body};
}

/// Runs a program of the system; what it returns.
int run(const std::string& command) {
  const int status = std::system((command + " >/dev/null 2>&1").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_CASE("requests arrive and answers come back", "[provider]") {
  const HttpServer server(echo);
  CurlTransport transport;
  const auto answer = transport.send({"POST", server.url() + "/a?b=c", {{"X-Key", "k"}}, std::string(100000, 'x')});
  CHECK(answer.status == 201);
  CHECK(find_header(answer, "x-method") == "POST");
  CHECK(find_header(answer, "X-KEY") == "k");
  CHECK(answer.body == "/a?b=c|" + std::string(100000, 'x'));
  CHECK(find_header(transport.send({"GET", server.url() + "/", {}, {}}), "X-Method") == "GET");
  CurlTransport copy = transport;
  CHECK(find_header(copy.send({"PUT", server.url() + "/", {}, {}}), "X-Method") == "PUT");
  constexpr double forever = std::numeric_limits<double>::infinity();
  CHECK(CurlTransport({.connect_timeout = forever, .timeout = forever})
            .send({"GET", server.url() + "/", {}, {}})
            .status == 201);
  CHECK_THROWS_AS(CurlTransport({.timeout = 0.0}), ValueError);
  CHECK_THROWS_AS(CurlTransport({.timeout = std::numeric_limits<double>::quiet_NaN()}), ValueError);
}

TEST_CASE("paths are sent as they are, and headers are those of the answer itself", "[provider]") {
  const HttpServer server(echo);
  CHECK(CurlTransport().send({"GET", server.url() + "/jobs/../x", {}, {}}).body.ends_with("/jobs/../x|"));
  const RawServer hints(
      "HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\n\r\nHTTP/1.1 200 OK\r\nX-Own:\t1 \t\r\nContent-Length: "
      "2\r\n\r\n{}");
  const auto answer = CurlTransport().send({"GET", hints.url() + "/", {}, {}});
  CHECK(answer.status == 200);
  CHECK(!find_header(answer, "Retry-After"));
  CHECK(find_header(answer, "X-Own") == "1");
}

TEST_CASE("redirections are the caller's: no key goes where it was not sent", "[provider]") {
  const HttpServer elsewhere(echo);
  const HttpServer server([&](const HttpRequest&) { return HttpResponse{302, {{"Location", elsewhere.url()}}, {}}; });
  CHECK(CurlTransport().send({"GET", server.url() + "/", {{"X-Key", "k"}}, {}}).status == 302);
}

TEST_CASE("failures are told apart by whether the request may have been carried out", "[provider]") {
  CurlTransport transport({.timeout = 0.3, .largest_answer = 1000});
  const auto send = [&transport](const std::string& url) { (void)transport.send({"POST", url, {}, "body"}); };
  std::string closed;
  {
    const RawServer server("");
    closed = server.url();
    CHECK_THROWS_AS(send(closed), UnansweredError);  // closed without a word
  }
  CHECK_THROWS_AS(send(closed), NotSentError);
  CHECK_THROWS_AS(send("https" + closed.substr(4)), NotSentError);
  CHECK_THROWS_AS(send(RawServer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":").url()), UnansweredError);
  const HttpServer slow([](const HttpRequest&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(900));
    return HttpResponse{200, {}, {}};
  });
  CHECK_THROWS_AS(send(slow.url() + "/"), UnansweredError);
  const HttpServer large([](const HttpRequest&) { return HttpResponse{200, {}, std::string(2000, 'x')}; });
  CHECK(test::message_of<UnansweredError>([&] { send(large.url() + "/"); }) ==  // which was perhaps carried out
        "qmtl: CurlTransport: an answer of more than 1000 bytes (CurlOptions)");
  try {
    (void)transport.send({"GET", large.url() + "/", {}, {}});
    FAIL("too large");
  } catch (const ProviderError& error) {
    CHECK(dynamic_cast<const UnansweredError*>(&error) == nullptr);  // it would be as large another time
  }
  CHECK(test::message_of<ProviderError>([&] { send("http://example.org/"); }) ==
        "qmtl: CurlTransport: expected a URL with https://");
  CHECK_THROWS_AS(send("http://127.0.0.1.example.org/"), ProviderError);
  CHECK(detail::is_loopback("http://localhost:80/a@b"));
  CHECK_FALSE(detail::is_loopback("http://localhost:80@example.org/"));
  CHECK_THROWS_AS(send("file:///etc/passwd"), ProviderError);
  for (const std::string& bad : {std::string("a\r\nY: b"), std::string("a\nY: b"), std::string("a\0b", 3)}) {
    CHECK(test::message_of<ProviderError>([&] {
            (void)transport.send({"GET", closed, {{"X", bad}}, {}});
          }) == "qmtl: CurlTransport: header 'X', expected one line");
    CHECK_THROWS_AS(transport.send({"GET", closed, {{bad, "X"}}, {}}), ProviderError);
  }
}

/// Answers the first GET of a connection and keeps it open; what is posted, or comes second, ends it without a word.
class SilentSecond {
 public:
  SilentSecond() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    REQUIRE((::bind(socket_, any, size) == 0 && ::listen(socket_, 8) == 0 && ::getsockname(socket_, any, &size) == 0));
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  SilentSecond(const SilentSecond&) = delete;
  SilentSecond& operator=(const SilentSecond&) = delete;
  ~SilentSecond() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    for (auto& talk : talks_) talk.join();
    ::close(socket_);
  }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + '/'; }
  std::atomic<int> posts{0};

 private:
  void serve() {
    while (true) {
      const int connection = ::accept(socket_, nullptr, nullptr);
      if (connection < 0) return;
      talks_.emplace_back([this, connection] { talk(connection); });
    }
  }
  void talk(int connection) {
    char request[4096];
    for (int number = 0; number < 2; ++number) {
      const auto size = ::recv(connection, request, sizeof request, 0);
      if (size <= 0) break;
      const bool post = std::string_view(request, static_cast<std::size_t>(size)).starts_with("POST");
      if (post) ++posts;
      if (post || number > 0) break;
      const std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
      (void)::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    ::close(connection);
  }

  int socket_, port_ = 0;
  std::thread thread_;
  std::vector<std::thread> talks_;
};

TEST_CASE("a request whose connection ends without an answer is not sent again", "[provider]") {
  SilentSecond server;
  CurlTransport transport({.timeout = 5.0});
  CHECK(transport.send({"GET", server.url(), {}, {}}).status == 200);
  CHECK_THROWS_AS(transport.send({"POST", server.url(), {}, "body"}), UnansweredError);
  CHECK(server.posts == 1);
}

TEST_CASE("certificates must hold", "[provider]") {
  const test::TempDir folder;
  const std::string certificate = folder / "cert.pem", key = folder / "key.pem";
  if (run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 "
          "-keyout " +
          key + " -out " + certificate) != 0) {
    WARN("no openssl");
    return;
  }
  int port = 0;
  {
    const RawServer free_port("");
    port = free_port.port();
  }
  const std::string at = std::to_string(port);
  std::thread server([&] {
    run("timeout 20 openssl s_server -www -naccept 4 -accept 127.0.0.1:" + at + " -cert " + certificate + " -key " +
        key);
  });
  const auto send = [&](CurlOptions options) {
    CurlTransport transport(std::move(options));
    for (int attempt = 0;; ++attempt) {  // until it listens
      try {
        return transport.send({"GET", "https://127.0.0.1:" + at + "/", {}, {}}).status;
      } catch (const NotSentError&) {
        if (attempt > 200) throw;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
    }
  };
  CHECK(test::message_of<ProviderError>([&] { send({}); }).find("certificate") != std::string::npos);
  CHECK(send({.certificates = certificate}) == 200);
  for (int rest = 0; rest < 2; ++rest) send({.certificates = certificate});
  server.join();
}

TEST_CASE("jobs go to services on this machine and come back", "[provider]") {
  ::setenv("QMTL_TEST_WIRE_KEY", "key-of-a-test", 1);
  ::setenv("QMTL_TEST_WIRE_CRN", "crn:v1:test", 1);
  const auto job = plan_hardware_job(test::HeadQuestion(2).jobs(), {.shots = 30, .name = "wire"});
  const RunnerOptions waiting{.first_poll = 0.005, .longest_poll = 0.01, .settling = 0.05};
  const RetryOptions retry{.first_pause = 0.01};
  {
    const auto service = std::make_shared<test::FakeIbm>();
    const HttpServer server([service, n = 0](const HttpRequest& request) mutable {
      return ++n % 3 == 0 ? HttpResponse{503, {}, {}} : (*service)(request);
    });
    IbmQuantumOptions options{.backend = "ibm_test",
                              .key_variable = "QMTL_TEST_WIRE_KEY",
                              .instance_variable = "QMTL_TEST_WIRE_CRN",
                              .url = server.url() + "/api/v1",
                              .token_url = server.url() + "/identity/token",
                              .retry = retry};
    IbmQuantum<CurlTransport> provider(options);
    MemoryJournal journal;
    JobRunner runner(job, provider, journal, waiting);
    runner.wait();
    CHECK(incomplete_circuits(runner.results()).empty());
    CHECK(service->jobs().size() == 1);
  }
  {
    const auto service = std::make_shared<test::FakeIonq>();
    service->run = [](const std::string&, std::int64_t shots) { return CircuitResult{{{{5, shots}}}, {}}; };
    const HttpServer server([service](const HttpRequest& request) { return (*service)(request); });
    Ionq<CurlTransport> provider({.key_variable = "QMTL_TEST_WIRE_KEY", .url = server.url() + "/v0.4", .retry = retry});
    MemoryJournal journal;
    JobRunner runner(job, provider, journal, waiting);
    runner.wait();
    CHECK(runner.results()[0].registers[0] == RegisterCounts{{1, 30}});  // qubits 0 and 1 of outcome 5
    CHECK(service->jobs().size() == 1);
  }
  ::unsetenv("QMTL_TEST_WIRE_KEY");
  ::unsetenv("QMTL_TEST_WIRE_CRN");
}

}  // namespace curl_transport_test
