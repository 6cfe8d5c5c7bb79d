// error: qmtl: an optimizer.s validate.. must be const and without arguments
// SPDX-License-Identifier: Apache-2.0
// An optimizer of one's own whose validate cannot be called on settings: it would never be called.

#include <span>

#include "qmtl/optimize/optimizer.hpp"

using namespace qmtl;

struct Descent {
  double learning_rate = 0.1;

  template <class S>
  struct Run {
    void step(StepSize size, std::span<S> parameters, std::span<const S> gradient) {
      for (std::size_t i = 0; i < parameters.size(); ++i) parameters[i] -= static_cast<S>(size.rate) * gradient[i];
    }
    template <class Archive>
    void archive(Archive&) {}
  };
  void describe(SettingsText& text) const { text.word("descent"); }
  template <class S>
  Run<S> start(std::size_t) const {
    return {};
  }
#ifdef QMTL_CONTROL
  void validate() const {}
#else
  void validate() {}
#endif
};

const OwnOptimizer optimizer = Descent{};
