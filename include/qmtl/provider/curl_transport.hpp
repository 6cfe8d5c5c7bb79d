#pragma once
// SPDX-License-Identifier: Apache-2.0
// Requests carried by libcurl, over TLS with certificates verified.

#include <curl/curl.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "qmtl/provider/http.hpp"

namespace qmtl::inline QMTL_ABI {

/// How CurlTransport carries requests; times in seconds.
struct CurlOptions {
  double connect_timeout = 20.0;
  double timeout = 120.0;                             ///< of a request in all
  std::size_t largest_answer = std::size_t{1} << 30;  ///< bytes
  std::string certificates{};                         ///< a file of certificates to trust; empty: those of the system
};

namespace detail {

/// Whether a URL is of this machine: only there may it do without TLS, and no proxy is asked.
[[nodiscard]] inline bool is_loopback(std::string_view url) {
  const bool plain = url.starts_with("http://");
  if (!plain && !url.starts_with("https://")) return false;
  url.remove_prefix(plain ? 7 : 8);
  if (url.substr(0, url.find_first_of("/?#")).find('@') != std::string_view::npos) return false;  // a user's name
  for (const std::string_view host : {"127.0.0.1", "localhost", "[::1]"}) {
    if (!url.starts_with(host)) continue;
    const std::string_view rest = url.substr(host.size());
    if (rest.empty() || rest.front() == ':' || rest.front() == '/') return true;
  }
  return false;
}

/// libcurl's state of the process, made once and before threads use it.
inline void start_curl() {
  static const CURLcode started = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw ProviderError("qmtl: CurlTransport: libcurl cannot start");
}

}  // namespace detail

/// One connection after another, kept open between requests where the service allows it, and a new one for all but GET,
/// which nobody repeats. https only, but for this
/// machine itself (tests); certificates and names are verified, redirections are not followed, so that no key goes
/// where it was not sent, and nothing is logged. Copies have connections of their own.
class CurlTransport {
 public:
  /// Throws ValueError for time-outs that are not of more than 0 seconds.
  explicit CurlTransport(CurlOptions options = {}) : options_(std::move(options)) {
    if (!(options_.connect_timeout > 0.0 && options_.timeout > 0.0)) {
      throw ValueError("qmtl: CurlTransport: time-outs, expected more than 0 seconds");
    }
    detail::start_curl();
  }
  CurlTransport(const CurlTransport& other) : options_(other.options_) {}
  CurlTransport(CurlTransport&&) noexcept = default;
  CurlTransport& operator=(CurlTransport other) noexcept {
    std::swap(options_, other.options_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~CurlTransport() = default;

  /// See HttpTransport.
  [[nodiscard]] HttpResponse send(const HttpRequest& request) {
    if (!request.url.starts_with("https://") && !detail::is_loopback(request.url)) {
      throw ProviderError("qmtl: CurlTransport: expected a URL with https://");
    }
    if (!handle_) handle_.reset(::curl_easy_init());
    if (!handle_) throw NotSentError("qmtl: CurlTransport: libcurl has no handle left");
    ::curl_easy_reset(handle_.get());
    Answer answer{{}, options_.largest_answer, false};
    const auto headers = header_list(request);
    set_up(request, headers.get(), answer);
    const CURLcode code = ::curl_easy_perform(handle_.get());
    if (code != CURLE_OK) fail(code, answer, request.method == "GET");
    long status = 0;
    ::curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    answer.response.status = static_cast<int>(status);
    return std::move(answer.response);
  }

 private:
  struct EndHandle {
    void operator()(CURL* handle) const noexcept { ::curl_easy_cleanup(handle); }
  };
  struct EndList {
    void operator()(curl_slist* list) const noexcept { ::curl_slist_free_all(list); }
  };
  struct Answer {
    HttpResponse response;
    std::size_t largest;
    bool too_large;
  };

  template <class Value>
  void set(CURLoption option, Value value) {
    const CURLcode code = ::curl_easy_setopt(handle_.get(), option, value);
    if (code != CURLE_OK) throw ProviderError(detail::text("qmtl: CurlTransport: ", ::curl_easy_strerror(code)));
  }

  [[nodiscard]] static std::unique_ptr<curl_slist, EndList> header_list(const HttpRequest& request) {
    std::unique_ptr<curl_slist, EndList> list;
    const auto add = [&list](const std::string& line) {
      curl_slist* longer = ::curl_slist_append(list.get(), line.c_str());
      if (longer == nullptr) throw NotSentError("qmtl: CurlTransport: no memory for headers");
      (void)list.release();
      list.reset(longer);
    };
    bool typed = false;
    for (const auto& [name, value] : request.headers) {
      if (!is_one_line(name) || !is_one_line(value)) {
        throw ProviderError("qmtl: CurlTransport: header " + detail::in_quotes(name) + ", expected one line");
      }
      add(detail::text(name, ": ", value));
      typed = typed || name == "Content-Type";
    }
    if (!typed) add("Content-Type:");  // none of libcurl's own
    add("Expect:");                    // no waiting for "100 Continue" before large bodies
    return list;
  }

  /// As libcurl counts; for it 0 is for ever.
  [[nodiscard]] static long milliseconds(double seconds) noexcept {
    return static_cast<long>(std::clamp(1e3 * seconds, 1.0, 2147483647.0));
  }

  /// No control characters: a line's end would begin another header, and what is behind a zero is not sent.
  [[nodiscard]] static bool is_one_line(std::string_view text) noexcept {
    return std::ranges::none_of(text, [](char c) { return (c >= '\0' && c < ' ' && c != '\t') || c == '\x7f'; });
  }

  void set_up(const HttpRequest& request, curl_slist* headers, Answer& answer) {
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_PATH_AS_IS, 1L);  // a job that a service calls ".." is no other path
    set(CURLOPT_HTTPHEADER, headers);
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_POSTFIELDS, request.body.data());
    }
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    // libcurl sends a request again by itself where a connection that was kept open ends without an answer.
    if (request.method != "GET") set(CURLOPT_FRESH_CONNECT, 1L);
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options_.certificates.empty()) set(CURLOPT_CAINFO, options_.certificates.c_str());
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    if (detail::is_loopback(request.url)) set(CURLOPT_NOPROXY, "*");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_ACCEPT_ENCODING, "");
    set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options_.connect_timeout));
    set(CURLOPT_TIMEOUT_MS, milliseconds(options_.timeout));
    set(CURLOPT_WRITEFUNCTION, &CurlTransport::take_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&answer));
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(CURLOPT_HEADERFUNCTION, &CurlTransport::take_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&answer));
  }

  /// Nothing may be thrown through libcurl: fewer bytes taken than given end the request.
  static std::size_t take_body(char* data, std::size_t, std::size_t size, void* to) noexcept {
    auto& answer = *static_cast<Answer*>(to);
    answer.too_large = answer.response.body.size() + size > answer.largest;
    if (answer.too_large) return 0;
    try {
      answer.response.body.append(data, size);
    } catch (...) {
      return 0;
    }
    return size;
  }

  static std::size_t take_header(char* data, std::size_t, std::size_t size, void* to) noexcept {
    auto& headers = static_cast<Answer*>(to)->response.headers;
    std::string_view line(data, size);
    constexpr std::string_view spaces = " \t\r\n";
    line = line.substr(0, line.find_last_not_of(spaces) + 1);
    if (line.starts_with("HTTP/")) headers.clear();  // of an answer that was only provisional
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || headers.size() > 1000) return size;
    const std::size_t begin = std::min(line.find_first_not_of(spaces, colon + 1), line.size());
    try {
      headers.push_back({std::string(line.substr(0, colon)), std::string(line.substr(begin))});
    } catch (...) {
      return 0;
    }
    return size;
  }

  [[noreturn]] static void fail(CURLcode code, const Answer& answer, bool only_asks) {
    const std::string message = detail::text("qmtl: CurlTransport: ", ::curl_easy_strerror(code));
    switch (code) {
      case CURLE_COULDNT_RESOLVE_HOST:
      case CURLE_COULDNT_RESOLVE_PROXY:
      case CURLE_COULDNT_CONNECT: throw NotSentError(message);
      case CURLE_PEER_FAILED_VERIFICATION:
      case CURLE_SSL_CONNECT_ERROR:
      case CURLE_SSL_CACERT_BADFILE:
      case CURLE_SSL_CERTPROBLEM:
      case CURLE_SSL_CIPHER:
      case CURLE_URL_MALFORMAT:
      case CURLE_UNSUPPORTED_PROTOCOL: throw ProviderError(message);
      default: break;
    }
    if (answer.too_large) {
      const std::string large =
          detail::text("qmtl: CurlTransport: an answer of more than ", answer.largest, " bytes (CurlOptions)");
      if (only_asks) throw ProviderError(large);
      throw UnansweredError(large);  // what was asked for has perhaps been done
    }
    throw UnansweredError(message);
  }

  CurlOptions options_;
  std::unique_ptr<CURL, EndHandle> handle_;
};

}  // namespace qmtl::inline QMTL_ABI
