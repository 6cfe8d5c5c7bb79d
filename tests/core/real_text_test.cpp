// SPDX-License-Identifier: Apache-2.0
// Real numbers from text: the two ways of reading them agree, round to nearest, and do not know the locale.

#include "qmtl/core/real_text.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <optional>
#include <string>

#include "qmtl/core/rng.hpp"
#include "support/catch.hpp"
#include "support/comma_locale.hpp"

namespace real_text_test {

using qmtl::detail::parse_real;
using qmtl::detail::parse_real_posix;

/// Whether both hold the same bits, or nothing.
template <class S>
bool same(std::optional<S> a, std::optional<S> b) {
  if (!a || !b) return !a && !b;
  return std::isnan(*a) ? std::isnan(*b) : std::memcmp(&*a, &*b, sizeof(S)) == 0;
}

TEMPLATE_TEST_CASE("numbers at the ends of the range round to nearest", "", float, double) {
  using S = TestType;
  using Limits = std::numeric_limits<S>;
  for (const auto parse : {&parse_real<S>, &parse_real_posix<S>}) {
    CHECK(same<S>(parse("1e-400"), S(0)));
    CHECK(same<S>(parse("-1e-99999999999999999999"), -S(0)));
    CHECK(same<S>(parse("0e99999"), S(0)));
    CHECK_FALSE(parse("1e400"));
    CHECK_FALSE(parse("-1e99999999999999999999"));
    for (const S value : {Limits::max(), Limits::lowest(), Limits::min(), Limits::denorm_min(), S(0.1), S(-1) / S(3)}) {
      char buffer[64];
      const auto end =
          std::snprintf(buffer, sizeof buffer, "%.*e", Limits::max_digits10 - 1, static_cast<double>(value));
      CHECK(same<S>(parse({buffer, static_cast<std::size_t>(end)}), value));
    }
  }
  CHECK(parse_real_posix<S>("0." + std::string(400, '0') + "1") == S(0));
}

TEMPLATE_TEST_CASE("both ways take the same text", "", float, double) {
  using S = TestType;
  for (const char* text :
       {"",    "-",    "+1",     "--1",  "-+1",   " 1",   "1 ",     "\t1",   "1,5",   "1.5",      ".5",
        "5.",  ".",    "1e",     "1e+",  "1e+2",  "0x10", "-0x1p3", "inf",   "-INF",  "infinity", "infinit",
        "nan", "-nan", "nan(1)", "nan(", "1_000", "1e5f", "i",      "1e-45", "1e-46", "-0",       "00012"}) {
    INFO(text);
    CHECK(same<S>(parse_real<S>(text), parse_real_posix<S>(text)));
  }
  qmtl::Rng rng(qmtl::Seed{7});
  for (int i = 0; i < 2000; ++i) {
    std::string text = rng.uniform() < 0.5 ? "-" : "";
    for (int digits = 1 + static_cast<int>(30 * rng.uniform()); digits > 0; --digits) {
      text += static_cast<char>('0' + static_cast<int>(10 * rng.uniform()));
    }
    text += "e" + std::to_string(static_cast<int>(700 * rng.uniform()) - 370);
    INFO(text);
    CHECK(same<S>(parse_real<S>(text), parse_real_posix<S>(text)));
  }
}

TEST_CASE("a locale with a decimal comma changes nothing") {
  qmtl::test::with_comma_printf([] {
    CHECK(parse_real_posix<double>("1.5") == 1.5);
    CHECK_FALSE(parse_real_posix<double>("1,5"));
    CHECK(parse_real<float>("1e-50") == 0.0f);
  });
}

}  // namespace real_text_test
