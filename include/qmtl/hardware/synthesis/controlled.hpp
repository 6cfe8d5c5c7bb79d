#pragma once
// SPDX-License-Identifier: Apache-2.0
// Gates on three and more qubits, and gates behind any number of controls, as gates on one and two qubits.

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "qmtl/circuit/circuit_tables.hpp"

namespace qmtl::inline QMTL_ABI {

namespace detail {

using Qubits = std::vector<int>;

/// All but the last, and others behind them.
[[nodiscard]] inline Qubits without_last(Qubits qubits) {
  qubits.pop_back();
  return qubits;
}
[[nodiscard]] inline Qubits with(Qubits qubits, int one) {
  qubits.push_back(one);
  return qubits;
}

/// Appends X behind any number of controls, by Toffoli gates (Barenco et al. 1995, arXiv:quant-ph/9503016, section 7).
class ControlledXWriter {
 public:
  explicit ControlledXWriter(std::vector<Operation>& out) : out_(&out) {}

  /// With the help of qubits that may be in any state and are left in it: k controls take 8 (k - 4) Toffoli gates or so
  /// with one, 4 (k - 2) with k - 2 of them.
  void write(const Qubits& controls, int target, const Qubits& spare) {
    const std::size_t k = controls.size();
    if (k == 0) return out_->push_back(gate::x(target));
    if (k == 1) return out_->push_back(gate::cx(controls[0], target));
    if (k == 2) return toffoli(controls[0], controls[1], target);
    if (spare.size() + 2 >= k) return chain(controls, target, spare);
    split(controls, target, spare.front());
  }

  /// Six CX (Nielsen and Chuang, figure 4.9).
  void toffoli(int a, int b, int target) {
    const auto add = [this](const auto&... ops) { (out_->push_back(ops), ...); };
    add(gate::h(target), gate::cx(b, target), gate::tdg(target), gate::cx(a, target), gate::t(target));
    add(gate::cx(b, target), gate::tdg(target), gate::cx(a, target), gate::t(b), gate::t(target), gate::h(target));
    add(gate::cx(a, b), gate::t(a), gate::tdg(b), gate::cx(a, b));
  }

 private:
  /// Three CX: a Toffoli gate but for phases; it undoes itself (Maslov 2016,
  /// arXiv:1508.03273, figure 3).
  void relative_toffoli(int a, int b, int target) {
    const auto add = [this](const auto&... ops) { (out_->push_back(ops), ...); };
    add(gate::h(target), gate::t(target), gate::cx(b, target), gate::tdg(target), gate::cx(a, target));
    add(gate::t(target), gate::cx(b, target), gate::tdg(target), gate::h(target));
  }

  /// Lemma 7.2: down the chain of spare qubits and up again, twice, the second time without its end. What is done to
  /// the spare qubits is undone, and phases with it.
  void chain(const Qubits& controls, int target, const Qubits& spare) {
    const std::size_t k = controls.size();
    const auto step = [&](std::size_t j) {  // the j-th control and the spare qubit before, onto the next one
      const int before = j == 1 ? controls[0] : spare[j - 2];
      if (j == k - 1) return toffoli(controls[j], before, target);
      relative_toffoli(controls[j], before, spare[j - 1]);
    };
    for (const std::size_t last : {k - 1, k - 2}) {
      for (std::size_t j = last; j > 1; --j) step(j);
      step(1);
      for (std::size_t j = 2; j <= last; ++j) step(j);
    }
  }

  /// Lemma 7.3: half of the controls onto the spare qubit, the others and it onto the target, twice.
  void split(const Qubits& controls, int target, int spare) {
    const auto half = controls.begin() + static_cast<std::ptrdiff_t>((controls.size() + 2) / 2);
    const Qubits first(controls.begin(), half), others(half, controls.end());
    const Qubits rest = with(others, spare);
    for (int twice = 0; twice < 2; ++twice) {
      write(first, spare, with(others, target));
      write(rest, target, first);
    }
  }

  std::vector<Operation>* out_;
};

/// Appends operations behind any number of controls as gates on one and two qubits, without further qubits. What is
/// conjugated by other gates has the controls on itself only; no angle is put into anything but products and sums with
/// constants.
class ControlledWriter {
 public:
  explicit ControlledWriter(std::vector<Operation>& out) : out_(&out) {}

