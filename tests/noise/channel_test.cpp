// SPDX-License-Identifier: Apache-2.0
// Channels: what is refused, and that one after another and side by side mean what they say.

#include "qmtl/noise/channel.hpp"

#include <limits>
#include <vector>

#include "noise/noise_support.hpp"
#include "support/catch.hpp"
#include "support/dense_program.hpp"
#include "support/throws.hpp"

namespace channel_test {

using namespace qmtl;
using test::Dense;
using test::kraus_sum;
using test::matrix2;
using test::max_difference;

TEST_CASE("a channel's operators preserve the trace") {
  const auto refused = [](std::vector<OperationMatrix> kraus) {
    return test::message_of<ValueError>([&] { return QuantumChannel(kraus); });
  };
  CHECK(refused({matrix2(1, 0, 0, 1), matrix2(0, 0.5, 0, 0)}) ==
        "qmtl: QuantumChannel: the Kraus operators must preserve the trace to 1e-9, got an error of 0.25");
  CHECK(refused({}) == "qmtl: QuantumChannel: the Kraus operators must preserve the trace to 1e-9, got an error of 1");
  CHECK(refused({matrix2(1, 0, 0, std::numeric_limits<double>::quiet_NaN())}).ends_with("an error of nan"));
  CHECK_NOTHROW(QuantumChannel({matrix2(1, 0, 0, 1 + 1e-10)}));
}

TEST_CASE("a channel's operators have one size, of 1 to 6 qubits") {
  const auto refused = [](std::vector<OperationMatrix> kraus) {
    return test::message_of<ShapeError>([&] { return QuantumChannel(kraus); });
  };
  const Dense two = Dense::Identity(4, 4);
  CHECK(refused({matrix2(1, 0, 0, 1), two}) ==
        "qmtl: QuantumChannel: the Kraus operators must have 2 rows and columns, got 4 and 4");
  CHECK(refused({Dense::Identity(3, 3)}).find("2^k rows and columns, got 3 and 3") != std::string::npos);
  CHECK(refused({Dense::Identity(1, 1)}).find("on 1 to 6 qubits, got 0") != std::string::npos);
  CHECK(refused({Dense::Identity(128, 128)}).find("on 1 to 6 qubits, got 7") != std::string::npos);
  CHECK(refused({Dense::Identity(2, 4)}).find("got 2 and 4") != std::string::npos);
}

TEST_CASE("operators that are zero are left out, and the identity is known to the last bit") {
  const QuantumChannel channel({matrix2(0, 0, 0, 0), matrix2(1, 0, 0, 1)}, "nothing");
  CHECK(channel.kraus().size() == 1);
  CHECK(channel.qubits() == 1);
  CHECK(channel.name() == "nothing");
  CHECK(channel.is_identity());
  CHECK(identity_channel(3).is_identity());
  CHECK_FALSE(QuantumChannel({matrix2(1, 0, 0, 1 + 1e-15)}).is_identity());
  CHECK_FALSE(unitary_channel(matrix2(1, 0, 0, -1)).is_identity());
  CHECK_THROWS_AS(identity_channel(0), ShapeError);
  CHECK_THROWS_AS(identity_channel(7), ShapeError);
}

TEST_CASE("a channel acts as the sum over its operators") {
  Rng rng(Seed{1});
  for (const int k : {1, 2, 3}) {
    const auto channel = test::random_channel(rng, k, 2);
    const Dense rho = test::random_density(rng, k);
    CHECK(max_difference(apply_channel(channel, rho), kraus_sum(channel, rho)) < 1e-15);
  }
  CHECK_THROWS_AS(apply_channel(identity_channel(2), Dense::Identity(2, 2)), ShapeError);
}

TEST_CASE("channels one after another") {
  Rng rng(Seed{2});
  const auto first = test::random_channel(rng, 2, 1), second = test::random_channel(rng, 2, 2);
  const Dense rho = test::random_density(rng, 2);
  const auto both = compose(first, second);
  CHECK(max_difference(apply_channel(both, rho), kraus_sum(second, kraus_sum(first, rho))) < 1e-15);
  CHECK(both.kraus().size() == 8);
  CHECK_THROWS_AS(compose(first, identity_channel(1)), ShapeError);
}

TEST_CASE("multiples of an operator are one operator") {
  Rng rng(Seed{3});
  std::vector<OperationMatrix> flips;
  for (const char letter : {'I', 'X', 'Y', 'Z'}) flips.emplace_back(0.5 * test::pauli_matrix(letter));
  const QuantumChannel mixing(flips);
  const auto twice = compose(mixing, compose(mixing, mixing));
  CHECK(twice.kraus().size() == 4);
  const Dense rho = test::random_density(rng, 1);
  CHECK(max_difference(apply_channel(twice, rho), 0.5 * Dense::Identity(2, 2)) < 1e-15);
  const auto half = compose(unitary_channel(matrix2(1, 0, 0, test::Complex(0, 1))), mixing);
  CHECK(half.kraus().size() == 4);
}

TEST_CASE("channels side by side") {
  Rng rng(Seed{4});
  const auto low = test::random_channel(rng, 1, 1), high = test::random_channel(rng, 2, 1);
  const Dense below = test::random_density(rng, 1), above = test::random_density(rng, 2);
  const auto both = tensor(low, high);
  CHECK(both.qubits() == 3);
  CHECK(max_difference(apply_channel(both, test::kron(above, below)),
                       test::kron(kraus_sum(high, above), kraus_sum(low, below))) < 1e-15);
  CHECK_THROWS_AS(tensor(identity_channel(4), identity_channel(3)), ShapeError);
}

TEST_CASE("a program runs a channel with its qubits in the same order") {
  Rng rng(Seed{5});
  const auto channel = test::random_channel(rng, 2, 1);
  const auto prepared = [] {
    Program program(3);
    for (int q = 0; q < 3; ++q) program.append(gate::ry(q, 0.3 + q));
    return program;
  };
  const Dense rho = test::dense_density(prepared());
  Dense expected = Dense::Zero(8, 8);
  for (const auto& k : channel.kraus()) {
    const Dense whole = test::embed(k, std::vector<int>{0, 2}, 3);  // the channel's qubit 1, leftmost, is qubit 0
    expected += whole * rho * whole.adjoint();
  }
  CHECK(max_difference(test::dense_density(prepared().channel(channel.kraus(), {2, 0})), expected) < 1e-15);
}

}  // namespace channel_test
