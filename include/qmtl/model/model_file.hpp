#pragma once
// SPDX-License-Identifier: Apache-2.0
// Model files: their layout, and how one is read and written, whatever the type of the model.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qmtl/core/atomic_file.hpp"
#include "qmtl/core/byte_stream.hpp"
#include "qmtl/core/file_reader.hpp"
#include "qmtl/core/scalar.hpp"
#include "qmtl/core/text_difference.hpp"

namespace qmtl::inline QMTL_ABI {

// Layout, little-endian: magic[8], version u32, text length u32, text, four counts u64 (backbone and head parameters,
// standardised features, tasks with a place for the scale of a target), the numbers (backbone, head, means, scales,
// centres, spreads) as IEEE 754 of the model's scalar, for a StatefulBackbone its state (length u64, bytes), checksum
// u64 (FNV-1a of all before it). Version 1 knows nothing of targets.

inline constexpr std::string_view model_magic = "QMTLMODL";
inline constexpr std::uint32_t model_version = 2;
/// Of a file that holds a model together with the encoder of its tables: see qmtl/tabular/tabular_file.hpp.
inline constexpr std::string_view tabular_magic = "QMTLTABL";

namespace detail {

/// Throws FileError naming the first line in which a file's architecture differs from the model's.
inline void require_same_architecture(std::string_view path, std::string_view file, std::string_view model) {
  const auto [theirs, ours] = first_difference(file, model);
  if (theirs == ours) return;
  throw FileError(
      text("qmtl: load_model: '", path, "' holds another model: it has \"", theirs, "\", expected \"", ours, "\""));
}

/// What a model file says before its numbers.
struct ModelHeader {
  std::size_t bytes = 0;  // up to the numbers
  std::uint64_t backbone = 0, head = 0, standardised = 0, targets = 0;

