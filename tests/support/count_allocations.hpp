#pragma once
// SPDX-License-Identifier: Apache-2.0
// Counts allocations, and lets one fail. Replaces the global operator new, and malloc where the C library allows:
// included by one file of an executable only.

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "qmtl/core/error.hpp"

namespace qmtl::test {

inline std::atomic<long> allocations{0};
/// Which allocation from now on finds no memory; none if it is negative.
inline std::atomic<long> failing_allocation{-1};

/// Allocations on any thread while body() runs.
template <class Body>
[[nodiscard]] long count_allocations(const Body& body) {
  const long before = allocations;
  body();
  return allocations - before;
}

/// Counts an allocation; false if it is to fail.
inline bool count_allocation() noexcept {
  ++allocations;
  return failing_allocation < 0 || failing_allocation-- != 0;
}

/// Calls `call` on copies of `before`, with its first allocation failing, then its second, and so on until none fails.
/// True if a copy was as before whenever std::bad_alloc or MemoryError was thrown.
template <class Value, class Call>
[[nodiscard]] bool unchanged_without_memory(const Value& before, const Call& call) {
  for (long failing = 0;; ++failing) {
    Value value = before;
    failing_allocation = failing;
    try {
      call(value);
      if (failing_allocation.exchange(-1) >= 0) return true;
    } catch (const std::bad_alloc&) {
      if (!(value == before)) return false;
    } catch (const MemoryError&) {
      if (!(value == before)) return false;
    }
  }
}

[[gnu::noinline]] inline void* allocate_or_null(std::size_t size) noexcept {
  return count_allocation() ? std::malloc(size) : nullptr;
}
[[gnu::noinline]] inline void* allocate(std::size_t size) {
  if (void* data = allocate_or_null(size)) return data;
  throw std::bad_alloc();
}
[[gnu::noinline]] inline void* allocate(std::size_t size, std::align_val_t alignment) {
  if (!count_allocation()) throw std::bad_alloc();
  const auto unit = static_cast<std::size_t>(alignment);
  if (void* data = std::aligned_alloc(unit, (size + unit - 1) / unit * unit)) return data;
  throw std::bad_alloc();
}

// Out of line, or g++ takes free for the wrong partner of operator new.
[[gnu::noinline]] inline void release(void* data) noexcept { std::free(data); }

}  // namespace qmtl::test

void* operator new(std::size_t size) { return qmtl::test::allocate(size); }
void* operator new[](std::size_t size) { return qmtl::test::allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) { return qmtl::test::allocate(size, alignment); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return qmtl::test::allocate(size, alignment); }
// std::stable_sort asks for memory like this, and gives it back to the plain operator delete.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return qmtl::test::allocate_or_null(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return qmtl::test::allocate_or_null(size); }
void operator delete(void* data, const std::nothrow_t&) noexcept { qmtl::test::release(data); }
void operator delete[](void* data, const std::nothrow_t&) noexcept { qmtl::test::release(data); }
void operator delete(void* data) noexcept { qmtl::test::release(data); }
void operator delete[](void* data) noexcept { qmtl::test::release(data); }
void operator delete(void* data, std::size_t) noexcept { qmtl::test::release(data); }
void operator delete[](void* data, std::size_t) noexcept { qmtl::test::release(data); }
void operator delete(void* data, std::align_val_t) noexcept { qmtl::test::release(data); }
void operator delete[](void* data, std::align_val_t) noexcept { qmtl::test::release(data); }
void operator delete(void* data, std::size_t, std::align_val_t) noexcept { qmtl::test::release(data); }
void operator delete[](void* data, std::size_t, std::align_val_t) noexcept { qmtl::test::release(data); }

// Eigen's matrices come from malloc. Sanitizers have a malloc of their own.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define QMTL_TEST_OWN_MALLOC 0
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define QMTL_TEST_OWN_MALLOC 0
#endif
#ifndef QMTL_TEST_OWN_MALLOC
#define QMTL_TEST_OWN_MALLOC 1
extern "C" void* __libc_malloc(std::size_t size);  // NOLINT(bugprone-reserved-identifier)
extern "C" void* malloc(std::size_t size) { return qmtl::test::count_allocation() ? __libc_malloc(size) : nullptr; }
#endif
