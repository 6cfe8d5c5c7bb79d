#pragma once
// SPDX-License-Identifier: Apache-2.0
// Servers on this machine, for what speaks HTTP: one that serves (cpp-httplib), one that sends what it is told.

#include <arpa/inet.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "qmtl/provider/http.hpp"

namespace qmtl::test {

/// Has a function answer requests, on threads, until it ends.
class HttpServer {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  explicit HttpServer(Handler handler) {
    const auto serve = [handler = std::move(handler)](const httplib::Request& in, httplib::Response& out) {
      HttpRequest request{in.method, "http://127.0.0.1" + in.target, {}, in.body};
      for (const auto& [name, value] : in.headers) request.headers.push_back({name, value});
      const HttpResponse answer = handler(request);
      out.status = answer.status;
      std::string type = "application/json";
      for (const auto& [name, value] : answer.headers) {
        if (name == "Content-Type") {
          type = value;
        } else {
          out.set_header(name, value);
        }
      }
      out.set_content(answer.body, type);
    };
    server_.Get(".*", serve);
    server_.Post(".*", serve);
    server_.Put(".*", serve);
    port_ = server_.bind_to_any_port("127.0.0.1");
    if (port_ <= 0) throw std::runtime_error("no port for a server");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer() {
    server_.stop();
    thread_.join();
  }

  /// "http://127.0.0.1:40000".
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

/// Answers each connection with the same bytes, once something has come, and closes it.
class RawServer {
 public:
  explicit RawServer(std::string answer) : socket_(::socket(AF_INET, SOCK_STREAM, 0)), answer_(std::move(answer)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_, any, size) != 0 || ::listen(socket_, 8) != 0 || ::getsockname(socket_, any, &size) != 0) {
      throw std::runtime_error("no port for a server");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }

  [[nodiscard]] int port() const noexcept { return port_; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void serve() const {
    while (true) {
      const int connection = ::accept(socket_, nullptr, nullptr);
      if (connection < 0) return;
      char request[4096];
      if (::recv(connection, request, sizeof request, 0) > 0 && !answer_.empty()) {
        (void)::send(connection, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      }
      ::close(connection);
    }
  }

  int socket_, port_ = 0;
  std::string answer_;
  std::thread thread_;
};

}  // namespace qmtl::test
