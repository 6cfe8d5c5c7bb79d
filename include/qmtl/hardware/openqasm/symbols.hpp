#pragma once
// SPDX-License-Identifier: Apache-2.0
// What names of OpenQASM stand for.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>

#include "qmtl/core/config.hpp"

namespace qmtl::inline QMTL_ABI::detail::openqasm {

enum class SymbolKind : std::uint8_t { keyword, type, gate, qubits, slot, alias, bits, value };

/// What a name stands for.
struct Symbol {
  SymbolKind kind = SymbolKind::value;
  int first = 0;          ///< the first qubit or bit; or the number of a keyword, gate, slot, alias or value
  int count = 0;          ///< qubits or bits
  bool scalar = false;    ///< a qubit or a bit by itself, not a register of one
  bool constant = true;   ///< a value that cannot be assigned to
  int owner = -1;         ///< of bits, the register of the program that has them all
  std::size_t depth = 0;  ///< in how many blocks it was defined
};

/// A hash of names, most of which are short.
struct NameHash {
  [[nodiscard]] std::size_t operator()(std::string_view name) const noexcept {
    std::uint64_t bytes = 0;
    if (name.size() > sizeof bytes) return std::hash<std::string_view>()(name);
    std::memcpy(&bytes, name.data(), name.size());
    bytes *= 0x9e3779b97f4a7c15;
    return bytes ^ bytes >> 32;
  }
};

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
