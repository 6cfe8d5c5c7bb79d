#pragma once
// SPDX-License-Identifier: Apache-2.0
// One file a model: saved in one step, and checked on load so that a wrong file is named for what it is.

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "qmtl/model/model.hpp"
#include "qmtl/model/model_file.hpp"

namespace qmtl::inline QMTL_ABI {

/// Saves architecture, parameters, standardisation, and the state of a StatefulBackbone. The file is replaced in one
/// step (temporary file, fsync, rename): a crash leaves the old file or the new one. Throws FileError, and
/// NumericalError, which names the parameter, for a model that load_model would refuse because a number is not finite;
/// then a file that is there stays.
template <Backbone B, Head H>
void save_model(const MultiTaskModel<B, H>& model, const std::string& path) {
  using S = typename B::Scalar;
  const std::vector<std::byte> state = detail::backbone_state(model.backbone());
  detail::write_model<S>(path, model.describe(),
                         {model.backbone().parameters(), model.head_weights(), model.standardizer().mean(),
                          model.standardizer().scale(), model.target_scaler().centre(), model.target_scaler().spread()},
                         StatefulBackbone<B> ? &state : nullptr);
}

/// Loads a file into a model of the same type and sizes; on any error the model is as it was. The header is judged
/// before the numbers are read, and the model says how many these may be: memory is bounded by the model's own size.
/// Throws FileError that names what differs: foreign file, version, truncation, damage, architecture, counts, a number
/// that is not finite.
template <Backbone B, Head H>
void load_model(MultiTaskModel<B, H>& model, const std::string& path) {
  using S = typename B::Scalar;
  const std::vector<std::byte> own_state = detail::backbone_state(model.backbone());
  const auto body =
      detail::read_model<S>(path, model.describe(),
                            {.backbone = model.backbone_parameters(),
                             .head = static_cast<std::size_t>(H::parameters),
                             .features = static_cast<std::size_t>(model.input_size()),
                             .tasks = static_cast<std::size_t>(H::tasks),
                             .state_bytes = StatefulBackbone<B> ? sizeof(std::uint64_t) + own_state.size() : 0});
  try {
    Standardizer<S> standardizer = body.mean.empty() ? Standardizer<S>() : Standardizer<S>(body.mean, body.scale);
    detail::set_backbone_state(model.backbone(), body.state, "load_model", path);
    model.set_target_scaler(TargetScaler<S>(body.centre, body.spread));
    model.set_standardizer(std::move(standardizer));
  } catch (const ValueError& error) {
    detail::set_backbone_state(model.backbone(), own_state);
    throw FileError(detail::text("qmtl: load_model: '", path, "' is damaged: ", error.what()));
  } catch (...) {
    detail::set_backbone_state(model.backbone(), own_state);
    throw;
  }
  const std::span<S> parameters = model.backbone().parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) parameters[i] = body.backbone[i];
  std::copy(body.head.begin(), body.head.end(), model.head_weights().begin());
}

}  // namespace qmtl::inline QMTL_ABI
