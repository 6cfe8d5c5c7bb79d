// SPDX-License-Identifier: Apache-2.0
// decode_utf8: what is accepted is what append_utf8 writes.

#include "qmtl/core/utf.hpp"

#include "fuzz/fuzz.hpp"

namespace qmtl::fuzz {

void check(BytesView input) {
  const auto characters = detail::decode_utf8(as_text(input));
  if (!characters) return;
  std::string again;
  for (const char32_t c : *characters) {
    require(detail::is_unicode(c), "decoded characters are Unicode");
    detail::append_utf8(again, c);
  }
  require(again == as_text(input), "text is the same after a round trip");
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> out;
  for (const std::string_view text : {"plain", "caf\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xef\xbf\xbf"}) {
    out.push_back(joined({as_bytes(text)}));
  }
  return out;
}

}  // namespace qmtl::fuzz
