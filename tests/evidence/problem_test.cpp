// SPDX-License-Identifier: Apache-2.0
// Tests of data sets that are read, and of those that are refused.

#include "evidence/problem.hpp"

#include <cmath>
#include <functional>
#include <map>
#include <string>

#include "qmtl/io/npz.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/throws.hpp"

namespace problem_test {

using namespace qmtl;
using namespace qmtl::benchmark::evidence;

constexpr std::size_t rows = 24;

/// Two tasks of 24 training and as many test rows: a has two classes, b three and a row in four without a label.
struct Arrays {
  std::vector<double> x_train = inputs(), x_test = x_train;
  std::vector<double> y_train = labels(), y_test = labels();

  static std::vector<double> inputs() {
    std::vector<double> out;
    for (std::size_t i = 0; i < 2 * rows; ++i) out.push_back(0.1 * static_cast<double>(i % 7));
    return out;
  }
  static std::vector<double> labels() {
    std::vector<double> out;
    for (std::size_t row = 0; row < rows; ++row) {
      out.push_back(static_cast<double>(row % 2));
      out.push_back(row % 4 == 3 ? -1.0 : static_cast<double>(row % 4));
    }
    return out;
  }
};

Problem load(const std::function<void(Arrays&)>& change, std::size_t train = rows) {
  const test::TempDir dir;
  Arrays arrays;
  change(arrays);
  const std::vector<std::string> names{"a", "b"};
  std::map<std::string, NpyArray> out{{"task_names", to_npy(std::span<const std::string>(names))}};
  const auto add = [&out](const char* name, std::vector<double> values, std::size_t count) {
    values.resize(2 * count);
    out[name] = make_npy<double>(values, {count, 2});
  };
  add("x_train", arrays.x_train, train);
  add("y_train", arrays.y_train, train);
  add("x_test", arrays.x_test, rows);
  add("y_test", arrays.y_test, rows);
  write_npz(dir / "problem.npz", out);
  return load_problem("p", dir / "problem.npz", {"x"});
}

std::string refusal(const std::function<void(Arrays&)>& change, std::size_t train = rows) {
  return test::message_of<ValueError>([&] { (void)load(change, train); });
}

void set_labels(std::vector<double>& labels, std::size_t task, double from, double to) {
  for (std::size_t row = 0; row < rows; ++row) {
    if (labels[2 * row + task] == from) labels[2 * row + task] = to;
  }
}

TEST_CASE("a problem is read with its classes", "[evidence][problem]") {
  const Problem problem = load([](Arrays&) {});
  CHECK(problem.classes == std::vector{2, 3});
  CHECK(class_counts(problem.train, 0, 2) == std::vector{12, 12});
  CHECK(class_counts(problem.train, 1, 3) == std::vector{6, 6, 6});
  const Problem missing = load([](Arrays& a) { set_labels(a.y_train, 1, -1.0, std::nan("")); });
  CHECK(class_counts(missing.train, 1, 3) == std::vector{6, 6, 6});
  // a class that has no test row is one nevertheless
  CHECK(load([](Arrays& a) { set_labels(a.y_test, 1, 2.0, -1.0); }).classes == std::vector{2, 3});
}

TEST_CASE("labels that a slip has changed are no classes", "[evidence][problem]") {
  const auto names = [](const std::string& message, const char* what) {
    return message.find(what) != std::string::npos && message.find("problem.npz") != std::string::npos;
  };
  // -1 and 1: the negatives are missing
  CHECK(names(refusal([](Arrays& a) { set_labels(a.y_train, 0, 0.0, -1.0); }), "got none of class 0"));
  // -1 in a type without a sign
  CHECK(names(refusal([](Arrays& a) { set_labels(a.y_train, 1, -1.0, 255.0); }), "got none of class 3"));
  CHECK(names(refusal([](Arrays& a) { set_labels(a.y_test, 1, 2.0, 7.0); }), "labels are 0 to 7"));
  CHECK(names(refusal([](Arrays& a) { set_labels(a.y_test, 0, 1.0, 0.0); }),
              "task 'a', expected test rows of two classes"));
  CHECK(names(refusal([](Arrays& a) { set_labels(a.y_train, 0, 1.0, 1e7); }), "got 10000000"));
}

TEST_CASE("too few rows and inputs that are not finite are refused", "[evidence][problem]") {
  CHECK(refusal([](Arrays&) {}, 8).find("expected at least 20, got 8") != std::string::npos);
  CHECK(refusal([](Arrays& a) {
          a.x_test[2 * 7 + 1] = std::nan("");
        }).find("test rows: qmtl: inputs: row 7, feature 1") != std::string::npos);
  CHECK(refusal([](Arrays& a) { a.x_train[0] = 1e200; }).find("training rows: ") != std::string::npos);
  CHECK(refusal([](Arrays& a) { a.y_test[2 * 5] = 0.5; }).find("test rows: ") != std::string::npos);
  CHECK(refusal([](Arrays& a) { a.x_train[0] = HUGE_VAL; }).find("training rows: qmtl: inputs: row 0, feature 0") !=
        std::string::npos);
}

}  // namespace problem_test
