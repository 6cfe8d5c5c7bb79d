// SPDX-License-Identifier: Apache-2.0
// Which types are backbones, which are not, and for which reason.

#include "qmtl/backbone/concepts.hpp"

#include "qmtl/backbone/frozen.hpp"
#include "qmtl/backbone/linear.hpp"
#include "qmtl/backbone/mlp.hpp"
#include "support/catch.hpp"

namespace concepts_test {

using namespace qmtl;

/// The least that a backbone is: one weight that scales the sum of its inputs.
struct Least {
  using Scalar = double;
  static constexpr int output_size = 1;
  [[nodiscard]] int input_size() const { return 3; }
  [[nodiscard]] std::span<double> parameters() { return weight; }
  [[nodiscard]] std::span<const double> parameters() const { return weight; }
  void initialise(Rng& rng) { weight[0] = rng.uniform(); }
  void forward(const BatchIn<double>& x, BatchOut<double, 1> z) const { z = weight[0] * x.colwise().sum(); }
  void backward(const BatchIn<double>& x, const BatchIn<double, 1>& dz, std::span<double> gradient) const {
    gradient[0] += x.colwise().sum().dot(dz.row(0));
  }
  std::vector<double> weight{1.0};
};

struct IntegerScalar : Least {
  using Scalar = int;
};
struct Immovable : Least {
  Immovable(Immovable&&) = delete;
};
struct RunTimeOutput : Least {
  int output_size = 1;
};
struct EmptyOutput : Least {
  static constexpr int output_size = 0;
};
struct LongInput : Least {
  [[nodiscard]] long input_size() const { return 3; }
};
struct OnlyConstParameters : Least {
  [[nodiscard]] std::span<const double> parameters() const { return weight; }
};
struct ScatteredParameters : Least {
  [[nodiscard]] std::vector<double*> parameters() { return {}; }
};
struct UnseededInitialise : Least {
  void initialise() {}
};
struct VariableOutput : Least {
  [[maybe_unused]] static inline int output_size = 1;
};
struct FloatForward : Least {
  void forward(const BatchIn<double>&, BatchOut<float, 1>) const {}
};
struct ForwardOnly : Least {
  void backward() const {}
};
struct Described : Least {
  [[nodiscard]] std::string describe() const { return "three to one"; }
};

static_assert(Backbone<Least> && !DescribedBackbone<Least>);
static_assert(DescribedBackbone<Described>);
static_assert(Backbone<Frozen<4>> && Backbone<Frozen<4, float>> && Backbone<Frozen<1>>);
static_assert(Backbone<Linear<3, 2>> && Backbone<Linear<Eigen::Dynamic, 1, float>>);
static_assert(Backbone<Mlp<3, 5, 2>> && Backbone<BasicMlp<float, Gelu, Eigen::Dynamic, 5, 1>>);

static_assert(!BackboneObject<int> && !BackboneObject<Least&> && !BackboneObject<IntegerScalar>);
static_assert(!BackboneObject<Immovable>);
static_assert(!BackboneOutputSize<RunTimeOutput> && !BackboneOutputSize<VariableOutput> &&
              !BackboneOutputSize<EmptyOutput>);
static_assert(!BackboneInputSize<LongInput>);
static_assert(!BackboneParameters<OnlyConstParameters> && !BackboneParameters<ScatteredParameters>);
static_assert(!BackboneInitialise<UnseededInitialise>);
static_assert(!BackboneForward<FloatForward>);
static_assert(!BackboneBackward<ForwardOnly>);
static_assert(!Backbone<RunTimeOutput> && !Backbone<LongInput> && !Backbone<OnlyConstParameters> &&
              !Backbone<UnseededInitialise> && !Backbone<FloatForward> && !Backbone<ForwardOnly>);

TEST_CASE("a backbone is described by itself, or by its sizes") {
  CHECK(describe_backbone(Described{}) == "three to one");
  CHECK(describe_backbone(Least{}) == "backbone 3-1 with 1 parameters");
  CHECK(describe_backbone(Frozen<4>{}) == "frozen 4");
}

}  // namespace concepts_test
