#pragma once
// SPDX-License-Identifier: Apache-2.0
// For programs of several source files: what trains, judges and saves models, compiled in one of them.

#include "qmtl/backbone/affine.hpp"
#include "qmtl/data/split.hpp"
#include "qmtl/data/synthetic.hpp"
#include "qmtl/model/save.hpp"
#include "qmtl/train/fit.hpp"
#include "qmtl/train/report.hpp"

// A file that includes this header leaves that to another one, whose first lines are
//
//     #define QMTL_COMPILE_TRAINING double
//     #include <qmtl/compiled_training.hpp>
//
// and a second such file with `float` for models of that precision; see compiled_engine.hpp, of which the same holds.

#define QMTL_DETAIL_TRAINING(Prefix, S)                                                                            \
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
  Prefix template LabelledTasks<S> make_related_tasks(const RelatedTasks&);                                        \
  Prefix template SplitIndices split(Eigen::Index, const SplitFractions&, Rng&);                                   \
  Prefix template std::string to_table(const std::vector<TaskMetrics>&);

namespace qmtl::inline QMTL_ABI {

#ifdef QMTL_COMPILE_TRAINING
QMTL_DETAIL_TRAINING(, QMTL_COMPILE_TRAINING)
#else
#if defined(QMTL_COMPILED_DOUBLE) || !defined(QMTL_COMPILED_FLOAT)
QMTL_DETAIL_TRAINING(extern, double)
#endif
#if defined(QMTL_COMPILED_FLOAT) || !defined(QMTL_COMPILED_DOUBLE)
QMTL_DETAIL_TRAINING(extern, float)
#endif
#endif

}  // namespace qmtl::inline QMTL_ABI

#undef QMTL_DETAIL_TRAINING
