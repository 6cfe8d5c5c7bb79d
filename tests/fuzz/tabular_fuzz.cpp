// SPDX-License-Identifier: Apache-2.0
// load_model of a TabularModel: an input is a decision and what a file holds of the encoder, to which length, model and
// checksum are made right, or a whole file, of which the checksum is.

#include <array>
#include <bit>
#include <optional>

#include "fuzz/saved_file.hpp"
#include "qmtl/backbone/mlp.hpp"
#include "qmtl/tabular/tabular_file.hpp"

namespace qmtl::fuzz {
namespace {

using Tabular =
    TabularModel<LinearModel<Mlp<Eigen::Dynamic, 3, 2>, Task<"kind", RotationBlock<1>, Window<0, 1>, Binary>,
                             Task<"size", RotationBlock<1>, Window<1, 1>, Regression<>>>>;

constexpr std::size_t length_at = tabular_magic.size() + sizeof(std::uint32_t);
constexpr std::size_t section_at = length_at + sizeof(std::uint64_t);

[[nodiscard]] const Table& table() {
  static const Table of = parse_table("age,plan,kind,size,w\n1,a,no,1,7\n,b,yes,2,7\n5,,no,3,7\n", ',');
  return of;
}

/// A file whose model has five features.
[[nodiscard]] Bytes genuine(TableColumns columns) {
  static const std::string path = scratch_path("tabular");
  Tabular model(std::move(columns), Seed{1});
  const std::vector<Eigen::Index> rows{0, 1, 2};
  (void)model.fit(table(), rows, {.epochs = 0});
  model.set_threshold("kind", 0.25);
  save_model(model, path);
  return read_file(path, most_bytes);
}

[[nodiscard]] std::uint64_t length_of(BytesView file) {
  std::uint64_t length = 0;
  std::memcpy(&length, file.data() + length_at, sizeof length);
  return length;
}

[[nodiscard]] Bytes with_checksum(Bytes file) {
  const auto checksum = std::bit_cast<std::array<std::byte, 8>>(detail::fnv1a(file));
  file.insert(file.end(), checksum.begin(), checksum.end());
  return file;
}

/// The file for an input.
[[nodiscard]] Bytes file_of(BytesView input) {
  static const Bytes original = genuine({});
  static const BytesView model =
      BytesView(original).first(original.size() - 8).subspan(section_at + length_of(original));
  Decisions decisions(input);
  if (decisions.byte() >= 128) return with_checksum(joined({decisions.rest()}));
  const auto length = std::bit_cast<std::array<std::byte, 8>>(std::uint64_t{decisions.rest().size()});
  return with_checksum(joined({BytesView(original).first(length_at), length, decisions.rest(), model}));
}

[[nodiscard]] Bytes saved(const Tabular& model) {
  static const std::string path = scratch_path("tabular-again");
  save_model(model, path);
  return read_file(path, most_bytes);
}

}  // namespace

void check(BytesView input) {
  static MemoryFile file;
  const auto load = [](const Bytes& bytes) {
    std::optional<Tabular> model(std::in_place);
    file.assign(bytes);
    const bool accepted = accepts([&] { load_model(*model, file.path()); });
    require(accepted == model->fitted(), "a refused file leaves the model as it was");
    if (!accepted) model.reset();
    return model;
  };
  const Bytes bytes = file_of(input);
  const auto model = load(bytes);
  if (!model) return;
  require(model->encoder().feature_names().size() == static_cast<std::size_t>(model->model().input_size()),
          "every feature has a name");
  (void)accepts([&] { require(model->predict(table()).rows == 3, "every row is predicted"); });
  (void)accepts([&] { require(model->encoder().dataset(table()).rows() == 3, "every row has labels"); });
  const Bytes again = saved(*model);
  require(again == bytes, "a model is the same file after a round trip");
  require(!load(damaged(bytes)), "a damaged file is refused");
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> out;
  for (const Bytes& file : {genuine({}), genuine({.ignored = {"w"}, .rule = {.unseen_value = Unseen::refused}})}) {
    const std::byte section{0}, whole{128};
    out.push_back(joined({{&section, 1}, BytesView(file).subspan(section_at, length_of(file))}));
    out.push_back(joined({{&whole, 1}, BytesView(file).first(file.size() - 8)}));
  }
  return out;
}

}  // namespace qmtl::fuzz
