// error: qmtl: a task's window must have at most 30 qubits
// lines: 15
// SPDX-License-Identifier: Apache-2.0
// A window with more basis states than can be numbered, in a program for a method of one's own.

#include "qmtl/head/task_program.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
constexpr int width = 30;
#else
constexpr int width = 31;
#endif
void add(HeadProgram<double>& program) {
  detail::add_task<double, Task<"t", IdentityBlock<width>, Window<0, width>, Binary>>(program, 0, false);
}
