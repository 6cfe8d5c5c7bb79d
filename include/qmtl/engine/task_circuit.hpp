#pragma once
// SPDX-License-Identifier: Apache-2.0
// A task of a head as one circuit, encoding and block, whose angles are numbered: what an executor is given.

#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "qmtl/circuit/light_cone.hpp"
#include "qmtl/engine/head_program.hpp"
#include "qmtl/executor/executor.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The circuit of a task in one of its measurement bases. Its parameters are its angles that are no constants, in the
/// order of its operations, after scale and offset.
template <Scalar S>
class TaskCircuit {
 public:
  /// An angle of the circuit, and where the head has it from.
  struct Parameter {
    Angle source;
    Gate gate;
    int angle;  ///< which of the gate's
    bool in_block;
  };

  /// The encoding, the block, and the rotations of the basis; null: the computational one. Where `on_light_cone`, what
  /// is outside the window's light cone is left out, unless the cone has all qubits: then tasks had better begin alike.
  TaskCircuit(const HeadProgram<S>& program, const EngineTask<S>& task, const MeasurementBasis* basis,
              bool on_light_cone)
      : eigenvalues_(basis != nullptr ? basis->eigenvalues : task.eigenvalues.template cast<double>()),
        first_output_(task.first_output),
        first_parameter_(task.first_parameter) {
    LightCone cone;
    if (on_light_cone) cone = light_cone(program.encoding, program.qubits, task.window);
    if (on_light_cone && cone.width() < program.qubits) {
      operations_ = std::move(cone.operations);
      qubits_ = std::move(cone.qubits);
      window_ = std::move(cone.window);
    } else {
      operations_.assign(program.encoding.begin(), program.encoding.end());
      qubits_.resize(static_cast<std::size_t>(program.qubits));
      std::iota(qubits_.begin(), qubits_.end(), 0);
      window_ = task.window;
    }
    shared_ = operations_.size();
    for (const auto& op : task.block) operations_.push_back(relabel(op, window_));
    if (basis != nullptr) {
      for (const auto& op : basis->rotations()) operations_.push_back(relabel(op, window_));
    }
    number_angles();
  }

  [[nodiscard]] const std::vector<Parameter>& parameters() const noexcept { return parameters_; }
  [[nodiscard]] Eigen::Index outputs() const noexcept { return eigenvalues_.cols(); }
  /// Of 2^k outcomes x outputs.
  [[nodiscard]] const ColMajorMatrix<double>& eigenvalues() const noexcept { return eigenvalues_; }
  [[nodiscard]] int first_output() const noexcept { return first_output_; }
  /// Numbers that a run takes and gives.
  [[nodiscard]] std::size_t numbers() const noexcept {
    return parameters_.size() + static_cast<std::size_t>(eigenvalues_.rows() + eigenvalues_.cols());
  }

  /// Runs with these parameters (parameters x runs), which must outlive the job.
  [[nodiscard]] CircuitJob job(const ColMajorMatrix<double>& parameters) const {
    return {{static_cast<int>(qubits_.size()), operations_},
            qubits_,
            window_,
            {parameters.data(), parameters.rows(), parameters.cols()},
            {eigenvalues_.data(), eigenvalues_.rows(), eigenvalues_.cols()},
            shared_};
  }

  /// Sets the parameters of a sample, for its features and the head's weights.
  void bind(const S* x, const S* weights, double* parameters) const {
    for (const auto& p : parameters_) {
      *parameters++ = static_cast<double>(evaluate(p.source, x, p.in_block ? weights + first_parameter_ : weights));
    }
  }

  /// The chain rule: adds to the gradients of features, unless null, and of the head's weights from that of a
  /// parameter.
  void chain(const Parameter& p, double derivative, const S* x, const S* weights, S* dx, S* gradient) const {
    const int first = p.in_block ? first_parameter_ : 0;
    accumulate(p.source, static_cast<S>(derivative), x, weights + first, dx, gradient + first);
  }

 private:
  void number_angles() {
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      auto& op = operations_[i];
      for (int a = 0; a < info(op.gate).angles; ++a) {
        auto& angle = op.angles[static_cast<std::size_t>(a)];
        if (angle.source == AngleSource::constant) continue;
        parameters_.push_back({angle, op.gate, a, i >= shared_});
        angle = feature(static_cast<int>(parameters_.size()) - 1);
      }
    }
  }

  std::vector<Operation> operations_;
  std::vector<int> qubits_, window_;  // the head's numbers of the circuit's qubits; the circuit's of the window's
  std::vector<Parameter> parameters_;
  std::size_t shared_ = 0;  // operations of the encoding
  ColMajorMatrix<double> eigenvalues_;
  int first_output_, first_parameter_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
