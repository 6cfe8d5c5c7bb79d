#pragma once
// SPDX-License-Identifier: Apache-2.0
// For programs of several source files: what trains, judges and saves models, compiled in one of them.

#include <type_traits>

#include "qmtl/backbone/affine.hpp"
#include "qmtl/data/split.hpp"
#include "qmtl/data/standardizer.hpp"
#include "qmtl/data/synthetic.hpp"
#include "qmtl/model/model_file.hpp"
#include "qmtl/train/fit_run.hpp"
#include "qmtl/train/report.hpp"

// A file that includes this header leaves that to another one, which includes it as well and says
//
//     QMTL_COMPILE_TRAINING(double);
//
// and `float` for models of that precision; see compiled_engine.hpp, of which the same holds.

#ifdef QMTL_COMPILE_TRAINING
#error "qmtl: write QMTL_COMPILE_TRAINING(double); behind #include <qmtl/compiled_training.hpp>, not a macro before it"
#endif

#define QMTL_TRAINING_INSTANCES(Prefix, S)                                                                         \
  Prefix template FitReport detail::run_fit(Trainee<S>&, const Dataset<S>&, const Dataset<S>*, const FitOptions&); \
  Prefix template FitReport detail::run_fit(Trainee<S>&, const EncodedDataset<S>&, const EncodedDataset<S>*,       \
                                            const FitOptions&);                                                    \
  Prefix template Dataset<S> detail::encode_rows(Trainee<S>&, const Dataset<S>&, const char*);                     \
  Prefix template void detail::require_task_labels(std::span<const TaskFacts>, const Dataset<S>&);                 \
  Prefix template std::vector<int> detail::label_majorities(std::span<const TaskFacts>, const Dataset<S>&);        \
  Prefix template struct detail::Evaluation<S>;                                                                    \
  Prefix template struct detail::LayerProducts<S>;                                                                 \
  Prefix template detail::ModelBody<S> detail::read_model(const std::string&, const std::string&,                  \
                                                          const detail::ModelCounts&);                             \
  Prefix template void detail::write_model(const std::string&, const std::string&, const detail::ModelNumbers<S>&, \
                                           const std::vector<std::byte>*);                                         \
  Prefix template Dataset<S> Dataset<S>::select(std::span<const Eigen::Index>) const;                              \
  Prefix template void Standardizer<S>::fit(const BatchIn<S>&, MissingInputs);                                     \
  Prefix template void Standardizer<S>::apply(const BatchIn<S>&, BatchOut<S>) const;                               \
  Prefix template SplitIndices split(Eigen::Index, const SplitFractions&, Rng&);                                   \
  Prefix template std::string to_table(const std::vector<TaskMetrics>&);                                           \
  Prefix template LabelledTasks<S> make_related_tasks(const RelatedTasks&);

/// The training of models of precision S (double or float), compiled here. At namespace scope.
#define QMTL_COMPILE_TRAINING(S)    \
  namespace qmtl::inline QMTL_ABI { \
  QMTL_TRAINING_INSTANCES(, S)      \
  }                                 \
  static_assert(std::is_floating_point_v<S>, "qmtl: the precision is double or float")

namespace qmtl::inline QMTL_ABI {

#if defined(QMTL_COMPILED_DOUBLE) || !defined(QMTL_COMPILED_FLOAT)
QMTL_TRAINING_INSTANCES(extern, double)
#endif
#if defined(QMTL_COMPILED_FLOAT) || !defined(QMTL_COMPILED_DOUBLE)
QMTL_TRAINING_INSTANCES(extern, float)
#endif

}  // namespace qmtl::inline QMTL_ABI
