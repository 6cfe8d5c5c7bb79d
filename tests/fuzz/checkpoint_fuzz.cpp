// SPDX-License-Identifier: Apache-2.0
// fit that goes on from a checkpoint: an input is a decision, which names the training, and the state in its
// checkpoint, or a whole file. Size and checksum are made right, or no change would get past them.

#include "qmtl/train/checkpoint.hpp"

#include <fstream>
#include <optional>

#include "fuzz/saved_file.hpp"
#include "support/tiny_training.hpp"

namespace qmtl::fuzz {
namespace {

using test::tiny_cases;
using test::TinyModel;

constexpr std::size_t size_at = 12;

struct Data {
  Dataset<double> train = test::tiny_data(6), validation = test::tiny_data(3);
};

[[nodiscard]] const Data& data() {
  static const Data all;
  return all;
}

[[nodiscard]] const std::string& path() {
  static const std::string name = scratch_path("checkpoint");
  return name;
}

[[nodiscard]] FitOptions options(std::size_t which) {
  FitOptions out = test::tiny_options(which);
  out.checkpoint = Checkpointing{.path = path(), .every_epochs = 0};
  return out;
}

[[nodiscard]] TinyModel untrained() { return TinyModel(Seed{1}); }

/// What the checkpoint file holds at the end of each epoch, that is after every third step, and at the end of all.
[[nodiscard]] std::vector<Bytes> genuine(std::size_t which) {
  std::vector<Bytes> out;
  FitOptions recorded = options(which);
  recorded.checkpoint->every_steps = 3;
  recorded.checkpoint->resume = false;
  const auto keep = [&] { out.push_back(read_file(path(), most_bytes)); };
  recorded.callbacks.push_back([&](const EpochRecord&) {
    keep();
    return true;
  });
  TinyModel model = untrained();
  fit(model, data().train, data().validation, recorded);
  keep();
  return out;
}

[[nodiscard]] SavedFile format(std::size_t which) {
  TinyModel model = untrained();
  ModelTrainee trainee(model);
  const auto identity = detail::identity<double>(trainee, data().train, &data().validation, options(which));
  return SavedFile(genuine(which).front(), identity);
}

void write(BytesView bytes) {
  std::ofstream file(path(), std::ios::binary);
  file.write(as_text(bytes).data(), static_cast<std::streamsize>(bytes.size()));
}

/// All numbers that the training ends with, or nothing where the file is refused or the training diverges.
[[nodiscard]] std::optional<std::vector<double>> resumed(std::size_t which) {
  std::optional<std::vector<double>> out;
  (void)accepts([&] {
    TinyModel model = untrained();
    const FitOptions continued = options(which);
    const FitReport report = fit(model, data().train, data().validation, continued);
    require(report.history.size() <= static_cast<std::size_t>(continued.epochs),
            "there are no more epochs than planned");
    require(report.best_epoch >= 0 && report.best_epoch <= continued.epochs, "the best epoch is one of them");
    for (const double parameter : model.backbone().parameters()) {
      require(std::isfinite(parameter), "a trained parameter is finite");
    }
    out = test::tiny_outcome(model, report);
  });
  return out;
}

[[nodiscard]] bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return std::ranges::equal(std::as_bytes(std::span(a)), std::as_bytes(std::span(b)));
}

}  // namespace

void check(BytesView input) {
  static const std::vector<SavedFile> formats = {format(0), format(1), format(2), format(3), format(4)};
  Decisions decisions(input);
  const unsigned decision = decisions.byte();
  const std::size_t which = decision % tiny_cases;
  const Bytes bytes = formats[which].file(input, size_at);
  write(bytes);
  const auto outcome = resumed(which);
  if (!outcome || (decision & 64u) == 0) return;  // what follows takes twice as long again
  const auto again = resumed(which);
  require(again && same_bits(*again, *outcome), "a training that has ended gives its result again");
  write(damaged(bytes));
  require(!resumed(which), "a damaged file is refused");
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> out;
  for (std::size_t which = 0; which < tiny_cases; ++which) {
    const SavedFile saved = format(which);
    const auto decision = static_cast<std::byte>(which);
    for (const Bytes& file : genuine(which)) out.push_back(saved.input_of_body(file, decision));
    out.push_back(saved.input_of_whole(genuine(which).front(), decision | std::byte{64}));
  }
  return out;
}

}  // namespace qmtl::fuzz
