#pragma once
// SPDX-License-Identifier: Apache-2.0
// One file for a model and the encoder of its tables.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "qmtl/core/archive.hpp"
#include "qmtl/core/atomic_file.hpp"
#include "qmtl/core/byte_stream.hpp"
#include "qmtl/core/file_reader.hpp"
#include "qmtl/model/model_file.hpp"
#include "qmtl/model/save.hpp"
#include "qmtl/tabular/table_encoder.hpp"
#include "qmtl/tabular/tabular_model.hpp"

namespace qmtl::inline QMTL_ABI {

// Layout, little-endian: tabular_magic[8], version u32, the length u64 of what the encoder has learnt and it, with the
// most frequent classes and the thresholds of the tasks; a model file as it would be by itself; checksum u64 (FNV-1a of
// all before it).

inline constexpr std::uint32_t tabular_version = 1;

namespace detail {

/// What a file holds beside the model.
struct TabularSection {
  TableEncoder encoder{TableColumns{}};
  std::vector<std::int32_t> majorities;
  std::vector<double> thresholds;

  /// Writes or reads it; see core/archive.hpp.
  template <class Archive>
  void archive(Archive& a) {
    encoder.archive(a);
    archive_list(a, majorities, [](Archive& inner, std::int32_t& value) {
      inner.value(value, "most frequent class", {-1, std::numeric_limits<std::int32_t>::max()});
    });
    archive_list(a, thresholds, [](Archive& inner, double& value) {
      inner.value(value, "threshold", {.low = 0, .high = std::numeric_limits<double>::infinity(), .nan = true});
    });
  }
};

/// A file from one of its bytes on, read as FileReader reads a file.
struct FilePart {
  FileReader& file;
  std::size_t begin;
  [[nodiscard]] std::span<const std::byte> first(std::size_t count) const {
    const auto bytes = file.first(begin + count);
    return bytes.subspan(std::min(begin, bytes.size()));
  }
};

/// Throws FileError unless a file's section is for these tasks: targets in their order, with as many classes.
template <class Tasks>
void require_targets_of(const Tasks& tasks, const TabularSection& section, const std::string& path) {
  const auto targets = section.encoder.targets();
  const auto fail = [&](const auto&... what) {
    throw FileError(text("qmtl: load_model: '", path, "' holds another model: ", what...));
  };
  if (targets.size() != tasks.size()) fail("it has ", targets.size(), " targets, expected ", tasks.size());
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const TableTarget& own = targets[t];
    if (own.task == tasks[t].name && own.classes == tasks[t].classes) continue;
    fail("target ", t, " is ", in_quotes(own.task), " with ", own.classes, " classes, expected '", tasks[t].name,
         "' with ", tasks[t].classes);
  }
  const auto fits = [&](std::size_t count) { return count == 0 || count == tasks.size(); };
  if (!fits(section.majorities.size()) || !fits(section.thresholds.size())) fail("its numbers are for other tasks");
}

/// A file before its model.
struct TabularHead {
  TabularSection section;
  std::size_t bytes = 0;  // up to the model
};

/// Reads no further than the encoder, and throws FileError unless it is that of a TabularModel.
template <class File>
[[nodiscard]] TabularHead read_tabular_head(File& file, const std::string& path) {
  constexpr std::size_t most_bytes = std::size_t{1} << 28;
  constexpr std::size_t section_at = tabular_magic.size() + sizeof(std::uint32_t) + sizeof(std::uint64_t);
  ByteReader start(file.first(section_at), "load_model", path);
  const auto magic = start.take(std::min(tabular_magic.size(), start.left()));
  if (as_text(magic) == model_magic)
    start.fail("holds a model without an encoder of tables, expected that of a TabularModel");
  if (!tabular_magic.starts_with(as_text(magic))) {
    start.fail(text("is not a qmtl file of a tabular model: it does not start with ", tabular_magic));
  }
  if (magic.size() < tabular_magic.size()) (void)start.take(1);
  const auto version = start.value<std::uint32_t>();
  if (version != tabular_version) {
    start.fail(text("has format version ", version, ", expected ", tabular_version));
  }
  const auto length = start.value<std::uint64_t>();
  if (length > most_bytes) {
    start.fail(text("is damaged: its encoder has ", length, " bytes, expected at most ", most_bytes));
  }
  TabularHead out;
  out.bytes = section_at + static_cast<std::size_t>(length);
  ByteReader reader(file.first(out.bytes), "load_model", path);
  (void)reader.take(section_at);
  ByteReader section = reader.part(static_cast<std::size_t>(length));
  ArchiveReader archive(section);
  out.section.archive(archive);
  archive.require(section.left() == 0, "its encoder, expected ", section.left(), " bytes less");
  return out;
}

/// Throws FileError for a file that is too short for the parameters of a backbone with so many features, where its type
/// says how many these are: a short file must not make a large model.
template <class M>
void require_bytes_for(const FileReader& file, const TabularHead& head, int features, const std::string& path) {
  using Backbone = typename M::BackboneType;
  if constexpr (requires { Backbone::parameters_for(features); }) {
    const std::size_t parameters = Backbone::parameters_for(features);
    const std::size_t bytes = file.size() - std::min(head.bytes, file.size());
    if (bytes / sizeof(typename M::Scalar) >= parameters) return;
    throw FileError(text("qmtl: load_model: '", path, "' is truncated or holds another model: ", bytes,
                         " bytes behind its encoder, too few for the ", parameters, " backbone parameters of ",
                         features, " features"));
  }
}

/// Reads the model that lies in a file from byte `begin` on, to the file's checksum.
template <class M>
void read_model_within(M& model, FileReader& file, std::size_t begin, const std::string& path) {
  using S = typename M::Scalar;
  const std::vector<std::byte> state = backbone_state(model.backbone());
  const ModelCounts counts = counts_of(model, state);
  FilePart part{file, begin};
  const ModelHeader header = read_model_header(part, path, model.describe());
  require_counts(path, header, counts);
  const std::size_t size = header.bytes + header.count() * sizeof(S) + counts.state_bytes + sizeof(std::uint64_t);
  const std::size_t expected = begin + size + sizeof(std::uint64_t);
  const auto bytes = file.all(expected);
  if (bytes.size() < expected) {
    throw FileError(
        text("qmtl: load_model: '", path, "' is truncated: expected ", expected, " bytes, got ", bytes.size()));
  }
  require_checksum(bytes, path);
  const auto body = read_model_body<S>(bytes.subspan(begin, size), path, header, counts.state_bytes);
  set_numbers(model, body, state, path);
}

}  // namespace detail

