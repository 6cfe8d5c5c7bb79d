#pragma once
// SPDX-License-Identifier: Apache-2.0
// Zip archives for the loaders of arrays and data sets. Compiled apart, in arrays.cpp, without libFuzzer's
// instrumentation: what it makes is right by itself, and coverage is to be that of the library.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fuzz/fuzz.hpp"
#include "qmtl/io/load_limits.hpp"
#include "qmtl/io/npy.hpp"

namespace qmtl::fuzz {

/// What the archives may demand.
inline constexpr LoadLimits small_limits = {.bytes = 1u << 20, .rows = 4096, .columns = 4096, .entries = 16};

/// An array of at most 2 kB, or nothing where it is to be absent. Encoded in: type and order, number of axes, length of
/// text, the axes, the data. Axes may have huge lengths where another is 0.
[[nodiscard]] std::optional<NpyArray> decide_array(Decisions& decisions);

/// The input for which decide_array gives `array`, whose axes are shorter than 32.
[[nodiscard]] Bytes decisions_of(const NpyArray& array);

/// The archive of the arrays that the input decides for, under these names: everything that would stop them earlier
/// (zip, checksums, headers) is right.
[[nodiscard]] Bytes decide_archive(Decisions& decisions, std::span<const std::string_view> names);

/// Goes through the directory of an archive, and gives the checksum of each uncompressed entry to it and to the entry.
void repair_checksums(Bytes& archive);

}  // namespace qmtl::fuzz
