#pragma once
// SPDX-License-Identifier: Apache-2.0
// Locales with a decimal comma and grouped thousands, of C++ and of C, that are set and put back.

#include <clocale>
#include <cstdlib>
#include <locale>
#include <string>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

namespace qmtl::test {

/// Runs `test` under a global C++ locale in which streams write 1.234,5.
template <class Test>
void with_comma_streams(Test&& test) {
  struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  struct Restore {
    ~Restore() { std::locale::global(before); }
    std::locale before = std::locale::global(std::locale(std::locale::classic(), new Comma));
  } restore;
  test();
}

/// Runs `test` under setlocale(LC_ALL, "de_DE.UTF-8"), in which printf writes 0,5. Makes the locale with localedef
/// where the system lacks it, or warns that the test was skipped.
template <class Test>
void with_comma_printf(Test&& test) {
  const TempDir dir;
  const std::string name = "de_DE.UTF-8";
  if (std::setlocale(LC_ALL, name.c_str()) == nullptr) {
    const std::string make = "localedef -i de_DE -f UTF-8 '" + dir / name + "' > '" + dir / "log" + "' 2>&1";
    if (std::system(make.c_str()) == 0) ::setenv("LOCPATH", (dir / "").c_str(), 1);
  }
  if (std::setlocale(LC_ALL, name.c_str()) == nullptr) {
    WARN("skipped: localedef cannot make the locale " + name);
    return;
  }
  struct Restore {
    ~Restore() {
      std::setlocale(LC_ALL, "C");
      ::unsetenv("LOCPATH");
    }
  } restore;
  REQUIRE(std::localeconv()->decimal_point == std::string(","));
  test();
}

}  // namespace qmtl::test
