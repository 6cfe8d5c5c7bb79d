// SPDX-License-Identifier: Apache-2.0
// Keys are taken out of what services say, in whatever way they write them.

#include "qmtl/provider/redaction.hpp"

#include <cstdio>
#include <string>
#include <string_view>

#include "qmtl/provider/http.hpp"
#include "support/catch.hpp"

namespace redaction_test {

using namespace qmtl;

const std::string key = "k/E+y%7~\"end\\Z";

std::string told(std::string said) { return detail::without_secrets(std::move(said), {key, ""}); }

/// Each character in some hexadecimal way.
std::string each_as(const char* form) {
  std::string out;
  for (const char c : key) {
    char digits[16];
    (void)std::snprintf(digits, sizeof digits, form, static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += digits;
  }
  return out;
}

TEST_CASE("keys are seen as they are and as JSON and URLs write them", "[provider]") {
  CHECK(told("bad key " + key + ", " + key) == "bad key ***, ***");
  CHECK(told("<" + percent_encoded(key) + ">") == "<***>");
  for (const auto* form : {"%%%02x", "%%%02X", "\\u%04x", "\\u%04X", "\\x%02x"}) {
    CHECK(told("<" + each_as(form) + ">") == "<***>");
  }
  CHECK(told(R"({"key":"k\/E+y%7~\"end\\Z"})") == R"({"key":"***"})");
  CHECK(told(R"(k\u002fE%2by%7~\"end\\Z)") == "***");  // each character as it pleases
  CHECK(told("k/E+y%7~\"end\\") == "k/E+y%7~\"end\\");
  CHECK(told("") == "");
  CHECK(detail::without_secrets("a*b", {"*"}) == "a***b");
  CHECK(detail::without_secrets("aaa", {"aa"}) == "***a");
  CHECK(detail::without_secrets("%2525", {"%25"}) == "***");
}

TEST_CASE("keys are seen in base64, wherever they stand in it", "[provider]") {
  for (const std::string_view before : {"", ":", "ab", "apikey:", "{\"key\":\""}) {
    for (const std::string_view after : {"", "x", "\"}", "end"}) {
      std::string plain(before);
      plain.append(key).append(after);
      std::string packed = detail::encode_base64(std::as_bytes(std::span(plain)));
      const std::string blacked = told("got " + packed + '.');
      CHECK(blacked.starts_with("got "));
      CHECK(blacked.find("***") != std::string::npos);
      CHECK(blacked.size() <= 4 + 3 + 8 + 2 * (before.size() + after.size()));
      for (char& c : packed) c = c == '+' ? '-' : c == '/' ? '_' : c;
      CHECK(told(packed).find("***") != std::string::npos);
      CHECK(told(percent_encoded(packed)).find("***") != std::string::npos);
    }
  }
  CHECK(detail::base64_parts("short").empty());
}

TEST_CASE("what a message cuts off of a key is not shown either", "[provider]") {
  const std::string token(500, 't');
  const std::string said = "field 'status': expected queued, got " + detail::in_quotes("x " + token);
  CHECK(detail::without_secrets(said, {token}) == "field 'status': expected queued, got 'x ***...'");
  CHECK(detail::without_secrets("it is '...'", {token}) == "it is '...'");
}

}  // namespace redaction_test
