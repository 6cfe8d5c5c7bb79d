// SPDX-License-Identifier: Apache-2.0
// Rows of a division.

#include "datasets/fold.hpp"

namespace qmtl::benchmark {

Dataset<double> all_training_rows(const Fold& fold) {
  if (!fold.validation) return fold.train;
  Dataset<double> out = fold.train;
  const Eigen::Index rows = out.rows() + fold.validation->rows();
  out.inputs.conservativeResize(Eigen::NoChange, rows);
  out.labels.conservativeResize(Eigen::NoChange, rows);
  out.inputs.rightCols(fold.validation->rows()) = fold.validation->inputs;
  out.labels.rightCols(fold.validation->rows()) = fold.validation->labels;
  return out;
}

}  // namespace qmtl::benchmark
