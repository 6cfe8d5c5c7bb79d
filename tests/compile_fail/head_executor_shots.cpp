// error: qmtl: an executor's number of shots must be a member function, double shots\(\) const
// expect: qmtl: an executor must be exact or have shots, not both
// expect: qmtl: an executor of shots must not have a vjp: frequencies have no gradient
// expect: qmtl: a backend's standard_errors must be const and take a BatchView
// SPDX-License-Identifier: Apache-2.0
// Members that would pass for "exact", or against it.

#include "qmtl/head/quantum_head.hpp"

using namespace qmtl;

struct Sampling {
#ifdef QMTL_CONTROL
  [[nodiscard]] int shots() const { return 1000; }
#else
  int shots = 1000;
#endif
  [[nodiscard]] std::vector<Batch<double>> probabilities(std::span<const CircuitJob>) { return {}; }
};
struct Exact : Sampling {
#ifndef QMTL_CONTROL
  static constexpr bool exact = true;
  [[nodiscard]] double shots() const { return 1000; }
#endif
};
struct Differentiating {
  [[nodiscard]] double shots() const { return 1000; }
  [[nodiscard]] std::vector<Batch<double>> probabilities(std::span<const CircuitJob>) { return {}; }
#ifndef QMTL_CONTROL
  [[nodiscard]] std::vector<Batch<double>> vjp(std::span<const CircuitJob>, std::span<const Batch<double>>) {
    return {};
  }
#endif
};
struct Estimating {
  int shots = 1000;  // it gives its errors itself
  [[nodiscard]] std::vector<Estimates> expectations(std::span<const CircuitJob>) { return {}; }
};
template class qmtl::ShiftBackend<double, Sampling>;
template class qmtl::ShiftBackend<double, Exact>;
template class qmtl::ShiftBackend<double, Differentiating>;
template class qmtl::ShiftBackend<double, Estimating>;

struct Backend {
#ifdef QMTL_CONTROL
  void standard_errors(BatchView<const double>, BatchView<double> errors) const { errors.setZero(); }
#else
  void standard_errors(BatchView<double> errors) const { errors.setZero(); }
#endif
};
void set_errors(const Backend& backend, const Batch<double>& slopes, Batch<double>& errors) {
  detail::standard_errors_of<Backend, double>(backend, slopes, errors);
}
