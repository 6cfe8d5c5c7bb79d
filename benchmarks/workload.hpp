#pragma once
// SPDX-License-Identifier: Apache-2.0
// The head step, the workload that performance is judged on: its sizes, circuits as values, inputs and checksums.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qmtl/circuit/counts.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/head/layers.hpp"

namespace qmtl::benchmark {

/// n qubits, T tasks on disjoint windows of k = n/T neighbours, B samples; two encoding layers and two task layers.
struct Config {
  std::string_view name;
  int qubits;
  int tasks;
  int batch;
};
inline constexpr std::array<Config, 5> configs{
    {{"S", 4, 2, 64}, {"M", 8, 4, 64}, {"L", 12, 6, 64}, {"XL", 16, 8, 16}, {"XXL", 20, 10, 2}}};
inline constexpr int encoding_layers = 2;
inline constexpr int task_layers = 2;

/// ry: RY and a CNOT ring. ryrz: RY, RZ and a CNOT ring. cz: RY and a CZ ring.
enum class EncodingKind { ry, ryrz, cz };
inline constexpr std::array<std::string_view, 3> encoding_names{"ry", "ryrz", "cz"};
[[nodiscard]] inline std::string_view to_string(EncodingKind e) { return encoding_names[static_cast<std::size_t>(e)]; }

/// HeadMethod as far as --method offers it.
enum class Method { automatic, direct, shift };
inline constexpr std::array<std::string_view, 3> method_names{"auto", "direct", "shift"};
[[nodiscard]] inline std::string_view to_string(Method m) { return method_names[static_cast<std::size_t>(m)]; }

/// Position of a name in one of the lists above; the name must be there.
template <std::size_t Size>
[[nodiscard]] int position(const std::array<std::string_view, Size>& names, std::string_view name) {
  return static_cast<int>(std::find(names.begin(), names.end(), name) - names.begin());
}

/// A head as values: one encoding, the same block for every task, and Z of every window qubit as outputs.
struct Program {
  int qubits = 0;
  std::vector<Operation> encoding;        ///< qubit q takes feature q
  std::vector<Operation> block;           ///< on local qubits, weights from 0
  std::vector<std::vector<int>> windows;  ///< one a task

  [[nodiscard]] int width() const { return static_cast<int>(windows.front().size()); }
  [[nodiscard]] int tasks() const { return static_cast<int>(windows.size()); }
  [[nodiscard]] int outputs() const { return tasks() * width(); }
  [[nodiscard]] int block_weights() const { return weight_count(block); }
  [[nodiscard]] int parameters() const { return tasks() * block_weights(); }
};

/// `layers` times RY (and RZ) of feature q on every qubit q, then a two-qubit gate on the pairs of a pattern.
template <class Pattern>
[[nodiscard]] std::vector<Operation> make_encoding(int n, Gate entangler, bool with_rz = false) {
  std::vector<Operation> ops;
  for (int l = 0; l < encoding_layers; ++l) {
    for (int q = 0; q < n; ++q) {
      ops.push_back(gate::ry(q, feature(q)));
      if (with_rz) ops.push_back(gate::rz(q, feature(q)));
    }
    for (int i = 0; i < Pattern::count(n); ++i) {
      const auto [a, b] = Pattern::pair(n, i);
      ops.push_back({entangler, {a, b}, {}});
    }
  }
  return ops;
}

[[nodiscard]] inline std::vector<Operation> make_encoding(EncodingKind kind, int n) {
  return make_encoding<pattern::Ring>(n, kind == EncodingKind::cz ? Gate::CZ : Gate::CX, kind == EncodingKind::ryrz);
}

/// Layers of RY and RZ on each of k qubits, then a CNOT chain; weight (l*k + j)*2 + p.
[[nodiscard]] inline std::vector<Operation> make_block(int k) {
  std::vector<Operation> ops;
  for (int l = 0; l < task_layers; ++l) {
    for (int j = 0; j < k; ++j) {
      ops.push_back(gate::ry(j, weight((l * k + j) * 2)));
      ops.push_back(gate::rz(j, weight((l * k + j) * 2 + 1)));
    }
    for (int j = 0; j + 1 < k; ++j) ops.push_back(gate::cx(j, j + 1));
  }
  return ops;
}

/// Windows of k neighbours: task t starts at qubit t*stride, and counting goes round the ring.
[[nodiscard]] inline std::vector<std::vector<int>> make_windows(int n, int tasks, int k, int stride) {
  std::vector<std::vector<int>> windows(static_cast<std::size_t>(tasks));
  for (int t = 0; t < tasks; ++t) {
    for (int j = 0; j < k; ++j) windows[static_cast<std::size_t>(t)].push_back((t * stride + j) % n);
  }
  return windows;
}

/// The program of a configuration: disjoint windows that cover the register.
[[nodiscard]] inline Program make_program(EncodingKind kind, int n, int tasks) {
  const int k = n / tasks;
  return {n, make_encoding(kind, n), make_block(k), make_windows(n, tasks, k, k)};
}

/// The encoding and behind it the blocks of all tasks, as one circuit with the weights of the head.
[[nodiscard]] inline std::vector<Operation> whole_circuit(const Program& program) {
  std::vector<Operation> ops = program.encoding;
  for (int t = 0; t < program.tasks(); ++t) {
    for (const Operation& op : program.block) {
      ops.push_back(
          shift_weights(relabel(op, program.windows[static_cast<std::size_t>(t)]), t * program.block_weights()));
    }
  }
  return ops;
}

/// Features x (n x B) in radians, parameters theta and cotangents c (outputs x B): the same on every machine.
template <Scalar S>
struct Inputs {
  Batch<S> x, c;
  std::vector<S> theta;

