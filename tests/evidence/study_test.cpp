// SPDX-License-Identifier: Apache-2.0
// Tests of contests with equal budgets, of the heads that only studies have, and of what studies print.

#include "evidence/study.hpp"

#include <cmath>

#include "evidence/interactions.hpp"
#include "evidence/part_check.hpp"
#include "evidence/study_heads.hpp"
#include "qmtl/loss/statistics.hpp"
#include "support/catch.hpp"

namespace study_test {

using namespace qmtl;
using namespace qmtl::benchmark;
using namespace qmtl::benchmark::evidence;

/// Two tasks, products of two features each, on windows of their own.
Trial make_trial(std::uint64_t seed, int order = 2) {
  const auto draw = [&](std::uint64_t rows_seed) {
    return make_interaction_tasks({.rows = 400,
                                   .features = 4,
                                   .order = order,
                                   .task_features = TaskFeatures::own,
                                   .seed = Seed{rows_seed}})
        .data;
  };
  return {draw(seed), draw(seed + 100), Seed{seed}};
}

ContestOptions quick(int threads = 1) {
  return {.settings = {{3e-2, 1.0, 10}, {9e-2, 1.0, 10}}, .extensions = 0, .threads = threads};
}

ContestOutcome run(const HeadKind& kind, const ContestOptions& options) {
  const std::vector<Trial> search{make_trial(11)}, finals{make_trial(1), make_trial(2)};
  return contest(contender(binary_tasks(2), {4}, kind), search, finals, options);
}

TEST_CASE("heads that read windows have as many parameters, however many windows they read", "[evidence][study]") {
  for (const int windows : {1, 2, 4}) {
    const auto kind = windowed_head({.encoding_layers = 2, .windows = windows, .trainable_scale = true}, 8, 4);
    const PartPointer part = kind.make(Seed{1});
    CHECK(part->inputs() == 8);
    CHECK(part->outputs() == 4);
    CHECK(part->parameters() == 4 * 9);
    CHECK(kind.task_parameters == std::vector<int>(4, 9));
  }
  using evidence::Entangler;  // qmtl has a concept of that name
  for (const Entangler entangler : {Entangler::none, Entangler::ring, Entangler::opposite}) {
    CHECK(windowed_head({.encoding_layers = 3, .entangler = entangler}, 6, 3).make(Seed{1})->parameters() == 3 * 8);
  }
  CHECK(windowed_head({.width = 3, .block_layers = 0}, 6, 2).make(Seed{1})->parameters() == 2 * 6);
  CHECK(products_kind(6, 3, 3, 2).make(Seed{1})->parameters() == 2 * 8);
  CHECK(low_rank_kind(6, 2, 5).make(Seed{1})->parameters() == 6 * 2 + 5 * 3);
  CHECK(linear_kind(6, 5).make(Seed{1})->parameters() == 5 * 7);
  CHECK(named_kinds(4, 2, {"linear", "quantum_sum"}).size() == 2);
  CHECK_THROWS_AS(windowed_head({.width = 3}, 2, 1), ShapeError);
  CHECK_THROWS_AS(windowed_head({.windows = 5}, 4, 1), ShapeError);
  CHECK_THROWS_AS(products_kind(3, 4, 1, 1), ShapeError);
}

TEST_CASE("gradients of products are those of their values", "[evidence][study]") {
  test::check_gradients(*products_kind(4, 2, 2, 2).make(Seed{1}), 1);
}

TEST_CASE("a quantum head and products learn a product, a linear head does not", "[evidence][study]") {
  const auto quantum = run(windowed_head({.stride = 2}, 4, 2), quick());
  const auto products = run(products_kind(4, 2, 2, 2), quick());
  const auto linear = run(linear_kind(4, 2), quick());
  CHECK(quantum.auc.size() == 2);
  CHECK(quantum.quantum);
  CHECK(quantum.head_parameters == 16);
  CHECK(quantum.parameters == 16);
  CHECK(quantum.settings_tried == 2);
  CHECK(summarize(quantum.auc).mean > 0.9);
  CHECK(summarize(products.auc).mean > 0.9);
  CHECK(summarize(linear.auc).mean == Approx(0.5).margin(0.1));
}

TEST_CASE("a contest has the same outcome on any number of threads", "[evidence][study]") {
  const auto kind = windowed_head({.stride = 2}, 4, 2);
  const auto one = run(kind, quick(1)), two = run(kind, quick(2));
  CHECK(one.auc == two.auc);
  CHECK(one.predictions == two.predictions);
  CHECK(one.setting == two.setting);
  CHECK(one.validation_auc == two.validation_auc);
}

TEST_CASE("a winning rate at the edge is followed by others", "[evidence][study]") {
  ContestOptions options = quick();
  options.settings = {{1e-7, 1.0, 2}, {1e-6, 1.0, 2}};
  options.extensions = 2;
  const auto outcome = run(products_kind(4, 2, 2, 2), options);
  CHECK(outcome.settings_tried > 2);
  CHECK_THROWS_AS(contest(contender(binary_tasks(2), {4}, linear_kind(4, 2)), {}, {}, quick()), ShapeError);
}

Study made_up() {
  Study study{.name = "made_up", .title = "Made up", .columns = {"order", "rows"}};
  for (const char* rows : {"100", "200"}) {
    const std::size_t begin = study.entries.size();
    for (const char* name : {"quantum", "linear"}) {
      StudyEntry entry{{"2", rows}, {.name = name}};
      entry.outcome.auc = name[0] == 'q' ? std::vector{0.75, 0.875} : std::vector{0.5, 0.625};
      study.entries.push_back(entry);
    }
    compare_with_base(study, begin);
  }
  return study;
}

TEST_CASE("a study's table has an entry a line and differences from its base", "[evidence][study]") {
  const Study study = made_up();
  CHECK(study.entries[0].base_auc == std::vector{0.5, 0.625});
  CHECK(study.entries[1].base_auc.empty());
  const std::string table = markdown(study);
  CHECK(table.find("## Made up") == 0);
  CHECK(table.find("less linear") != std::string::npos);
  CHECK(table.find("+0.2500") != std::string::npos);
  CHECK(table.find("95 %") == std::string::npos);
  CHECK(to_json(study).find("\"difference\": 0.25") != std::string::npos);
}

TEST_CASE("a study has a plot for each choice of what is not its axis", "[evidence][study]") {
  const auto drawn = plots(made_up());
  REQUIRE(drawn.size() == 1);
  CHECK(drawn[0].name == "made_up_order_2");
  CHECK(drawn[0].script.find("set xlabel 'rows'") != std::string::npos);
  CHECK(drawn[0].script.find("100 0.8125 ") != std::string::npos);
}

}  // namespace study_test
