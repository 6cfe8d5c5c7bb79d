#pragma once
// SPDX-License-Identifier: Apache-2.0
// Everything that needs Eigen only: circuits, states, measurements, gradients, heads, backbones, models, training.
// CONTRIBUTING.md lists what is included by name only.

#include "qmtl/core/config.hpp"  // first: it refuses what the others could not be compiled with

#include "qmtl/backbone/conv.hpp"
#include "qmtl/backbone/frozen.hpp"
#include "qmtl/backbone/fusion.hpp"
#include "qmtl/backbone/linear.hpp"
#include "qmtl/backbone/mlp.hpp"
#include "qmtl/backbone/rms_normalized.hpp"
#include "qmtl/circuit/counts.hpp"
#include "qmtl/circuit/drawing.hpp"
#include "qmtl/data/combine_tasks.hpp"
#include "qmtl/data/split.hpp"
#include "qmtl/data/synthetic.hpp"
#include "qmtl/gradient/gradient.hpp"
#include "qmtl/head/encode.hpp"
#include "qmtl/head/head_rules.hpp"  // so that its messages are few lines
#include "qmtl/head/hybrid_head.hpp"
#include "qmtl/head/linear_head.hpp"
#include "qmtl/head/quantum_head.hpp"
#include "qmtl/head/state_encoding.hpp"
#include "qmtl/loss/statistics.hpp"
#include "qmtl/measure/expectation.hpp"
#include "qmtl/model/model.hpp"
#include "qmtl/model/save.hpp"
#include "qmtl/state/sampling.hpp"
#include "qmtl/train/encoded_dataset.hpp"
#include "qmtl/train/fit.hpp"
#include "qmtl/train/report.hpp"
#include "qmtl/version.hpp"
