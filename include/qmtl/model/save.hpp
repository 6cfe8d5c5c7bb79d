#pragma once
// SPDX-License-Identifier: Apache-2.0
// One file a model: saved in one step, and checked on load so that a wrong file is named for what it is.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/atomic_file.hpp"
#include "qmtl/core/byte_stream.hpp"
#include "qmtl/model/model.hpp"

namespace qmtl {

// Layout, little-endian: magic[8], version u32, text length u32, text, three counts u64 (backbone and head parameters,
// standardised features), the numbers (backbone, head, means, scales) as IEEE 754 of the model's scalar, checksum u64
// (FNV-1a of all before it).

inline constexpr std::string_view model_magic = "QMTLMODL";
inline constexpr std::uint32_t model_version = 1;

namespace detail {

[[nodiscard]] inline std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

/// Where two texts differ first, line by line; "nothing" stands for a line that is not there. Both empty: nowhere.
struct LineDifference {
  std::string_view first, second;
};
[[nodiscard]] inline LineDifference first_difference(std::string_view first, std::string_view second) {
  const auto a = lines_of(first);
  const auto b = lines_of(second);
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const LineDifference lines{i < a.size() ? a[i] : "nothing", i < b.size() ? b[i] : "nothing"};
    if (lines.first != lines.second) return lines;
  }
  return {};
}

/// Throws FileError naming the first line in which a file's architecture differs from the model's.
inline void require_same_architecture(std::string_view path, std::string_view file, std::string_view model) {
  const auto [theirs, ours] = first_difference(file, model);
  if (theirs == ours) return;
  throw FileError(
      text("qmtl: load_model: '", path, "' holds another model: it has \"", theirs, "\", expected \"", ours, "\""));
}

/// Checks magic, version and checksum, and returns a reader of what lies between.
[[nodiscard]] inline ByteReader open_model(std::span<const std::byte> bytes, std::string_view path) {
  ByteReader reader(bytes, "load_model", path);
  const auto magic = reader.take(std::min(model_magic.size(), bytes.size()));
  const std::string_view start(reinterpret_cast<const char*>(magic.data()), magic.size());
  if (start != model_magic.substr(0, start.size())) {
    throw FileError(
        text("qmtl: load_model: '", path, "' is not a qmtl model file: it does not start with ", model_magic));
  }
  if (magic.size() < model_magic.size()) (void)reader.take(1);
  const auto version = reader.value<std::uint32_t>();
  if (version != model_version) {
    throw FileError(text("qmtl: load_model: '", path, "' has format version ", version, ", expected ", model_version));
  }
  return reader;
}

/// Throws FileError unless the last 8 bytes are the checksum of the others.
inline void require_checksum(std::span<const std::byte> bytes, std::string_view path) {
  const auto body = bytes.first(bytes.size() - sizeof(std::uint64_t));
  std::uint64_t stored = 0;
  std::memcpy(&stored, bytes.data() + body.size(), sizeof stored);
  if (stored != fnv1a(body)) {
    throw FileError(text("qmtl: load_model: '", path, "' is damaged: its checksum does not match its contents"));
  }
}

inline void require_count(std::string_view path, std::string_view what, std::uint64_t file, std::uint64_t model) {
  if (file != model) {
    throw FileError(
        text("qmtl: load_model: '", path, "' holds another model: it has ", file, ' ', what, ", expected ", model));
  }
}

template <Scalar S>
void require_finite_values(std::string_view path, std::string_view what, std::span<const S> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      throw FileError(text("qmtl: load_model: '", path, "': ", what, ' ', i, " is not finite"));
    }
  }
}

}  // namespace detail

/// Saves architecture, parameters and standardisation. The file is replaced in one step (temporary file, fsync,
/// rename): a crash leaves the old file or the new one. Throws FileError.
template <Backbone B, Head H>
void save_model(const MultiTaskModel<B, H>& model, const std::string& path) {
  using S = typename B::Scalar;
  detail::ByteWriter out;
  const std::string architecture = model.describe();
  const std::span<const S> backbone = model.backbone().parameters();
  out.put(std::span<const char>(model_magic));
  out.put_value(model_version);
  out.put_value(static_cast<std::uint32_t>(architecture.size()));
  out.put(std::span<const char>(architecture));
  for (const std::size_t count : {backbone.size(), model.head_weights().size(), model.standardizer().mean().size()}) {
    out.put_value(static_cast<std::uint64_t>(count));
  }
  for (const auto values :
       {backbone, model.head_weights(), model.standardizer().mean(), model.standardizer().scale()}) {
    out.put(values);
  }
  out.put_value(detail::fnv1a(out.bytes()));
  write_file_atomically(path, out.bytes());
}

/// Loads a file into a model of the same type and sizes; on any error the model is as it was. Throws FileError that
/// names what differs: foreign file, version, truncation, damage, architecture, counts, a number that is not finite.
template <Backbone B, Head H>
void load_model(MultiTaskModel<B, H>& model, const std::string& path) {
  using S = typename B::Scalar;
  constexpr std::size_t most = std::size_t{1} << 32;
  const std::vector<std::byte> bytes = read_file(path, most);
  detail::ByteReader reader = detail::open_model(bytes, path);
  const auto text = reader.take(reader.value<std::uint32_t>());
  const std::string_view architecture(reinterpret_cast<const char*>(text.data()), text.size());
  detail::require_same_architecture(path, architecture, model.describe());
  const auto backbone_count = reader.value<std::uint64_t>();
  const auto head_count = reader.value<std::uint64_t>();
  const auto standardised = reader.value<std::uint64_t>();
  detail::require_count(path, "backbone parameters", backbone_count, model.backbone_parameters());
  detail::require_count(path, "head parameters", head_count, static_cast<std::uint64_t>(H::parameters));
  if (standardised != 0) {
    detail::require_count(path, "standardised features", standardised, static_cast<std::uint64_t>(model.input_size()));
  }
  const auto backbone = reader.values<S>(backbone_count);
  const auto head = reader.values<S>(head_count);
  const auto mean = reader.values<S>(standardised);
  const auto scale = reader.values<S>(standardised);
  (void)reader.value<std::uint64_t>();
  detail::require_count(path, "bytes after its end", reader.left(), 0);
  detail::require_checksum(bytes, path);
  detail::require_finite_values<S>(path, "backbone parameter", backbone);
  detail::require_finite_values<S>(path, "head parameter", head);
  detail::require_finite_values<S>(path, "mean of input", mean);
  detail::require_finite_values<S>(path, "scale of input", scale);
  Standardizer<S> standardizer = standardised == 0 ? Standardizer<S>() : Standardizer<S>(mean, scale);
  model.set_standardizer(std::move(standardizer));
  const std::span<S> parameters = model.backbone().parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) parameters[i] = backbone[i];
  std::copy(head.begin(), head.end(), model.head_weights().begin());
}

}  // namespace qmtl
