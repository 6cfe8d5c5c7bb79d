#pragma once
// SPDX-License-Identifier: Apache-2.0
// Models of the three generated tasks of make_related_tasks, and what the tests of fit ask of them.

#include <algorithm>
#include <span>
#include <vector>

#include "qmtl/backbone/mlp.hpp"
#include "qmtl/data/split.hpp"
#include "qmtl/data/synthetic.hpp"
#include "qmtl/model/model.hpp"
#include "qmtl/train/fit.hpp"

namespace qmtl::test {

using First = Task<"first", RotationBlock<2>, Window<0, 2>, Binary>;
using Second = Task<"second", RotationBlock<3>, Window<1, 3>, Classes<3>>;
using Third = Task<"third", RotationBlock<2>, Window<2, 2>, Binary>;

template <class S = double>
using Quantum = QmtlModel<BasicMlp<S, Tanh, 20, 16, 4>, AngleEncoding<4>, First, Second, Third>;
using Classical = LinearModel<Mlp<20, 16, 4>, First, Second, Third>;

}  // namespace qmtl::test

// Compiled once, in fit_models.cpp.
#define QMTL_TEST_FIT(Prefix, Model)                                                                               \
  Prefix template qmtl::FitReport qmtl::fit(Model&, const qmtl::Dataset<Model::Scalar>&, const qmtl::FitOptions&); \
  Prefix template qmtl::FitReport qmtl::fit(Model&, const qmtl::Dataset<Model::Scalar>&,                           \
                                            const qmtl::Dataset<Model::Scalar>&, const qmtl::FitOptions&);
QMTL_TEST_FIT(extern, qmtl::test::Quantum<double>)
QMTL_TEST_FIT(extern, qmtl::test::Quantum<float>)
QMTL_TEST_FIT(extern, qmtl::test::Classical)

namespace qmtl::test {

/// All parameters, the backbone's first.
template <class Model>
std::vector<double> parameters_of(const Model& model) {
  std::vector<double> out;
  for (const auto p : model.backbone().parameters()) out.push_back(static_cast<double>(p));
  for (const auto p : model.head_weights()) out.push_back(static_cast<double>(p));
  return out;
}

/// Training, validation and test rows of the generated tasks.
template <class S>
struct Parts {
  Dataset<S> train, validation, test;
};

template <class S = double>
Parts<S> related_parts(Eigen::Index rows, Seed seed = Seed{1}) {
  const auto tasks = make_related_tasks<S>({.rows = rows, .seed = seed});
  Rng rng(seed);
  const auto indices = split(rows, {0.6, 0.2, 0.2}, rng);
  return {tasks.data.select(indices.train), tasks.data.select(indices.validation), tasks.data.select(indices.test)};
}

}  // namespace qmtl::test
