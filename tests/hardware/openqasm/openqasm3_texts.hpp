#pragma once
// SPDX-License-Identifier: Apache-2.0
// What tests of the OpenQASM 3 parser share: texts behind the usual head, and what is said of those that are refused.

#include <string>
#include <string_view>

#include "qmtl/hardware/openqasm/read_openqasm.hpp"
#include "support/throws.hpp"

namespace qmtl::test {

inline constexpr std::string_view openqasm3_head = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n";

[[nodiscard]] inline Program program_of(std::string_view body) {
  return read_openqasm3(std::string(openqasm3_head) + std::string(body)).program;
}
[[nodiscard]] inline std::string refused(const std::string& text, const OpenQasmOptions& options = {}) {
  return message_of<FileError>([&] { (void)read_openqasm3(text, options); });
}
[[nodiscard]] inline std::string refused_body(std::string_view body, const OpenQasmOptions& options = {}) {
  return refused(std::string(openqasm3_head) + std::string(body), options);
}

}  // namespace qmtl::test
