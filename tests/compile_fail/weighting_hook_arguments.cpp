// error: qmtl: a weighting.s after_step must take a const WeightingStep&
// SPDX-License-Identifier: Apache-2.0
// A weighting of one's own whose after_step takes something else: it would never be called.

#include <span>
#include <vector>

#include "qmtl/optimize/weighting.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Step = const WeightingStep&;
#else
using Step = std::vector<double>;
#endif

struct Halving {
  struct Run {
    std::vector<double> weights;
    const std::vector<double>& values() const { return weights; }
    void after_step(Step) { weights[0] /= 2; }
    template <class Archive>
    void archive(Archive& archive) {
      archive.numbers(weights, "weights");
    }
  };
  void describe(SettingsText& text) const { text.word("halving"); }
  Run start(std::span<const LabelKind> kinds) const { return {std::vector<double>(kinds.size(), 0.5)}; }
};

const OwnWeighting weighting = Halving{};