  void write(Qubits controls, const Operation& op) {
    const auto& facts = info(op.gate);
    if (controls.empty() && facts.qubits < 3) return out_->push_back(op);
    if (facts.qubits == 1) return one_qubit(std::move(controls), op);
    const int a = op.qubits[0], b = op.qubits[1], c = op.qubits[2], d = op.qubits[3];
    const Angle& angle = op.angles[0];
    switch (op.gate) {
      case Gate::CX: return write(with(controls, a), gate::x(b));
      case Gate::CY: return write(with(controls, a), gate::y(b));
      case Gate::CZ: return write(with(controls, a), gate::z(b));
      case Gate::CH: return write(with(controls, a), gate::h(b));
      case Gate::CRX: return write(with(controls, a), gate::rx(b, angle));
      case Gate::CRY: return write(with(controls, a), gate::ry(b, angle));
      case Gate::CRZ: return write(with(controls, a), gate::rz(b, angle));
      case Gate::CP: return write(with(controls, a), gate::p(b, angle));
      case Gate::CU:
        write(controls, gate::p(a, op.angles[3]));
        return write(with(controls, a), gate::u(b, angle, op.angles[1], op.angles[2]));
      case Gate::Toffoli: return write(with(with(controls, a), b), gate::x(c));
      case Gate::Fredkin: return write(with(controls, a), gate::swap(b, c));
      case Gate::DoubleExcitation: return double_excitation(std::move(controls), {a, b, c, d}, angle);
      default: return two_qubits(std::move(controls), op);
    }
  }

 private:
  void add(const Operation& op) { out_->push_back(op); }

  /// An operation behind controls between gates that undo themselves, first to last.
  void between(std::initializer_list<Operation> mirrors, Qubits controls, const Operation& op) {
    for (const auto& mirror : mirrors) add(mirror);
    write(std::move(controls), op);
    for (auto mirror = std::rbegin(mirrors); mirror != std::rend(mirrors); ++mirror) add(*mirror);
  }

  void two_qubits(Qubits controls, const Operation& op) {
    const int a = op.qubits[0], b = op.qubits[1];
    const Angle& angle = op.angles[0];
    const auto turned = [&](double by) { add(gate::rx(a, by)), add(gate::rx(b, by)); };
    switch (op.gate) {
      case Gate::SWAP: return between({gate::cx(b, a)}, with(std::move(controls), a), gate::x(b));
      case Gate::RZZ: return between({gate::cx(a, b)}, std::move(controls), gate::rz(b, angle));
      case Gate::RXX: return between({gate::cx(a, b)}, std::move(controls), gate::rx(a, angle));
      case Gate::RZX: return between({gate::h(b), gate::cx(a, b)}, std::move(controls), gate::rz(b, angle));
      case Gate::RYY:
        turned(pi / 2);
        write(std::move(controls), gate::rzz(a, b, angle));
        return turned(-pi / 2);
      case Gate::ECR: write(controls, gate::rzx(a, b, pi / 2)); return write(std::move(controls), gate::x(a));
      // What mixes |01> and |10>, and nothing else.
      case Gate::ISWAP: return write(std::move(controls), gate::xx_plus_yy(a, b, -pi));
      case Gate::ISWAPdg: return write(std::move(controls), gate::xx_plus_yy(a, b, pi));
      case Gate::SISWAP: return write(std::move(controls), gate::xx_plus_yy(a, b, -pi / 2));
      case Gate::SISWAPdg: return write(std::move(controls), gate::xx_plus_yy(a, b, pi / 2));
      case Gate::XXPlusYY: return between({gate::cx(b, a)}, with(std::move(controls), a), gate::rx(b, angle));
      case Gate::SingleExcitation:  // |01> with a leftmost is |a=0, b=1>
        return between({gate::cx(b, a)}, with(std::move(controls), a), gate::ry(b, -angle));
      default: throw CircuitError(text("qmtl: unroll: ", info(op.gate).name, ", expected a gate that can be unrolled"));
    }
  }

  /// |0011> and |1100>, a leftmost, into |d = 1> and |d = 0> with a = b = c = 1.
  void double_excitation(Qubits controls, const std::vector<int>& q, const Angle& angle) {
    const auto map = [&](bool back) {
      std::vector<Operation> steps{gate::cx(q[3], q[2]), gate::cx(q[3], q[1]), gate::cx(q[3], q[0]), gate::x(q[2])};
      if (back) std::reverse(steps.begin(), steps.end());
      for (const auto& step : steps) add(step);
    };
    map(false);
    for (int k = 0; k < 3; ++k) controls.push_back(q[static_cast<std::size_t>(k)]);
    write(std::move(controls), gate::ry(q[3], -angle));
    map(true);
  }

