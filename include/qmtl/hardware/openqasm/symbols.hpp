#pragma once
// SPDX-License-Identifier: Apache-2.0
// What names of OpenQASM stand for.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string_view>

#include "qmtl/core/config.hpp"
#include "qmtl/hardware/openqasm/value_type.hpp"

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
  ValueType type{};       ///< of a value
};

/// A hash of names, most of which are short, with a secret of each reader's own: without it a text could be made whose
/// names all have one hash. What is read does not depend on it.
class NameHash {
 public:
  [[nodiscard]] std::size_t operator()(std::string_view name) const noexcept {
    std::uint64_t hash = 0;
    do {
      std::uint64_t bytes = 0;
      const std::size_t count = std::min(name.size(), sizeof bytes);
      std::memcpy(&bytes, name.data(), count);
      hash = (hash ^ bytes) * secret_;
      hash ^= hash >> 32;
      name.remove_prefix(count);
    } while (!name.empty());
    return hash;
  }

 private:
  [[nodiscard]] static std::uint64_t random_odd_number() {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device() | 1u;
  }

  std::uint64_t secret_ = random_odd_number();
};

}  // namespace qmtl::inline QMTL_ABI::detail::openqasm
