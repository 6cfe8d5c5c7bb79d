// SPDX-License-Identifier: Apache-2.0
// Numbers as text: what printf writes in the C locale, in every locale.

#include "qmtl/core/number_text.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "qmtl/core/error.hpp"
#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"
#include "support/comma_locale.hpp"

namespace number_text_test {

using namespace qmtl;
using detail::exact, detail::number_text, detail::text;
using test::with_comma_printf, test::with_comma_streams;

std::string printed(const char* format, int digits, double value) {
  char buffer[512];
  std::snprintf(buffer, sizeof buffer, format, digits, value);
  return buffer;
}

TEST_CASE("a number is written as printf does in the C locale") {
  Rng rng(Seed{3});
  constexpr auto most = std::numeric_limits<double>::max(), least = std::numeric_limits<double>::denorm_min();
  std::vector<double> values{0.0, -0.0, 1.0, -2.5, 1e21, 123456789.0, most, -most, least, HUGE_VAL, -HUGE_VAL};
  for (int i = 0; i < 200; ++i) values.push_back(rng.normal() * std::pow(10.0, rng.uniform(-30, 30)));
  for (const double value : values) {
    for (const int digits : {0, 1, 4, 9, 17}) {
      CHECK(number_text(value, std::chars_format::general, digits) == printed("%.*g", digits, value));
      CHECK(number_text(value, std::chars_format::fixed, digits) == printed("%.*f", digits, value));
      CHECK(number_text(value, std::chars_format::scientific, digits) == printed("%.*e", digits, value));
    }
    CHECK(std::strtod(exact(value).c_str(), nullptr) == value);
  }
  CHECK(number_text(-std::numeric_limits<double>::quiet_NaN(), std::chars_format::general, 9) == "nan");
}

TEST_CASE("numbers of different value have different exact texts") {
  CHECK(exact(0.1) == "0.1");
  CHECK(exact(std::nextafter(0.1, 1.0)) != exact(0.1));
  CHECK(exact(1.0 / 3.0) == "0.3333333333333333");
}

TEST_CASE("text is the same in every locale") {
  const auto check = [] {
    CHECK(text(0.5, ' ', -1234567.25f, ' ', 1234567, ' ', std::size_t{1234567}) == "0.5 -1234567.25 1234567 1234567");
    CHECK(text(1e300) == "1e+300");
    CHECK(exact(1234.5) == "1234.5");
  };
  check();
  with_comma_streams(check);
  with_comma_printf(check);
}

}  // namespace number_text_test
