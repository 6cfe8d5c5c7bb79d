// SPDX-License-Identifier: Apache-2.0
// Tables of confusion matrices and of scores of classes, character by character.

#include "qmtl/train/metric_tables.hpp"

#include "support/catch.hpp"

namespace metric_tables_test {

using namespace qmtl;
using Classes = std::vector<int>;

const std::vector<std::string> names{"red", "green\n", "blue"};

TEST_CASE("a confusion matrix as a table, with names or numbers of classes") {
  const auto confusion = confusion_matrix(Classes{2, 0, 2, 2, 0, 1}, Classes{0, 0, 2, 2, 0, 2}, 3);
  CHECK(to_table(confusion, names) ==
        "truth \\ predicted  red  green?  blue\n"
        "red                  2       0     0\n"
        "green?               0       0     1\n"
        "blue                 1       0     2\n");
  CHECK(to_table(normalized(confusion, ConfusionShare::of_truth)) ==
        "truth \\ predicted      0  1      2\n"
        "0                      1  0      0\n"
        "1                      0  0      1\n"
        "2                  0.333  0  0.667\n");
  CHECK_THROWS_AS(to_table(confusion, std::vector<std::string>{"one"}), ShapeError);
  CHECK_THROWS_AS(to_table(ConfusionCounts(1, 2)), ShapeError);
}

TEST_CASE("scores of classes as a table, as scikit-learn's classification_report has them") {
  CHECK(to_table(precision_recall(Classes{0, 1, 2, 2, 2}, Classes{0, 0, 2, 2, 1}, 3), names) ==
        "class          precision  recall     F1  support\n"
        "red                0.500   1.000  0.667        1\n"
        "green?             0.000   0.000  0.000        1\n"
        "blue               1.000   0.667  0.800        3\n"
        "accuracy                          0.600        5\n"
        "macro mean         0.500   0.556  0.489        5\n"
        "weighted mean      0.700   0.600  0.613        5\n");
  CHECK(to_table(precision_recall(Classes{0, 0}, Classes{0, 0}, 2, std::vector<double>{0.5, 1})) ==
        "class          precision  recall     F1  support\n"
        "0                  1.000   1.000  1.000    1.500\n"
        "1                      -       -      -        0\n"
        "accuracy                          1.000    1.500\n"
        "macro mean         1.000   1.000  1.000    1.500\n"
        "weighted mean      1.000   1.000  1.000    1.500\n");
}

}  // namespace metric_tables_test
