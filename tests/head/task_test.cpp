// SPDX-License-Identifier: Apache-2.0
// A task: its name, its counts, its description.

#include "qmtl/head/task.hpp"

#include <concepts>
#include <string>

#include "support/catch.hpp"

namespace task_test {

using namespace qmtl;

using Sarcasm = Task<"sarcasm", RotationBlock<3, Layers<2>>, Window<0, 3>, Binary>;
using Emotion = Task<"emotion", RotationBlock<3>, Qubits<5, 0, 2>, Classes<6, BasisStates, TrainableScale<1>>>;
using Raw = Task<"", IdentityBlock<2>, Window<3, 2>, Expectations<2>>;

static_assert(Sarcasm::name == "sarcasm" && Sarcasm::name.size() == 7 && Raw::name.empty());
static_assert(Sarcasm::weights == 12 && Sarcasm::parameters == 12);
static_assert(Emotion::weights == 6 && Emotion::parameters == 7);
static_assert(Raw::weights == 0 && Raw::parameters == 0);
static_assert(Sarcasm::outputs == 1 && Sarcasm::classes == 2 && Sarcasm::width == 3);
static_assert(Emotion::outputs == 6 && Emotion::classes == 6);
static_assert(Raw::outputs == 2 && Raw::classes == 0 && Raw::width == 2);
static_assert(TaskType<Sarcasm> && TaskType<Raw> && !TaskType<int> && !TaskType<RotationBlock<3>>);

// A block may be wider than what its readout reads, and the readout may name a later qubit.
static_assert(Task<"last", RotationBlock<3>, Window<0, 3>, BinaryReadout<FixedScale<4>, 2>>::outputs == 1);

TEST_CASE("a task's description holds block, qubits in order, and readout") {
  CHECK(Sarcasm::describe() ==
        describe_block<RotationBlock<3, Layers<2>>>() + " on qubits 0,1,2; " + Binary::describe());
  CHECK(Emotion::describe() == describe_block<RotationBlock<3>>() +
                                   " on qubits 5,0,2; 6 classes, basis states of 3 qubits, trainable scale 1");
}

// Several windows share the block's weights.
using Twice = Task<"twice", RotationBlock<2>, Windows<Qubits<0, 3>, Window<1, 2>>, BinaryReadout<TrainableScale<2>>>;
static_assert(Twice::weights == 4 && Twice::parameters == 5 && Twice::outputs == 1 && Twice::width == 2);
static_assert(Twice::Windows::count == 2 && Sarcasm::Windows::count == 1 && Sarcasm::Window::width == 3);
static_assert(std::same_as<Twice::Window, Qubits<0, 3>> && TaskType<Twice>);

TEST_CASE("a task's description holds all of its windows") {
  CHECK(Twice::describe() ==
        describe_block<RotationBlock<2>>() + " on qubits 0,3 and 1,2; binary, Z on local qubit 0, trainable scale 2");
}

}  // namespace task_test
