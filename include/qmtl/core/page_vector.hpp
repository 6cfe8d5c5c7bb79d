#pragma once
// SPDX-License-Identifier: Apache-2.0
// PageVector<T>: a vector that begins at a page, for states that kernels read and write side by side.

#include <cstddef>
#include <new>
#include <vector>

#include "qmtl/core/memory.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// Allocates at multiples of 4096 bytes. A load whose address agrees in its last 12 bits with that of a store just
/// before waits for it on common processors; arrays that all begin at a page and are walked in step never do that.
template <class T>
struct PageAllocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{4096};

  PageAllocator() = default;
  template <class U>
  explicit PageAllocator(const PageAllocator<U>&) noexcept {}

  /// Throws MemoryError.
  [[nodiscard]] T* allocate(std::size_t count) {
    if (count > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_array_new_length();
    return with_memory("states", bytes_of<T>(static_cast<double>(count)),
                       [&] { return static_cast<T*>(::operator new(count * sizeof(T), alignment)); });
  }
  void deallocate(T* data, std::size_t) noexcept { ::operator delete(data, alignment); }

  friend bool operator==(const PageAllocator&, const PageAllocator&) noexcept { return true; }
};

template <class T>
using PageVector = std::vector<T, PageAllocator<T>>;

}  // namespace qmtl::inline QMTL_ABI::detail
