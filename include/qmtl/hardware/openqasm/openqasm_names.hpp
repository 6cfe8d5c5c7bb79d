#pragma once
// SPDX-License-Identifier: Apache-2.0
// Names that a text of OpenQASM may give to registers and inputs.

#include <set>
#include <string>
#include <string_view>

#include "qmtl/circuit/gate.hpp"
#include "qmtl/hardware/openqasm/gate_library.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

/// What no name may be: words of either version, constants, functions, and gates of the libraries that are not in the
/// table of gates.
inline constexpr std::string_view reserved_words[] = {
    "OPENQASM", "include",    "qreg",   "creg",   "gate",   "opaque",  "measure",  "reset",         "barrier",
    "if",       "pi",         "sin",    "cos",    "tan",    "exp",     "ln",       "sqrt",          "U",
    "CX",       "else",       "for",    "while",  "in",     "break",   "continue", "end",           "switch",
    "case",     "default",    "return", "def",    "extern", "box",     "let",      "cal",           "defcal",
    "qubit",    "bit",        "bool",   "int",    "uint",   "float",   "angle",    "complex",       "array",
    "duration", "stretch",    "void",   "const",  "input",  "output",  "readonly", "mutable",       "true",
    "false",    "im",         "tau",    "euler",  "ctrl",   "negctrl", "inv",      "pow",           "gphase",
    "delay",    "durationof", "sizeof", "arcsin", "arccos", "arctan",  "ceiling",  "floor",         "log",
    "mod",      "popcount",   "rotl",   "rotr",   "real",   "imag",    "pragma",   "defcalgrammar", "nop",
    "u0",       "u1",         "u2",     "u3",     "cu1",    "cu3",     "csx",      "rccx",          "rc3x",
    "c3x",      "c3sqrtx",    "c4x",    "phase",  "cphase", "acos",    "asin",     "atan",          "dt",
    "ns",       "us",         "ms",     "s"};

class Names {
 public:
  explicit Names(int version) : version_(version) {
    for (const auto word : reserved_words) taken_.emplace(word);
    for (const auto& facts : gate_table) taken_.emplace(facts.name);
  }

  /// The name, or a similar one where the language has no such names or it is taken.
  [[nodiscard]] std::string claim(std::string name) {
    const char first = name.empty() ? '_' : name[0];
    const bool lower = first >= 'a' && first <= 'z';
    const bool upper = first >= 'A' && first <= 'Z';
    if (!lower && (version_ == 2 || (!upper && first != '_'))) name.insert(0, "r_");
    for (char& c : name) {
      const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      if (!fits) c = '_';
    }
    while (!taken_.insert(name).second) name += '_';
    return name;
  }

 private:
  int version_;
  std::set<std::string> taken_;
};

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
