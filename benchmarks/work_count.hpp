#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a head step has to do at least: multiply-adds, bytes to and from the state, and the size of the working set.

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "qmtl/circuit/light_cone.hpp"
#include "qmtl/core/bits.hpp"
#include "qmtl/core/simd.hpp"
#include "qmtl/engine/tiles/tile_program.hpp"
#include "workload.hpp"

namespace qmtl::benchmark {

/// The useful work of a step; samples that only fill SIMD lanes do not count, nor does encoding a sample again.
struct Work {
  double multiply_adds = 0.0;  ///< fused: 2 floating-point operations each
  double bytes = 0.0;          ///< read and written
  double working_set = 0.0;    ///< bytes that the passes of one group of samples go over again and again

  [[nodiscard]] double flops() const noexcept { return 2.0 * multiply_adds; }
};

/// Counts in units of one amplitude: multiply-adds and passes (an amplitude read or written), for real amplitudes and,
/// after the bar, for complex ones. 2^k is the number of basis states of a window of k qubits.
///
///   forward                 multiply-adds        passes
///   first layer (product)   2 | 8                3      2 n multiplications a level, n = 1, 2, ..., 2^(N-1)
///     one state in tiles    1 | 4                1      the product of two small tables
///   RY                      1 | 2                2/g    a - t b and b + t a; g rotations a pass
///   RZ behind an RY         - | 2                0      a complex factor on half of the amplitudes
///   CNOT                    0                    0      renames basis states
///   CZ                      0                    1/layer  half of the amplitudes read, negated, written
///   density matrix          (2^k + 1)/2 | 2 2^k  1/w    2.5 for a window of two qubits of a real state; w windows at
///   once backward adjoint vector          2^k | 4 2^k          3/w    4 for a window of two qubits; one pass less for
///   the first first layer             4 | 16               4      contraction of |lambda> with the product state
///     one state in tiles    2 | 8                1      with each of the two tables
///   RY                      2 | 4                4/g    gradient, undone on |lambda>
///   RZ behind an RY         - | 5                0      gradient (3), undone on |lambda> (2)
///   both on |psi> as well   1 | 2, - | 2         2/g    only if an earlier layer, but for the first, has a gradient
///   CZ                      0                    1/layer, and 1 on |psi>
///
/// Direct: a copy of |psi> for each task (2 passes), its block as above on complex amplitudes, the readout (2 and 1),
/// the adjoint (2 and 2) and its sum into |lambda> (0 and 3). Shift: 4 multiply-adds and 2 passes a gate with an angle
/// on complex amplitudes, for every run of every shifted circuit.
class WorkCounter {
 public:
  WorkCounter(const Program& program, Method method, bool light_cones, std::size_t scalar_bytes, int lanes)
      : program_(program),
        method_(method),
        complex_(method != Method::automatic || !is_real(program.encoding)),
        scalar_bytes_(static_cast<double>(scalar_bytes)),
        lanes_(lanes),
        one_state_(method == Method::automatic && !light_cones && program.qubits >= detail::least_qubits_for_tiles),
        group_((lanes * static_cast<int>(scalar_bytes) == 64 ? 4 : 3) - (complex_ ? 1 : 0)) {
    if (one_state_) lanes_ = 1;
    if (light_cones) {
      for (const auto& window : program.windows) {
        const LightCone cone = light_cone(program.encoding, program.qubits, window);
        add_register(cone.operations, cone.width(), 1);
      }
    } else {
      add_register(program.encoding, program.qubits, program.tasks());
    }
  }

  /// The work for `batch` samples.
  [[nodiscard]] Work of_batch(int batch) const {
    Work work = sample_;
    work.multiply_adds *= batch;
    work.bytes *= batch;
    return work;
  }

 private:
  struct Counts {
    double multiply_adds = 0.0;
    double passes = 0.0;
    Counts& operator+=(const Counts& b) {
      multiply_adds += b.multiply_adds;
      passes += b.passes;
      return *this;
    }
    friend Counts operator*(double factor, const Counts& c) { return {factor * c.multiply_adds, factor * c.passes}; }
  };

  void add_register(std::span<const Operation> ops, int qubits, int tasks) {
    const auto amplitudes = static_cast<double>(dimension(qubits));
    const double state = amplitudes * scalar_bytes_ * (complex_ ? 2.0 : 1.0);
    const Counts counts = method_ == Method::shift ? shifted_runs(ops, tasks) : exact(ops, tasks);
    sample_.multiply_adds += counts.multiply_adds * amplitudes;
    sample_.bytes += counts.passes * state;
    // |psi>, |lambda> and the product state, of all lanes; copies of |psi> and |lambda> for a direct task.
    const double states = method_ == Method::automatic ? 3.0 : method_ == Method::direct ? 5.0 : 2.0;
    sample_.working_set = std::max(sample_.working_set, states * state * (method_ == Method::shift ? 1 : lanes_));
  }

