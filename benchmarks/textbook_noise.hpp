#pragma once
// SPDX-License-Identifier: Apache-2.0
// A textbook density-matrix simulator to compare with: one sample after the other, 2^n x 2^n numbers, gate by gate.

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "workload.hpp"

namespace qmtl::benchmark {

/// The noise of the noisy head step: depolarizing after gates on one and two qubits, and misread qubits.
struct StepNoise {
  double one_qubit = 0.002;
  double two_qubits = 0.02;
  double p_1_given_0 = 0.015;
  double p_0_given_1 = 0.03;
};

/// rho as 2^n x 2^n complex numbers, a pass for each gate and for each channel in closed form. Forward only: gradients
/// by parameter shift take two of its runs an angle. One run has all tasks, whose windows are disjoint.
class TextbookNoise {
 public:
  TextbookNoise(const Program& program, const StepNoise& noise)
      : program_(program),
        noise_(noise),
        operations_(whole_circuit(program)),
        size_(std::size_t{1} << program.qubits),
        rho_(size_ * size_) {}

  /// Expectation values of the whole batch; Z of qubit q is output q.
  void forward(const Inputs<double>& in, Outputs<double>& out) {
    for (Eigen::Index b = 0; b < in.x.cols(); ++b) {
      std::fill(rho_.begin(), rho_.end(), Entry{0, 0});
      rho_[0].re = 1;
      for (const auto& op : operations_) {
        apply(op, evaluate(op.angles[0], in.x.col(b).data(), in.theta.data()));
        if (info(op.gate).qubits == 1) {
          depolarize(op.qubits[0]);
        } else {
          depolarize(op.qubits[0], op.qubits[1]);
        }
      }
      for (int q = 0; q < program_.qubits; ++q) out.y(q, b) = read(q);
    }
  }

 private:
  struct Entry {
    double re, im;
  };

  [[nodiscard]] Entry* row(std::size_t r) noexcept { return rho_.data() + r * size_; }

  /// Calls visit(i, i with the bit) for all indices without the bit.
  template <class Visit>
  void pairs(std::size_t bit, const Visit& visit) const {
    for (std::size_t first = 0; first < size_; first += 2 * bit) {
      for (std::size_t i = first; i < first + bit; ++i) visit(i, i + bit);
    }
  }

  void apply(const Operation& op, double angle) {
    const std::size_t bit = std::size_t{1} << op.qubits[0], other = std::size_t{1} << op.qubits[1];
    const double c = std::cos(angle / 2), s = std::sin(angle / 2);
    switch (op.gate) {
      case Gate::RY: return rotate_y(bit, c, s);
      case Gate::RZ: return rotate_z(bit, c * c - s * s, 2 * c * s);
      case Gate::CX: return exchange(bit, other);
      default: return flip_signs(bit, other);  // CZ
    }
  }
  void rotate_y(std::size_t bit, double c, double s) {
    pairs(bit, [&](std::size_t r0, std::size_t r1) {
      Entry *upper = row(r0), *lower = row(r1);
      for (std::size_t i = 0; i < size_; ++i) {
        const Entry a = upper[i], b = lower[i];
        upper[i] = {c * a.re - s * b.re, c * a.im - s * b.im};
        lower[i] = {s * a.re + c * b.re, s * a.im + c * b.im};
      }
    });
    for (std::size_t r = 0; r < size_; ++r) {
      pairs(bit, [&, entries = row(r)](std::size_t i0, std::size_t i1) {
        const Entry a = entries[i0], b = entries[i1];
        entries[i0] = {c * a.re - s * b.re, c * a.im - s * b.im};
        entries[i1] = {s * a.re + c * b.re, s * a.im + c * b.im};
      });
    }
  }
  /// Entries whose row has the bit and whose column has not get exp(i a), the others the conjugate.
  void rotate_z(std::size_t bit, double c, double s) {
    for (std::size_t r = 0; r < size_; ++r) {
      const double sign = (r & bit) != 0 ? 1 : -1;
      pairs(bit, [&, entries = row(r)](std::size_t i0, std::size_t i1) {
        Entry& e = entries[(r & bit) != 0 ? i0 : i1];
        (void)i1;
        e = {c * e.re - sign * s * e.im, c * e.im + sign * s * e.re};
      });
    }
  }
  void exchange(std::size_t control, std::size_t target) {
    pairs(target, [&](std::size_t r0, std::size_t r1) {
      if ((r0 & control) != 0) std::swap_ranges(row(r0), row(r0) + size_, row(r1));
    });
    for (std::size_t r = 0; r < size_; ++r) {
      pairs(target, [&, entries = row(r)](std::size_t i0, std::size_t i1) {
        if ((i0 & control) != 0) std::swap(entries[i0], entries[i1]);
      });
    }
  }
  void flip_signs(std::size_t a, std::size_t b) {
    const std::size_t both = a | b;
    for (std::size_t r = 0; r < size_; ++r) {
      Entry* entries = row(r);
      for (std::size_t i = 0; i < size_; ++i) {
        if (((r & both) == both) != ((i & both) == both)) entries[i] = {-entries[i].re, -entries[i].im};
      }
    }
  }

