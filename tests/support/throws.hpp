#pragma once
// SPDX-License-Identifier: Apache-2.0
// The message of the exception that a callable must throw, for assertions on its text.

#include <exception>
#include <string>
#include <typeinfo>
#include <utility>

#include "support/catch.hpp"

namespace qmtl::test {

/// Runs `callable`, which must throw an E, not a type derived from it; returns what().
template <class E, class F>
std::string message_of(F&& callable) {
  try {
    std::forward<F>(callable)();
  } catch (const std::exception& error) {
    INFO("thrown: " << typeid(error).name() << ": " << error.what());
    REQUIRE(typeid(error) == typeid(E));
    return error.what();
  }
  FAIL("nothing was thrown, expected " << typeid(E).name());
  return {};
}

}  // namespace qmtl::test
