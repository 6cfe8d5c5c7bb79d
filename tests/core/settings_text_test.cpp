// SPDX-License-Identifier: Apache-2.0
// Settings as text: different settings never have the same.

#include "qmtl/core/settings_text.hpp"

#include <string>

#include "support/catch.hpp"

namespace settings_text_test {

using namespace qmtl;

std::string words(const auto&... word) {
  SettingsText text;
  (text.word(word), ...);
  return text.str();
}

TEST_CASE("settings that differ have another text, whatever is in their words") {
  SettingsText text;
  text.line("optimizer");
  text.word("adam");
  text.setting("learning_rate", 0.1);
  text.setting("steps", 3);
  CHECK(text.str() == "optimizer adam, learning_rate 0.1, steps 3");
  CHECK(words("a", "b") == "a, b");
  CHECK(words("a, b") == "a\\, b");
  CHECK(words("a\nb") == "a\\nb");
  CHECK(words("a\\nb") == "a\\\\nb");
}

TEST_CASE("numbers have all their digits, as words and as settings") {
  CHECK(words(0.1) == "0.1");
  CHECK(words(0.1 + 0.2) == "0.30000000000000004");
  CHECK(words(0.1f) == "0.10000000149011612");
  SettingsText text;
  text.setting("rate", 0.1 + 0.2);
  CHECK(text.str() == "rate 0.30000000000000004");
}

}  // namespace settings_text_test
