// SPDX-License-Identifier: Apache-2.0
// The variants.

#include "evidence/variants.hpp"

#include <string>
#include <utility>

#include "evidence/product_part.hpp"

namespace qmtl::benchmark::evidence {
std::vector<HeadKind> head_variants(int features, const std::vector<ModelTask>& tasks) {
  std::vector<HeadKind> out = head_kinds(features, tasks);
  for (HeadKind& kind : mapped_kinds(features, tasks)) out.push_back(std::move(kind));
  const auto add = [&](std::string name, const ProductSpec& spec) {
    out.push_back(product_head(std::move(name), spec, features, tasks));
  };
  // The first form, a quarter of a turn for tanh of a feature, and then what was changed, one after the other.
  out.push_back(
      product_head("sum-first", {.rate = 0.0, .silent = false, .constant = false}, features, tasks, HeadDecay::never));
  add("sum-first-decay", {.rate = 0.0, .silent = false, .constant = false});
  add("sum-first-silent", {.rate = 0.0, .constant = false});
  add("sum-first-constant", {.rate = 0.0});
  // From the form that was taken, one thing at a time.
  add("sum-loud", {.silent = false});
  add("sum-no-constant", {.constant = false});
  add("sum-rate-1/8", {.rate = 0.125});
  add("sum-rate-1/2", {.rate = 0.5});
  add("sum-rate-1", {.rate = 1.0});
  add("sum-scale-1", {.scale = 1.0});
  add("sum-scale-2", {.scale = 2.0});
  add("sum-scale-8", {.scale = 8.0});
  add("sum-angle-0", {.initial_angle = 0.001});
  add("sum-angle-1", {.initial_angle = 1.0});
  for (const int qubits : {1, 2, 4}) {
    if (qubits < features) add(qmtl::detail::text("mixed-phases-", qubits), {.mixed = qubits});
  }
  return out;
}

}  // namespace qmtl::benchmark::evidence
