// SPDX-License-Identifier: Apache-2.0
// JSON that is not trusted: what it may not have, and which field the error names.

#include "qmtl/io/json_text.hpp"

#include <string>

#include "support/catch.hpp"
#include "support/comma_locale.hpp"
#include "support/throws.hpp"

namespace json_text_test {

using namespace qmtl;
using detail::JsonField;

nlohmann::json parsed(std::string_view content, const LoadLimits& limits = {}) {
  detail::LoadBudget budget(limits);
  return detail::parse_json(content, "f.json", budget);
}

std::string refusal(std::string_view content, const LoadLimits& limits = {}) {
  return test::message_of<FileError>([&] { static_cast<void>(parsed(content, limits)); });
}

TEST_CASE("a value is what nlohmann-json makes of it") {
  for (const std::string text : {R"({"a":[1,-2,2.5,true,null,"x",{}],"b":{"c":[[],[[0]]],"d":18446744073709551615}})",
                                 "[]", "3", R"("\u00b5s")", R"({"":{"":1}})"}) {
    CHECK(parsed(text) == nlohmann::json::parse(text));
  }
  test::with_comma_printf([] { CHECK(parsed("[0.5, 1.25e3]") == nlohmann::json({0.5, 1250.0})); });
}

TEST_CASE("text that is no JSON, by line") {
  CHECK(refusal("") == "qmtl: f.json: line 1: expected JSON, got ''");
  CHECK(refusal("{\"a\": 1,\n \"b\": NaN}").starts_with("qmtl: f.json: line 2: expected JSON, got "));
  CHECK(
      refusal("[1, 1e999]").starts_with("qmtl: f.json: line 1: expected a number that a double can hold, got '1e999"));
  CHECK(refusal("[1] 2").starts_with("qmtl: f.json: line 1: expected JSON"));
  CHECK(refusal("[\"\xff\"]").find("expected JSON") != std::string::npos);
}

TEST_CASE("names that come twice and values too deep, by field") {
  CHECK(refusal(R"({"a":[0,{"b":1,"b":2}]})") == "qmtl: f.json: field 'a[1].b': expected once, got it twice");
  const std::string open(32, '['), close(32, ']');
  CHECK(parsed(open + close).is_array());
  CHECK(refusal("{\"a\":" + open + close + "}").starts_with("qmtl: f.json: field 'a[0][0]"));
  CHECK(refusal(std::string(1 << 20, '[')).find("expected at most 32 levels, got more") != std::string::npos);
}

TEST_CASE("more values than there is memory for") {
  std::string many = "[";
  for (int i = 0; i < 1000; ++i) many += "0,";
  CHECK(parsed(many + "0]", {.bytes = 200'000}).size() == 1001);
  CHECK(refusal(many + "0]", {.bytes = 100'000}).find("LoadLimits::bytes") != std::string::npos);
  CHECK(refusal("[\"" + std::string(2000, 'x') + "\"]", {.bytes = 1000}).find("LoadLimits::bytes") !=
        std::string::npos);
}

TEST_CASE("a field of another kind, by the way to it") {
  const auto root = parsed(R"({"a":[{"n":-1,"t":"x\ny"},7],"none":null})");
  const JsonField field(root, "f.json");
  const auto message = [](const auto& body) { return test::message_of<FileError>([&] { static_cast<void>(body()); }); };
  CHECK(field.at("a")[1].index(7) == 7);
  CHECK(!field.find("none"));
  CHECK(message([&] { return field.number(); }) == "qmtl: f.json: expected a number, got an object");
  CHECK(message([&] { return field.at("none"); }) == "qmtl: f.json: field 'none': expected it, got none");
  CHECK(message([&] { return field.at("a")[0].at("n").index(7); }) ==
        "qmtl: f.json: field 'a[0].n': expected an integer from 0 to 7, got -1");
  CHECK(message([&] { return field.at("a")[1].index(6); }).ends_with("expected an integer from 0 to 6, got 7"));
  CHECK(message([&] { return field.at("a")[1].index(-1); }).find("expected none") != std::string::npos);
  CHECK(message([&] { return field.at("a")[0].at("t").number(); }).ends_with("expected a number, got 'x?y'"));
  CHECK(message([&] { return field.at("a").string(); }).ends_with("field 'a': expected a text, got an array"));
  CHECK(message([&] { return field.at("a")[0].size(); }).ends_with("expected an array, got an object"));
  CHECK(message([&] { return field.at("a").find("b"); }).ends_with("expected an object, got an array"));
}

}  // namespace json_text_test
