// SPDX-License-Identifier: Apache-2.0
// A target as a libFuzzer program; `<program> --seeds <folder>` writes its seeds instead of running it.

#include <fstream>
#include <string>
#include <string_view>

#include "fuzz/fuzz.hpp"

using namespace qmtl::fuzz;

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  if (*count != 3 || std::string_view((*arguments)[1]) != "--seeds") return 0;
  int number = 0;
  for (const Bytes& seed : seeds()) {
    std::ofstream file(qmtl::detail::text((*arguments)[2], "/seed-", number++), std::ios::binary);
    file.write(as_text(seed).data(), static_cast<std::streamsize>(seed.size()));
    require(file.flush().good(), "seeds can be written");
  }
  std::exit(0);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check({reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
