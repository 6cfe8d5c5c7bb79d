// SPDX-License-Identifier: Apache-2.0
// An object knows that it has been moved from; its copies are like it, and assigning makes it good again.

#include "qmtl/core/moved_from.hpp"

#include <type_traits>
#include <utility>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace moved_from_test {

using namespace qmtl;

struct Holder {
  detail::MovedFrom moved_from;
};
static_assert(std::is_nothrow_move_constructible_v<Holder> && std::is_nothrow_move_assignable_v<Holder>);

bool good(const Holder& holder) {
  try {
    holder.moved_from.check("holder");
    return true;
  } catch (const LogicError&) {
    return false;
  }
}

TEST_CASE("what has been moved from is an error until it is assigned to", "[core]") {
  Holder a;
  Holder b = a;
  CHECK((good(a) && good(b)));
  Holder c = std::move(a);
  CHECK((!good(a) && good(c)));
  const Holder d = a;
  CHECK(!good(d));
  b = std::move(c);
  CHECK((good(b) && !good(c)));
  a = b;
  CHECK((good(a) && good(b)));
  c = std::move(d);
  CHECK(!good(c));
  CHECK(test::message_of<LogicError>([&] { c.moved_from.check("holder"); }) ==
        "qmtl: holder: it has been moved from and can only be assigned to");
}

}  // namespace moved_from_test