  [[nodiscard]] std::size_t count() const noexcept { return backbone + head + 2 * standardised + 2 * targets; }
};

/// Reads no further than the header, and throws FileError unless it is that of a model of this architecture. `file` has
/// first(count), as FileReader.
template <class File>
[[nodiscard]] ModelHeader read_model_header(File& file, std::string_view path, std::string_view architecture) {
  constexpr std::size_t longest_text = std::size_t{1} << 20;
  constexpr std::size_t text_at = model_magic.size() + 2 * sizeof(std::uint32_t);
  ByteReader start(file.first(text_at), "load_model", path);
  const auto magic = start.take(std::min(model_magic.size(), start.left()));
  if (as_text(magic) == tabular_magic) {
    start.fail("holds a model together with the encoder of its tables: load it into a TabularModel");
  }
  if (!model_magic.starts_with(as_text(magic))) {
    start.fail(text("is not a qmtl model file: it does not start with ", model_magic));
  }
  if (magic.size() < model_magic.size()) (void)start.take(1);
  const auto version = start.value<std::uint32_t>();
  if (version < 1 || version > model_version) {
    start.fail(text("has format version ", version, ", expected 1 to ", model_version));
  }
  const std::size_t length = start.value<std::uint32_t>();
  if (length > longest_text) {
    start.fail(text("is damaged: its architecture has ", length, " bytes, expected at most ", longest_text));
  }

  const std::size_t counts = version == 1 ? 3 : 4;
  const std::size_t header_bytes = text_at + length + counts * sizeof(std::uint64_t);
  ByteReader reader(file.first(header_bytes), "load_model", path);
  (void)reader.take(text_at);
  require_same_architecture(path, as_text(reader.take(length)), architecture);
  ModelHeader header{.bytes = header_bytes};
  header.backbone = reader.value<std::uint64_t>();
  header.head = reader.value<std::uint64_t>();
  header.standardised = reader.value<std::uint64_t>();
  if (version > 1) header.targets = reader.value<std::uint64_t>();
  return header;
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

/// The numbers of a model file, in their order.
template <Scalar S>
struct ModelNumbers {
  std::span<const S> backbone, head, mean, scale, centre, spread;

  /// The first that is not finite, as "head parameter 3"; empty where there is none.
  [[nodiscard]] std::string not_finite() const {
    const auto find = [](std::string_view what, std::span<const S> values) {
      const auto at = std::find_if(values.begin(), values.end(), [](S value) { return !std::isfinite(value); });
      return at == values.end() ? std::string() : text(what, ' ', at - values.begin());
    };
    std::string name = find("backbone parameter", backbone);
    if (name.empty()) name = find("head parameter", head);
    if (name.empty()) name = find("mean of input", mean);
    if (name.empty()) name = find("scale of input", scale);
    if (name.empty()) name = find("centre of the target of task", centre);
    return name.empty() ? find("spread of the target of task", spread) : name;
  }
};

/// What a model says of the numbers that a file must have for it.
struct ModelCounts {
  std::size_t backbone = 0, head = 0, features = 0, tasks = 0;
  std::size_t state_bytes = 0;  ///< of a backbone's state with its length, or 0 where it has none
};

/// Throws FileError unless a file has as many numbers as the model, or none where those may be missing.
inline void require_counts(std::string_view path, const ModelHeader& header, const ModelCounts& model) {
  require_count(path, "backbone parameters", header.backbone, model.backbone);
  require_count(path, "head parameters", header.head, model.head);
  if (header.standardised != 0) {
    require_count(path, "standardised features", header.standardised, model.features);
  }
  if (header.targets != 0) require_count(path, "scales of targets", header.targets, model.tasks);
}

/// What a model file holds behind its header.
template <Scalar S>
struct ModelBody {
  std::vector<S> backbone, head, mean, scale, centre, spread;
  std::vector<std::byte> state;
};

/// Reads it from the bytes of a whole file; `state_bytes` are those of a backbone's state with its length, or 0. Throws
/// FileError unless all of it is there, finite, and what the checksum says.
template <Scalar S>
[[nodiscard]] ModelBody<S> read_model_body(std::span<const std::byte> bytes, std::string_view path,
                                           const ModelHeader& header, std::size_t state_bytes) {
  ByteReader reader(bytes, "load_model", path);
  (void)reader.take(header.bytes);
  ModelBody<S> body{.backbone = reader.values<S>(header.backbone),
                    .head = reader.values<S>(header.head),
                    .mean = reader.values<S>(header.standardised),
                    .scale = reader.values<S>(header.standardised),
                    .centre = reader.values<S>(header.targets),
                    .spread = reader.values<S>(header.targets),
                    .state = {}};
  if (state_bytes > 0) {
    const std::size_t expected = state_bytes - sizeof(std::uint64_t);
    require_count(path, "bytes of state of the backbone", reader.value<std::uint64_t>(), expected);
    const auto state = reader.take(expected);
    body.state.assign(state.begin(), state.end());
  }
  (void)reader.value<std::uint64_t>();
  require_checksum(bytes, path);
  const ModelNumbers<S> numbers{body.backbone, body.head, body.mean, body.scale, body.centre, body.spread};
  if (const std::string name = numbers.not_finite(); !name.empty()) {
    throw FileError(text("qmtl: load_model: '", path, "': ", name, " is not finite"));
  }
  return body;
}

/// Reads a file for a model of this architecture and these counts.
template <Scalar S>
[[nodiscard]] ModelBody<S> read_model(const std::string& path, const std::string& architecture,
                                      const ModelCounts& counts) {
  FileReader file(path, "load_model");
  const ModelHeader header = read_model_header(file, path, architecture);
  require_counts(path, header, counts);
  const auto bytes = file.all(header.bytes + header.count() * sizeof(S) + counts.state_bytes + sizeof(std::uint64_t));
  return read_model_body<S>(bytes, path, header, counts.state_bytes);
}

/// The bytes of a file; `state` is null for a backbone without state. Throws NumericalError, naming `path`, for a
/// number that is not finite.
template <Scalar S>
[[nodiscard]] ByteWriter model_bytes(const std::string& path, const std::string& architecture,
                                     const ModelNumbers<S>& numbers, const std::vector<std::byte>* state) {
  if (const std::string name = numbers.not_finite(); !name.empty()) {
    throw NumericalError(text("qmtl: save_model: '", path, "' is not written: ", name, " of the model is not finite"));
  }
  ByteWriter out;
  out.put(std::span<const char>(model_magic));
  out.put_value(model_version);
  out.put_value(static_cast<std::uint32_t>(architecture.size()));
  out.put(std::span<const char>(architecture));
  for (const auto values : {numbers.backbone, numbers.head, numbers.mean, numbers.centre}) {
    out.put_value(static_cast<std::uint64_t>(values.size()));
  }
  for (const auto values :
       {numbers.backbone, numbers.head, numbers.mean, numbers.scale, numbers.centre, numbers.spread}) {
    out.put(values);
  }
  if (state != nullptr) {
    out.put_value<std::uint64_t>(state->size());
    out.put(std::span<const std::byte>(*state));
  }
  out.put_value(fnv1a(out.bytes()));
  return out;
}

/// Writes a file.
template <Scalar S>
void write_model(const std::string& path, const std::string& architecture, const ModelNumbers<S>& numbers,
                 const std::vector<std::byte>* state) {
  write_file_atomically(path, model_bytes(path, architecture, numbers, state).bytes());
}

}  // namespace detail

}  // namespace qmtl::inline QMTL_ABI
