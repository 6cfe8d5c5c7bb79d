#pragma once
// SPDX-License-Identifier: Apache-2.0
// Whether asking for memory that no system has gives std::bad_alloc: under a sanitizer it ends the program.

namespace qmtl::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool impossible_memory_throws = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
inline constexpr bool impossible_memory_throws = false;
#else
inline constexpr bool impossible_memory_throws = true;
#endif
#else
inline constexpr bool impossible_memory_throws = true;
#endif

}  // namespace qmtl::test
