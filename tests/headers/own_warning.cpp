// SPDX-License-Identifier: Apache-2.0
// A user's mistake behind our headers: the compiler must still warn about it.

#include "qmtl/core/eigen.hpp"

int draw();
int maybe(bool known) {
  int value;
  if (known) value = draw();
  return value;
}
