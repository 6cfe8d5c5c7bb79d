#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a report says about the machine that it comes from, and when.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>

#include "qmtl/core/error.hpp"

namespace qmtl::benchmark {

/// For example "Intel(R) Xeon(R) Processor, 2 cores, g++ 12.2.0, 2026-11-20"; the processor where Linux names it.
[[nodiscard]] inline std::string machine_and_date() {
  std::string out;
  std::ifstream processors("/proc/cpuinfo");
  for (std::string line; std::getline(processors, line);) {
    if (!line.starts_with("model name")) continue;
    out = line.substr(std::min(line.find(": "), line.size() - 2) + 2) + ", ";
    break;
  }
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
  char date[16];
  std::snprintf(date, sizeof date, "%04d-%02u-%02u", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                static_cast<unsigned>(day.day()));
#ifdef __clang__
  const char* const compiler = __VERSION__;  // names itself
#else
  const char* const compiler = "g++ " __VERSION__;
#endif
  return detail::text(out, std::thread::hardware_concurrency(), " cores, ", compiler, ", ", date);
}

}  // namespace qmtl::benchmark
