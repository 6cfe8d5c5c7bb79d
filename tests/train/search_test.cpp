// SPDX-License-Identifier: Apache-2.0
// A search is cross-validation of each setting, sorted; what fails to train is a result; threads change no bit.

#include "qmtl/train/search.hpp"

#include <cmath>

#include "support/catch.hpp"
#include "support/throws.hpp"
#include "support/tiny_training.hpp"

namespace search_test {

using namespace qmtl;
using namespace qmtl::test;

struct Tuning {
  double rate = 1e-2;
  int batch = 8;
};

const auto make = [](const Tuning& tuning) {
  return Training{TinyModel(Seed{3}),
                  FitOptions{.epochs = 2, .batch_size = tuning.batch, .optimizer = Sgd{.learning_rate = tuning.rate}}};
};

std::vector<Fold> folds_of(Eigen::Index rows) {
  Rng rng(Seed{7});
  return k_fold(rows, 3, rng);
}

const SearchSettings<Tuning> settings{{{0.01, 8}, {1e200, 8}, {0.3, 8}, {0.1, 4}},
                                      {{"rate", [](const Tuning& t) { return detail::setting_text(t.rate); }}}};

TEST_CASE("each setting has the metrics of its cross-validation, and the best is first") {
  const auto data = tiny_data(60);
  const auto folds = folds_of(60);
  const auto found = search(settings, make, data, folds);
  REQUIRE(found.trials.size() == 4);
  for (const auto& trial : found.trials) {
    CHECK(settings.values[trial.number].rate == trial.setting.rate);
    if (!trial.error.empty()) continue;
    const auto expected = cross_validate([] { return TinyModel(Seed{3}); }, data, make(trial.setting).options, folds);
    std::vector<double> scores;
    for (std::size_t f = 0; f < folds.size(); ++f) {
      const auto& of = expected.metrics[f];
      CHECK(trial.metrics[f][0].auc == of[0].auc);
      scores.push_back((of[0].auc + of[1].auc + of[2].r2) / 3);
    }
    CHECK(trial.score.mean == Approx(summarize(scores).mean).epsilon(1e-14));
    CHECK(trial.score.deviation == Approx(summarize(scores).deviation).epsilon(1e-12));
  }
  CHECK(found.trials[0].score.mean >= found.trials[1].score.mean);
  CHECK(found.trials[1].score.mean >= found.trials[2].score.mean);
  CHECK(&found.best() == &found.trials.front());
}

TEST_CASE("a training that fails is recorded and ends nothing") {
  const auto found = search(settings, make, tiny_data(60), folds_of(60));
  const auto& last = found.trials.back();
  CHECK(last.number == 1);
  CHECK(last.error.find("qmtl: fit") == 0);
  CHECK(std::isnan(last.score.mean));
  CHECK(last.metrics.empty());
  const auto none = search(SearchSettings<Tuning>{{{1e200, 8}}}, make, tiny_data(60), folds_of(60));
  CHECK(message_of<NumericalError>([&] {
          (void)none.best();
        }).find("qmtl: search: expected a setting with a score, got none of 1; the first failed: qmtl: fit") == 0);
}

TEST_CASE("the number of threads changes no bit of a search") {
  const auto data = tiny_data(60);
  const auto one = search(settings, make, data, folds_of(60));
  const auto many = search(settings, make, data, folds_of(60), {.threads = 3});
  CHECK(to_table(one) == to_table(many));
  for (std::size_t i = 0; i < one.trials.size(); ++i) {
    CHECK(one.trials[i].number == many.trials[i].number);
    CHECK(one.trials[i].error == many.trials[i].error);
    if (one.trials[i].error.empty()) CHECK(one.trials[i].score.mean == many.trials[i].score.mean);
  }
}

TEST_CASE("the score may be one's own, and the chosen setting is trained on all rows") {
  const auto data = tiny_data(60);
  const auto loss = [](std::span<const TaskMetrics> tasks) { return -detail::total_loss(tasks); };
  const auto found = search(settings, make, data, folds_of(60), {.score = loss});
  double best = -1e300;
  for (const auto& trial : found.trials) {
    if (trial.error.empty()) best = std::max(best, trial.score.mean);
  }
  CHECK(found.best().score.mean == best);
  auto model = fit_best(found, make, data);
  auto expected = make(found.best().setting);
  fit(expected.model, data, expected.options);
  CHECK(model.predict(data.inputs) == expected.model.predict(data.inputs));
}

TEST_CASE("the default score leaves out what is undefined") {
  std::vector<TaskMetrics> tasks{
      {.name = "a", .classes = 2, .auc = 0.8}, {.name = "b", .classes = 3}, {.name = "c", .r2 = 0.4}};
  CHECK(mean_auc_or_r2(tasks) == Approx(0.6));
  CHECK(std::isnan(mean_auc_or_r2(std::span(tasks).subspan(1, 1))));
}

TEST_CASE("other mistakes end a search, as settings that fit refuses do") {
  const auto data = tiny_data(60);
  CHECK(message_of<ValueError>([&] {
          (void)search(SearchSettings<Tuning>{{{0.1, 8}, {0.1, 0}}}, make, data, folds_of(60), {.threads = 2});
        }) == "qmtl: fit: batch_size must be positive, got 0");
  CHECK_THROWS_AS(search(SearchSettings<Tuning>{}, make, data, folds_of(60)), ValueError);
  CHECK_THROWS_AS(search(settings, make, data, {}), ValueError);
  CHECK_THROWS_AS(search(settings, make, data, folds_of(60), {.score = {}}), ValueError);
}

TEST_CASE("the table of a search has a setting a line, the best first") {
  SearchResult<Tuning> found{{}, settings.columns};
  found.trials.push_back({2, {0.3, 8}, {0.9123, 0.01, 3}, {}, ""});
  found.trials.push_back({0, {0.01, 8}, {0.5, 0.0, 3}, {}, ""});
  found.trials.push_back({1, {1e200, 8}, {}, {}, "qmtl: fit: ..."});
  CHECK(to_table(found) ==
        "setting    rate   score     +-\n"
        "2           0.3   0.912  0.010\n"
        "0          0.01   0.500  0.000\n"
        "1        1e+200  failed      -\n");
}

TEST_CASE("the chosen setting stops early on a share of all rows, as it did in the folds") {
  const auto data = tiny_data(60);
  const auto stopped = [](const Tuning& tuning) {
    auto training = make(tuning);
    training.options.early_stopping = EarlyStopping{.patience = 1};
    training.options.epochs = 20;
    return training;
  };
  const SearchOptions options{.validation = 0.2};
  const auto found = search(settings, stopped, data, folds_of(60), options);
  const auto model = fit_best(found, stopped, data);
  auto expected = stopped(found.best().setting);
  Rng rng(expected.options.seed);
  const auto parts = split(60, {.train = 0.8, .validation = 0.2, .test = 0.0}, rng);
  fit(expected.model, data.select(parts.train), data.select(parts.validation), expected.options);
  CHECK(model.predict(data.inputs) == expected.model.predict(data.inputs));
  CHECK(to_table(search(settings, make, data, folds_of(60), options)) ==
        to_table(search(settings, make, data, folds_of(60))));  // nothing looks at validation rows: none are lost
}

}  // namespace search_test
