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
namespace detail {

/// The numbers of a model that its file holds.
template <Backbone B, Head H>
[[nodiscard]] ModelNumbers<typename B::Scalar> numbers_of(const MultiTaskModel<B, H>& model) {
  return {model.backbone().parameters(), model.head_weights(),           model.standardizer().mean(),
          model.standardizer().scale(),  model.target_scaler().centre(), model.target_scaler().spread()};
}

/// What a model says of the numbers that its file must have; `state` is that of its backbone.
template <Backbone B, Head H>
[[nodiscard]] ModelCounts counts_of(const MultiTaskModel<B, H>& model, const std::vector<std::byte>& state) {
  return {.backbone = model.backbone_parameters(),
          .head = static_cast<std::size_t>(H::parameters),
          .features = static_cast<std::size_t>(model.input_size()),
          .tasks = static_cast<std::size_t>(H::tasks),
          .state_bytes = StatefulBackbone<B> ? sizeof(std::uint64_t) + state.size() : 0};
}

/// Gives a model, whose backbone's state is `own_state`, what a file holds. On any error the model is as it was. Throws
/// FileError.
template <Backbone B, Head H>
void set_numbers(MultiTaskModel<B, H>& model, const ModelBody<typename B::Scalar>& body,
                 const std::vector<std::byte>& own_state, const std::string& path) {
  using S = typename B::Scalar;
  try {
    Standardizer<S> standardizer = body.mean.empty() ? Standardizer<S>() : Standardizer<S>(body.mean, body.scale);
    set_backbone_state(model.backbone(), body.state, "load_model", path);
    model.set_target_scaler(TargetScaler<S>(body.centre, body.spread));
    model.set_standardizer(std::move(standardizer));
  } catch (const ValueError& error) {
    set_backbone_state(model.backbone(), own_state);
    throw FileError(text("qmtl: load_model: '", path, "' is damaged: ", error.what()));
  } catch (...) {
    set_backbone_state(model.backbone(), own_state);
    throw;
  }
  const std::span<S> parameters = model.backbone().parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) parameters[i] = body.backbone[i];
  std::copy(body.head.begin(), body.head.end(), model.head_weights().begin());
}

}  // namespace detail

/// Saves architecture, parameters, standardisation, and the state of a StatefulBackbone. The file is replaced in one
/// step (temporary file, fsync, rename): a crash leaves the old file or the new one. Throws FileError, and
/// NumericalError, which names the parameter, for a model that load_model would refuse because a number is not finite;
/// then a file that is there stays.
template <Backbone B, Head H>
void save_model(const MultiTaskModel<B, H>& model, const std::string& path) {
  const std::vector<std::byte> state = detail::backbone_state(model.backbone());
  detail::write_model<typename B::Scalar>(path, model.describe(), detail::numbers_of(model),
                                          StatefulBackbone<B> ? &state : nullptr);
}

/// Loads a file into a model of the same type and sizes; on any error the model is as it was. The header is judged
/// before the numbers are read, and the model says how many these may be: memory is bounded by the model's own size.
/// Throws FileError that names what differs: foreign file, version, truncation, damage, architecture, counts, a number
/// that is not finite.
template <Backbone B, Head H>
void load_model(MultiTaskModel<B, H>& model, const std::string& path) {
  const std::vector<std::byte> own_state = detail::backbone_state(model.backbone());
  const auto body = detail::read_model<typename B::Scalar>(path, model.describe(), detail::counts_of(model, own_state));
  detail::set_numbers(model, body, own_state, path);
}

}  // namespace qmtl::inline QMTL_ABI