  /// (1 - p) rho + p tr_q(rho) (x) 1/2.
  void depolarize(int q) {
    const std::size_t bit = std::size_t{1} << q;
    const double keep = 1 - noise_.one_qubit, mix = noise_.one_qubit / 2;
    pairs(bit, [&](std::size_t r0, std::size_t r1) {
      Entry *upper = row(r0), *lower = row(r1);
      pairs(bit, [&](std::size_t i0, std::size_t i1) {
        const Entry sum{upper[i0].re + lower[i1].re, upper[i0].im + lower[i1].im};
        upper[i0] = {keep * upper[i0].re + mix * sum.re, keep * upper[i0].im + mix * sum.im};
        lower[i1] = {keep * lower[i1].re + mix * sum.re, keep * lower[i1].im + mix * sum.im};
        upper[i1] = {keep * upper[i1].re, keep * upper[i1].im};
        lower[i0] = {keep * lower[i0].re, keep * lower[i0].im};
      });
    });
  }
  /// (1 - p) rho + p tr_ab(rho) (x) 1/4.
  void depolarize(int a, int b) {
    const std::size_t bits[] = {0, std::size_t{1} << a, std::size_t{1} << b,
                                (std::size_t{1} << a) | (std::size_t{1} << b)};
    const double keep = 1 - noise_.two_qubits, mix = noise_.two_qubits / 4;
    for (std::size_t r = 0; r < size_; ++r) {
      if ((r & bits[3]) != 0) continue;
      for (std::size_t i = 0; i < size_; ++i) {
        if ((i & bits[3]) != 0) continue;
        Entry sum{0, 0};
        for (const std::size_t k : bits) {
          sum.re += row(r | k)[i | k].re;
          sum.im += row(r | k)[i | k].im;
        }
        for (const std::size_t k : bits) {
          for (const std::size_t l : bits) {
            Entry& e = row(r | k)[i | l];
            e = {keep * e.re + (k == l ? mix * sum.re : 0), keep * e.im + (k == l ? mix * sum.im : 0)};
          }
        }
      }
    }
  }

  /// P(read 0) - P(read 1).
  [[nodiscard]] double read(int q) {
    double one = 0;
    for (std::size_t r = 0; r < size_; ++r) {
      if ((r >> q & 1) != 0) one += row(r)[r].re;
    }
    return 1 - 2 * ((1 - one) * noise_.p_1_given_0 + one * (1 - noise_.p_0_given_1));
  }

  Program program_;
  StepNoise noise_;
  std::vector<Operation> operations_;
  std::size_t size_;
  std::vector<Entry> rho_;
};

}  // namespace qmtl::benchmark
