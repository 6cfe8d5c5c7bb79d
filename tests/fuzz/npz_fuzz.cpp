// SPDX-License-Identifier: Apache-2.0
// Npz: an input is a zip archive. The checksums of uncompressed entries are made right first, or no change of their
// content would get past them.

#include "qmtl/io/npz.hpp"

#include "fuzz/arrays.hpp"
#include "io/zip_bytes.hpp"

namespace qmtl::fuzz {
namespace {

void check_arrays(const Npz& file) {
  require(file.names().size() <= small_limits.entries, "limits are kept");
  for (const std::string& name : file.names()) {
    require(file.contains(name), "a file contains what it lists");
    (void)accepts([&] {
      const NpyArray array = file.get(name);
      require(detail::checked_count(array, name) == *detail::element_count(array.shape), "data are of the shape");
    });
  }
}

}  // namespace

void check(BytesView input) {
  static MemoryFile file;
  Bytes bytes(input.begin(), input.end());
  repair_checksums(bytes);
  file.assign(bytes);
  (void)accepts([&] { check_arrays(Npz::open(file.path(), small_limits)); });
}

std::vector<Bytes> seeds() {
  const std::vector<float> reals = {1.0f, 2.0f, 3.0f};
  const std::vector<std::string> strings = {"one", "two"};
  const auto content = [](const NpyArray& array) { return std::string(as_text(encode_npy(array))); };
  const std::string numbers = content(make_npy<float>(reals, {3}));
  const std::string names = content(to_npy(std::span(strings)));
  const std::vector<test::RawEntry> mixed = {test::stored("x.npy", numbers), test::deflated("names.npy", names),
                                             test::stored("readme.txt", "no array")};
  const std::vector<detail::ZipMember> members = {{"folder/x.npy", encode_npy(make_npy<float>(reals, {1, 3}))},
                                                  {"y.npy", encode_npy(make_npy<float>({}, {0}))}};
  test::RawEntry zeros = test::deflated("zeros.npy", "");
  zeros.raw = test::deflate_zeros(4);
  zeros.unpacked_bytes = 1 + 4 * 258;
  return {joined({as_bytes(test::zip_of(mixed))}), detail::pack_stored(members),
          joined({as_bytes(test::zip_of(test::stored("x.npy", numbers)))}), joined({as_bytes(test::zip_of(zeros))})};
}

}  // namespace qmtl::fuzz
