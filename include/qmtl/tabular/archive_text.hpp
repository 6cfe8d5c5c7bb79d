#pragma once
// SPDX-License-Identifier: Apache-2.0
// Texts, choices and lists in archives.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "qmtl/core/archive.hpp"
#include "qmtl/core/byte_stream.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// A text, whatever its bytes.
template <class Archive>
void archive_text(Archive& a, std::string& value, std::string_view what) {
  if constexpr (Archive::reading) {
    std::vector<std::byte> bytes;
    a.bytes(bytes, what);
    value = as_text(bytes);
  } else {
    a.bytes(std::as_bytes(std::span<const char>(value)), what);
  }
}

/// An enumerator of two, as Unseen.
template <class Archive, class Choice>
void archive_choice(Archive& a, Choice& value, std::string_view what) {
  auto number = static_cast<std::uint8_t>(value);
  a.value(number, what, {0, 1});
  value = static_cast<Choice>(number);
}

/// As many items as there are, each archived by `item(archive, value)`. While reading, memory follows the bytes that
/// there are: an item takes at least one.
template <class Archive, class Item, class Each>
void archive_list(Archive& a, std::vector<Item>& items, const Each& item) {
  auto count = static_cast<std::uint64_t>(items.size());
  a.value(count, "length of a list");
  if constexpr (Archive::reading) {
    items.clear();
    for (; count > 0; --count) item(a, items.emplace_back());
  } else {
    for (Item& own : items) item(a, own);
  }
}

}  // namespace qmtl::inline QMTL_ABI::detail
