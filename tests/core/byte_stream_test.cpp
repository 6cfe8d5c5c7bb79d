// SPDX-License-Identifier: Apache-2.0
// Byte streams: what is written is read again, what ends too early says so, and the checksum is FNV-1a.

#include "qmtl/core/byte_stream.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "support/throws.hpp"

namespace byte_stream_test {

using namespace qmtl::detail;
using qmtl::test::message_of;

std::uint64_t hash_of(std::string_view text) { return fnv1a(std::as_bytes(std::span(text.data(), text.size()))); }

TEST_CASE("the checksum is FNV-1a of 64 bits") {  // Fowler, Noll, Vo and Eastlake, RFC 9923, test vectors
  CHECK(hash_of("") == 0xcbf29ce484222325u);
  CHECK(hash_of("a") == 0xaf63dc4c8601ec8cu);
  CHECK(hash_of("foobar") == 0x85944171f73967e8u);
  const std::string_view bar = "bar";
  CHECK(fnv1a(std::as_bytes(std::span(bar.data(), bar.size())), hash_of("foo")) == hash_of("foobar"));
}

TEST_CASE("values come back in the order in which they were put") {
  ByteWriter out;
  out.put_value(std::uint32_t{7});
  out.put_value(0.25);
  out.put(std::span<const char>(std::string_view("text")));
  out.replace(0, std::uint32_t{9});
  CHECK(out.bytes().size() == 4 + 8 + 4);
  ByteReader in(out.bytes(), "reader", "file");
  CHECK(in.value<std::uint32_t>() == 9);
  CHECK(in.value<double>() == 0.25);
  CHECK(in.values<char>(4) == std::vector<char>{'t', 'e', 'x', 't'});
  CHECK(in.left() == 0);
}

TEST_CASE("a stream that ends too early is an error, also for counts that overflow") {
  ByteWriter out;
  out.put_value(std::uint32_t{7});
  ByteReader in(out.bytes(), "reader", "file");
  CHECK(message_of<qmtl::FileError>([&] { (void)in.value<double>(); }) ==
        "qmtl: reader: 'file' is truncated: expected 8 more bytes, got 4");
  CHECK_THROWS_AS(in.values<double>(std::numeric_limits<std::size_t>::max() / 8 + 2), qmtl::FileError);
  CHECK(in.left() == 4);
}

}  // namespace byte_stream_test