  [[nodiscard]] Counts exact(std::span<const Operation> ops, int tasks) const {
    Counts counts = sweep(ops, true);
    if (method_ == Method::direct) {
      Counts task = sweep(program_.block, false);
      task += {2.0 + 2.0, 2.0 + 1.0 + 2.0 + 3.0};
      counts += tasks * task;
      return counts;
    }
    const double size = static_cast<double>(dimension(program_.width()));
    const double together = windows_together();
    const Counts density{complex_ ? 2.0 * size : 0.5 * (size + 1.0), 1.0 / together};
    const Counts adjoint{complex_ ? 4.0 * size : size, 3.0 / together};
    counts += tasks * density;
    counts += tasks * adjoint;
    counts.passes -= 1.0;
    return counts;
  }

  /// Windows that a kernel reads at once.
  [[nodiscard]] double windows_together() const {
    const int k = program_.width();
    const auto of = [k](auto scalar) {
      using S = decltype(scalar);
      return detail::max_window_group<S, Pack<S>>(k);
    };
    if (complex_) return k == 1 ? 3.0 : 1.0;
    return std::min(program_.tasks(), scalar_bytes_ == sizeof(float) ? of(0.0F) : of(0.0));
  }

  /// A circuit there and back; gates on qubits of a product state come for free with it.
  [[nodiscard]] Counts sweep(std::span<const Operation> ops, bool from_product) const {
    Counts counts;
    const double part_of_product = complex_ ? 4.0 : 1.0;
    if (from_product) counts += one_state_ ? Counts{3.0 * part_of_product, 2.0} : Counts{6.0 * part_of_product, 7.0};
    std::vector<bool> entangled(static_cast<std::size_t>(program_.qubits), !from_product);
    bool earlier_gradient = false, run_has_gradient = false;
    bool in_signs = false;
    for (const auto& op : ops) {
      const bool one_qubit = info(op.gate).qubits == 1;
      if (one_qubit && !entangled[static_cast<std::size_t>(op.qubits[0])]) continue;
      if (one_qubit) {
        counts += rotation(op.gate, earlier_gradient);
        run_has_gradient = true;
      } else {
        for (const int q : op.targets()) entangled[static_cast<std::size_t>(q)] = true;
        earlier_gradient = earlier_gradient || run_has_gradient;
        if (op.gate == Gate::CZ && !in_signs) counts.passes += earlier_gradient ? 3.0 : 2.0;
      }
      in_signs = op.gate == Gate::CZ;
    }
    return counts;
  }

  /// One RY, or the RZ that follows it, there and back.
  [[nodiscard]] Counts rotation(Gate gate, bool state_needed) const {
    if (gate == Gate::RZ) return {2.0 + 3.0 + 2.0 + (state_needed ? 2.0 : 0.0), 0.0};
    const double part = complex_ ? 2.0 : 1.0;
    return {(state_needed ? 4.0 : 3.0) * part, (2.0 + 4.0 + (state_needed ? 2.0 : 0.0)) / group_};
  }

  /// One run forward, and two for each angle: of everything for the encoding's, of the block alone for a block's.
  [[nodiscard]] Counts shifted_runs(std::span<const Operation> ops, int tasks) const {
    const auto rotations = [](std::span<const Operation> list) {
      return static_cast<double>(
          std::count_if(list.begin(), list.end(), [](const Operation& op) { return info(op.gate).angles > 0; }));
    };
    const double encoding = rotations(ops), block = rotations(program_.block);
    constexpr Counts gate{4.0, 2.0};
    Counts counts = (1.0 + 2.0 * encoding) * (encoding + tasks * block) * gate;
    counts += 2.0 * tasks * block * block * gate;
    return counts;
  }

  const Program& program_;
  Method method_;
  bool complex_;
  double scalar_bytes_;
  int lanes_;
  bool one_state_;
  int group_;
  Work sample_;
};

/// The useful work of a step of `batch` samples in scalars S.
template <Scalar S>
[[nodiscard]] Work count_work(const Program& program, Method method, bool light_cones, int batch) {
  return WorkCounter(program, method, light_cones, sizeof(S), pack_width<S>).of_batch(batch);
}

}  // namespace qmtl::benchmark