  /// A gate on one qubit behind one control at least.
  void one_qubit(Qubits controls, const Operation& op) {
    const int t = op.qubits[0];
    const Angle& angle = op.angles[0];
    if (controls.size() == 1 && with_one_control(controls[0], op)) return;
    switch (op.gate) {
      case Gate::Id: return;
      case Gate::X: return x(controls, t);
      case Gate::Y: return add(gate::sdg(t)), x(controls, t), add(gate::s(t));
      case Gate::Z: return phase(with(std::move(controls), t), pi);
      case Gate::H: return add(gate::ry(t, -pi / 4)), phase(with(controls, t), pi), add(gate::ry(t, pi / 4));
      case Gate::S: return phase(with(std::move(controls), t), pi / 2);
      case Gate::Sdg: return phase(with(std::move(controls), t), -pi / 2);
      case Gate::T: return phase(with(std::move(controls), t), pi / 4);
      case Gate::Tdg: return phase(with(std::move(controls), t), -pi / 4);
      case Gate::P: return phase(with(std::move(controls), t), angle);
      case Gate::SX: return add(gate::h(t)), phase(with(controls, t), pi / 2), add(gate::h(t));
      case Gate::SXdg: return add(gate::h(t)), phase(with(controls, t), -pi / 2), add(gate::h(t));
      case Gate::RZ: return rotation(controls, gate::rz(t, angle / 2), gate::crz(controls.back(), t, angle / 2));
      case Gate::RY: return rotation(controls, gate::ry(t, angle / 2), gate::cry(controls.back(), t, angle / 2));
      case Gate::RX: return add(gate::h(t)), write(std::move(controls), gate::rz(t, angle)), add(gate::h(t));
      default:  // U(theta, phi, lambda) = P(phi) RY(theta) P(lambda)
        write(controls, gate::p(t, op.angles[2]));
        write(controls, gate::ry(t, angle));
        return write(std::move(controls), gate::p(t, op.angles[1]));
    }
  }

  /// As a gate of the table, which has CX, CRY and so on; S, T and SX as CP and CU.
  [[nodiscard]] bool with_one_control(int c, const Operation& op) {
    const int t = op.qubits[0];
    const Angle& angle = op.angles[0];
    switch (op.gate) {
      case Gate::X: return add(gate::cx(c, t)), true;
      case Gate::Y: return add(gate::cy(c, t)), true;
      case Gate::Z: return add(gate::cz(c, t)), true;
      case Gate::H: return add(gate::ch(c, t)), true;
      case Gate::RX: return add(gate::crx(c, t, angle)), true;
      case Gate::RY: return add(gate::cry(c, t, angle)), true;
      case Gate::RZ: return add(gate::crz(c, t, angle)), true;
      case Gate::U: return add(gate::cu(c, t, angle, op.angles[1], op.angles[2], 0.0)), true;
      default: return false;
    }
  }

  void x(const Qubits& controls, int target) {
    if (controls.size() < 3) return ControlledXWriter(*out_).write(controls, target, {});
    add(gate::h(target));
    phase(with(controls, target), pi);
    add(gate::h(target));
  }

  /// exp(i angle) where all qubits are one: with a and b the last two, c all before, half of it for each of b, c and
  /// minus half for b XOR c, all behind a (lemma 7.5).
  void phase(Qubits qubits, const Angle& angle) {
    if (qubits.size() == 1) return add(gate::p(qubits[0], angle));
    const int a = qubits.back(), b = qubits[qubits.size() - 2];
    if (qubits.size() == 2) {
      return add(angle == Angle(pi) ? gate::cz(b, a) : gate::cp(b, a, angle));
    }
    const Qubits c(qubits.begin(), qubits.end() - 2);
    add(gate::cp(b, a, angle / 2));
    ControlledXWriter(*out_).write(c, b, {a});
    add(gate::cp(b, a, -angle / 2));
    ControlledXWriter(*out_).write(c, b, {a});
    phase(with(c, a), angle / 2);
  }

  /// A rotation that X on its qubit turns round, given half of it: alone, and behind the last control. The other
  /// controls' X have that one to help (lemma 7.9).
  void rotation(const Qubits& controls, const Operation& half, const Operation& controlled_half) {
    const int t = half.qubits[0];
    const bool few = controls.size() < 3;
    const Qubits onto = few ? controls : without_last(controls), spare = few ? Qubits{} : Qubits{controls.back()};
    const Operation& turn = few ? half : controlled_half;
    add(turn);
    ControlledXWriter(*out_).write(onto, t, spare);
    add(inverse(turn));
    ControlledXWriter(*out_).write(onto, t, spare);
  }

  std::vector<Operation>* out_;
};

}  // namespace detail

/// Gates on one and two qubits whose product is an operation behind controls exactly, its phase included, first to
/// last. Controls are as many as one likes and take no further qubits: k of them some 16 k Toffoli gates on a rotation
/// about Z or Y, and 8 k^2 on X and phases. Angles that depend on features or weights stay linear in them.
[[nodiscard]] inline std::vector<Operation> one_and_two_qubit_gates(const ControlledOperation& op) {
  std::vector<Operation> out;
  detail::ControlledWriter(out).write(op.controls, op.operation);
  return out;
}

/// The same of a gate of the table.
[[nodiscard]] inline std::vector<Operation> one_and_two_qubit_gates(const Operation& op) {
  std::vector<Operation> out;
  detail::ControlledWriter(out).write({}, op);
  return out;
}

}  // namespace qmtl::inline QMTL_ABI
