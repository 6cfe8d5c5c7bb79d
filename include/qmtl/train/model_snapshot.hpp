#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a training changes in a model, kept to be put back.

#include <cstddef>
#include <span>
#include <vector>

#include "qmtl/train/trainee.hpp"

namespace qmtl::inline QMTL_ABI::detail {

/// The trained numbers of a model: parameters, and the state of its backbone.
template <Scalar S>
struct ModelParameters {
  std::vector<S> backbone, head;
  std::vector<std::byte> backbone_state;

  void take(Trainee<S>& model) {
    const std::span<const S> of_backbone = model.backbone_parameters(), of_head = model.head_parameters();
    backbone.assign(of_backbone.begin(), of_backbone.end());
    head.assign(of_head.begin(), of_head.end());
    backbone_state = model.backbone_state();
  }

  void give_back(Trainee<S>& model) const {
    const std::span<S> of_backbone = model.backbone_parameters(), of_head = model.head_parameters();
    for (std::size_t i = 0; i < of_backbone.size(); ++i) of_backbone[i] = backbone[i];  // std::copy would be warned of
    for (std::size_t i = 0; i < of_head.size(); ++i) of_head[i] = head[i];              // none that are empty
    model.set_backbone_state(backbone_state);
  }
};

/// The same and the statistics that inputs and targets are standardised by.
template <Scalar S>
class ModelSnapshot {
 public:
  explicit ModelSnapshot(Trainee<S>& model) : standardizer_(model.standardizer()), targets_(model.target_scaler()) {
    parameters_.take(model);
  }

  void give_back(Trainee<S>& model) const {
    parameters_.give_back(model);
    model.set_standardizer(standardizer_);
    model.set_target_scaler(targets_);
  }

 private:
  ModelParameters<S> parameters_;
  Standardizer<S> standardizer_;
  TargetScaler<S> targets_;
};

}  // namespace qmtl::inline QMTL_ABI::detail