/// Saves a trained model with all that tables need: categories, imputation, names of classes, scales of targets,
/// thresholds. The file is replaced in one step. Throws LogicError for a model that has not been trained, otherwise as
/// save_model of a model.
template <class M>
void save_model(const TabularModel<M>& model, const std::string& path) {
  using S = typename M::Scalar;
  const M& own = model.model();
  if (!model.fitted()) throw LogicError("qmtl: save_model: the tabular model has not been trained");
  detail::TabularSection section{model.encoder(), model.majorities(), model.thresholds()};
  const std::vector<std::byte> state = detail::backbone_state(own.backbone());
  const detail::ByteWriter inner = detail::model_bytes<S>(
      path, own.describe(), detail::numbers_of(own), StatefulBackbone<typename M::BackboneType> ? &state : nullptr);
  detail::ByteWriter out;
  out.put(std::span<const char>(tabular_magic));
  out.put_value(tabular_version);
  ArchiveWriter archive(out);
  archive.block("encoder", [&](ArchiveWriter& block) { section.archive(block); });
  out.put(inner.bytes());
  out.put_value(detail::fnv1a(out.bytes()));
  write_file_atomically(path, out.bytes());
}

/// Loads a file into a model with the same tasks and of the same type; its model is made
/// anew for as many features. On any error the model is as it was. What the encoder has learnt is judged before
/// the model is made and its numbers are read: memory follows the file's bytes, and the model's size where its backbone
/// does not say by `parameters_for(features)`, as Mlp does, that the file is too short for it. Throws FileError
/// that names what differs, as load_model of a model does.
template <class M>
void load_model(TabularModel<M>& model, const std::string& path) {
  detail::FileReader file(path, "load_model");
  detail::TabularHead head = detail::read_tabular_head(file, path);
  detail::require_targets_of(detail::facts_of(std::type_identity<typename M::HeadType::TaskList>{}), head.section,
                             path);
  const int features = head.section.encoder.features();
  detail::require_bytes_for<M>(file, head, features, path);
  M own = model.make(features);
  detail::require_count(path, "features", static_cast<std::uint64_t>(features),
                        static_cast<std::uint64_t>(own.input_size()));
  detail::read_model_within(own, file, head.bytes, path);
  model.assign(std::move(head.section.encoder), std::move(own), std::move(head.section.majorities),
               std::move(head.section.thresholds));
}

}  // namespace qmtl::inline QMTL_ABI
