// error: qmtl: start.kinds. of a weighting must make a WeightingRun: .*values.* that returns a reference or a std::span
// SPDX-License-Identifier: Apache-2.0
// Weights of one's own that are returned by value: the library would look at a vector that is gone.

#include <span>
#include <vector>

#include "qmtl/optimize/weighting.hpp"

using namespace qmtl;

#ifdef QMTL_CONTROL
using Weights = const std::vector<double>&;
#else
using Weights = std::vector<double>;
#endif

struct Halving {
  struct Run {
    std::vector<double> weights;
    Weights values() const { return weights; }
    template <class Archive>
    void archive(Archive& archive) {
      archive.numbers(weights, "weights");
    }
  };
  void describe(SettingsText& text) const { text.word("halving"); }
  Run start(std::span<const LabelKind> kinds) const { return {std::vector<double>(kinds.size(), 0.5)}; }
};

const OwnWeighting weighting = Halving{};