  Inputs(const Program& program, int batch) : x(program.qubits, batch), c(program.outputs(), batch) {
    for (int b = 0; b < batch; ++b) {
      for (int q = 0; q < x.rows(); ++q) x(q, b) = static_cast<S>(std::sin(0.7 * (b + 1) + 1.3 * (q + 1)));
      for (int o = 0; o < c.rows(); ++o) c(o, b) = static_cast<S>(std::sin(0.11 * (b + 1) * (o + 1)));
    }
    for (int t = 0; t < program.tasks(); ++t) {
      for (int l = 0; l < task_layers; ++l) {
        for (int j = 0; j < program.width(); ++j) {
          for (int p = 0; p < 2; ++p) {
            theta.push_back(static_cast<S>(std::cos(0.3 * (t + 1) + 0.9 * (l + 1) + 1.7 * (j + 1) + 0.5 * (p + 1))));
          }
        }
      }
    }
  }
};

/// What a step computes: y (outputs x B), dL/dtheta summed over the batch, dL/dx (n x B).
template <Scalar S>
struct Outputs {
  Batch<S> y, dx;
  std::vector<S> dtheta;

  Outputs() = default;
  Outputs(const Program& program, int batch)
      : y(Batch<S>::Zero(program.outputs(), batch)),
        dx(Batch<S>::Zero(program.qubits, batch)),
        dtheta(static_cast<std::size_t>(program.parameters())) {}

  template <Scalar To>
  [[nodiscard]] Outputs<To> cast() const {
    Outputs<To> out;
    out.y = y.template cast<To>();
    out.dx = dx.template cast<To>();
    out.dtheta.assign(dtheta.begin(), dtheta.end());
    return out;
  }

  /// The largest absolute value; infinite if any is NaN.
  [[nodiscard]] double largest() const {
    Outputs zero = *this;
    zero.y.setZero();
    zero.dx.setZero();
    std::fill(zero.dtheta.begin(), zero.dtheta.end(), S(0));
    return difference(zero);
  }

  /// The largest difference between any two numbers of two results; infinite if any is NaN.
  [[nodiscard]] double difference(const Outputs& other) const {
    return std::max({largest_difference(y.data(), other.y.data(), y.size()),
                     largest_difference(dx.data(), other.dx.data(), dx.size()),
                     largest_difference(dtheta.data(), other.dtheta.data(), static_cast<Eigen::Index>(dtheta.size()))});
  }

 private:
  [[nodiscard]] static double largest_difference(const S* a, const S* b, Eigen::Index count) {
    double worst = 0.0;
    for (Eigen::Index i = 0; i < count; ++i) {
      const double d = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
      worst = std::isnan(d) ? std::numeric_limits<double>::infinity() : std::max(worst, d);
    }
    return worst;
  }
};

/// sum y*c, sum dtheta, sum dx, dtheta[0], dx[0][0].
using Checksums = std::array<double, 5>;

template <Scalar S>
[[nodiscard]] Checksums checksums(const Inputs<S>& in, const Outputs<S>& out) {
  double parameters = 0.0;
  for (const S d : out.dtheta) parameters += static_cast<double>(d);
  return {out.y.cwiseProduct(in.c).template cast<double>().sum(), parameters, out.dx.template cast<double>().sum(),
          static_cast<double>(out.dtheta[0]), static_cast<double>(out.dx(0, 0))};
}

/// Checksums of configuration S with 64 samples, from an independent dense simulation; dtheta[0] of ryrz from a second
/// one, by parameter shift in plain Python.
[[nodiscard]] inline std::optional<Checksums> expected_checksums(const Config& config, EncodingKind kind, int batch) {
  if (config.name != "S" || batch != 64) return std::nullopt;
  constexpr std::array<Checksums, 3> reference{
      {{1.25321442087778, -1.10811993554539, -2.43295358120384, -0.355050776910867, -0.199905005143513},
       {1.34994856778908, -1.55700816655482, 0.504881477234056, 0.110579483747878, -0.0516282611509305},
       {3.21888674790081, -1.92899228125538, -6.44043760471443, 0.137934364541368, -0.183645131055006}}};
  return reference[static_cast<std::size_t>(kind)];
}

}  // namespace qmtl::benchmark
