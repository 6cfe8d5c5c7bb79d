// SPDX-License-Identifier: Apache-2.0
// UTF-8: what is none is replaced byte by byte, and nothing that a terminal obeys gets into a message.

#include "qmtl/core/utf.hpp"

#include <string>

#include "qmtl/core/printable.hpp"
#include "support/catch.hpp"

namespace utf_test {

using qmtl::detail::in_quotes;
using qmtl::detail::replace_invalid_utf8;

TEST_CASE("valid UTF-8 stays, and each byte that is none becomes U+FFFD") {
  for (const char* text : {"", "a", "\u00e4\u20ac\U0001f600", "\u007f\u0080"})
    CHECK(replace_invalid_utf8(text) == text);
  CHECK(replace_invalid_utf8("gr\xf6\xdf"
                             "e") ==
        "gr\ufffd\ufffd"
        "e");
  CHECK(replace_invalid_utf8("\xe2\x82") == "\ufffd\ufffd");            // cut short
  CHECK(replace_invalid_utf8("\xc0\xaf\xed\xa0\x80").size() == 5 * 3);  // overlong, a surrogate
}

TEST_CASE("control characters of both sets and broken UTF-8 become question marks") {
  CHECK(in_quotes("\u00e4") == "'\u00e4'");
  CHECK(in_quotes("\x1b[2J\x7f") == "'?[2J?'");
  CHECK(in_quotes("\u009b2J\u0080") == "'?2J?'");
  CHECK(in_quotes("\xff\xc3") ==
        "'?"
        "?'");
  CHECK(in_quotes(std::string(79, 'x') + "\u20ac") == "'" + std::string(79, 'x') + "...'");
}

}  // namespace utf_test
