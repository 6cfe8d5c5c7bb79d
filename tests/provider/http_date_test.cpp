// SPDX-License-Identifier: Apache-2.0
// HTTP's dates, which are known before the program runs.

#include "qmtl/provider/http_date.hpp"

#include "support/catch.hpp"

namespace http_date_test {

using namespace qmtl;

TEST_CASE("the three forms of RFC 9110 are the same second", "[provider]") {
  constexpr double second = 784111777.0;  // date -u -d @784111777
  static_assert(http_date("Sun, 06 Nov 1994 08:49:37 GMT") == second);
  static_assert(http_date("Sunday, 06-Nov-94 08:49:37 GMT") == second);
  static_assert(http_date("Sun Nov  6 08:49:37 1994") == second);
  CHECK(http_date("Thu, 01 Jan 1970 00:00:00 GMT") == 0.0);
  CHECK(http_date("Tue, 29 Feb 2028 23:59:60 GMT") == 1835481600.0);
  CHECK(http_date("Wed, 31 Dec 2025 00:00:00 GMT") == 1767139200.0);
  CHECK(http_date("Friday, 27-Nov-26 00:00:00 GMT") == 1795737600.0);
}

TEST_CASE("what is no date of HTTP is none", "[provider]") {
  for (const auto* bad :
       {"", "120", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sun, 06 Nov 19x4 08:49:37 GMT", ", 06 Nov 1994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994"}) {
    CAPTURE(bad);
    CHECK(!http_date(bad));
  }
}

}  // namespace http_date_test
