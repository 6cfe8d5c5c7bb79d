// SPDX-License-Identifier: Apache-2.0
// An encoding, a block and an entangler of your own: a type with a static constexpr circuit is all it takes.

#include <cstdio>
#include <qmtl/qmtl.hpp>

using namespace qmtl;

// Four features on four qubits: RX by each feature, iSWAP on neighbours, then RZ by half of it.
struct SwapEncoding {
  static constexpr int features = 4;
  static constexpr auto circuit =
      make_circuit<4>(layer<4>([](int q) { return gate::rx(q, feature(q)); }), gate::iswap(0, 1), gate::iswap(2, 3),
                      gate::iswap(1, 2), layer<4>([](int q) { return gate::rz(q, 0.5 * feature(q)); }));
};

// Two qubits, two weights; both rotations of the pair share weight 1.
struct SharedBlock {
  static constexpr auto circuit = make_circuit<2>(gate::ry(0, weight(0)), gate::ry(1, weight(0) + pi / 2),
                                                  gate::crx(0, 1, weight(1)), gate::crz(1, 0, 2.0 * weight(1)));
};

using Left = Task<"left", SharedBlock, Qubits<0, 1>, Binary>;
using Right = Task<"right", SharedBlock, Qubits<3, 2>, Binary>;
using Model = QmtlModel<Frozen<4>, SwapEncoding, Left, Right>;

static_assert(Model::head_parameters == 4);
static_assert(Model::task_parameters == std::array{2, 2});

int main() {
  std::printf("%s\n", draw(SwapEncoding::circuit).c_str());
  std::printf("encoding: %s\n", to_string(counts(SwapEncoding::circuit)).c_str());
  std::printf("block:    %s\n\n", to_string(counts(SharedBlock::circuit)).c_str());

  Model model{Seed{3}};
  Batch<double> inputs(4, 2);
  inputs << 0.1, -0.4, 0.9, 0.2, -0.3, 0.8, 0.5, -0.6;
  const auto logits = model.predict(inputs);
  for (const auto& task : task_facts(model)) {
    std::printf("%-6s logits %+.4f %+.4f\n", task.name.c_str(), logits(task.first_output, 0),
                logits(task.first_output, 1));
  }
  return logits.allFinite() ? 0 : 1;
}
