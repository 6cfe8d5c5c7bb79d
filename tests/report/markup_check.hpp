#pragma once
// SPDX-License-Identifier: Apache-2.0
// Whether text is well-formed: elements closed in their order, attributes quoted and different, references known.

#include <cctype>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace qmtl::test {

/// What is wrong with markup, or nothing. Strict as XML: what it accepts, browsers read as it is meant.
inline std::string markup_fault(std::string_view markup) {
  std::vector<std::string> open;
  const auto fault = [&](std::string_view what, std::size_t at) {
    return std::string(what) + " at: " + std::string(markup.substr(at, 60));
  };
  for (std::size_t at = markup.starts_with("<!DOCTYPE html>") ? 15 : 0; at < markup.size();) {
    if (markup[at] == '&') {
      bool known = false;
      for (const std::string_view name : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}) {
        known = known || markup.substr(at).starts_with(name);
      }
      if (!known) return fault("unknown reference", at);
    }
    if (markup[at] == '>') return fault("stray >", at);
    if (markup[at] != '<') {
      ++at;
      continue;
    }
    const std::size_t start = at++;
    const bool closes = markup.substr(at).starts_with("/");
    if (closes) ++at;
    std::string name;
    while (at < markup.size() && std::isalnum(static_cast<unsigned char>(markup[at])) != 0) name += markup[at++];
    if (name.empty()) return fault("stray <", start);
    std::set<std::string> attributes;
    while (at < markup.size() && markup[at] == ' ') {
      const std::size_t equals = markup.find("=\"", ++at);
      if (equals == markup.npos) return fault("attribute without a value", start);
      if (!attributes.emplace(markup.substr(at, equals - at)).second) return fault("attribute twice", start);
      const std::size_t end = markup.find('"', equals + 2);
      if (end == markup.npos || markup.substr(equals, end - equals).find('<') != markup.npos) {
        return fault("attribute that is not closed", start);
      }
      at = end + 1;
    }
    const bool empty = markup.substr(at).starts_with("/>");
    at += empty ? 2 : 1;
    if (at > markup.size() || markup[at - 1] != '>') return fault("tag that is not closed", start);
    if (empty) continue;
    if (!closes) {
      open.push_back(name);
      if (name == "style") at = markup.find("</style>", at);
    } else if (open.empty() || open.back() != name) {
      return fault("closed, but not open", start);
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : "not closed: " + open.back();
}

/// How often `part` occurs.
inline std::size_t occurrences(std::string_view markup, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = markup.find(part); at != markup.npos; at = markup.find(part, at + part.size())) ++count;
  return count;
}

}  // namespace qmtl::test
