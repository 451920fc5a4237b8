#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/forecasting/classification_metrics.hpp>

#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

using Classes = std::vector<Index>;

/// A quotient of whole numbers is rounded once there and here, a mean of C of them C times.
void check_close(double value, double expected) { CHECK(std::abs(value - expected) <= 1e-15); }

void check_class(const ClassMetrics& metrics, double precision, double recall, double f1, Index count) {
  check_close(metrics.precision, precision);
  check_close(metrics.recall, recall);
  check_close(metrics.f1, f1);
  CHECK(metrics.count == count);
}

// The expected numbers: confusion_matrix, accuracy_score, precision_recall_fscore_support and f1_score(average="macro")
// of scikit-learn 1.2.1.
TEST_CASE("metrics of classes are those of scikit-learn") {
  const ClassificationMetrics metrics = classification_metrics(Classes{0, 0, 0, 1, 1, 2, 2, 2, 2, 0, 1, 2},
                                                               Classes{0, 1, 0, 1, 2, 2, 2, 0, 2, 0, 1, 2}, 3);
  const Index confusion[3][3] = {{3, 1, 0}, {0, 2, 1}, {1, 0, 4}};
  for (Index row = 0; row < 3; ++row)
    for (Index col = 0; col < 3; ++col) CHECK(metrics.confusion(row, col) == confusion[row][col]);
  check_close(metrics.accuracy, 0.75);
  check_close(metrics.macro_f1, 0.7388888888888889);
  REQUIRE(metrics.classes.size() == 3);
  check_class(metrics.classes[0], 0.75, 0.75, 0.75, 4);
  check_class(metrics.classes[1], 0.6666666666666666, 0.6666666666666666, 0.6666666666666666, 3);
  check_class(metrics.classes[2], 0.8, 0.8, 0.8, 5);
}

// The same with labels=[0, 1, 2, 3, 4], zero_division=0: class 1 is never predicted, 3 is not there, 4 is neither.
TEST_CASE("classes that are not there or not predicted have 0, as in scikit-learn") {
  const ClassificationMetrics metrics = classification_metrics(Classes{0, 0, 1, 1, 2}, Classes{0, 3, 0, 0, 2}, 5);
  check_close(metrics.accuracy, 0.4);
  check_close(metrics.macro_f1, 0.28);
  REQUIRE(metrics.classes.size() == 5);
  check_class(metrics.classes[0], 1.0 / 3, 0.5, 0.4, 2);
  check_class(metrics.classes[1], 0, 0, 0, 2);
  check_class(metrics.classes[2], 1, 1, 1, 1);
  check_class(metrics.classes[3], 0, 0, 0, 0);
  check_class(metrics.classes[4], 0, 0, 0, 0);
  CHECK(metrics.confusion(0, 3) == 1);
  CHECK(metrics.confusion(3, 0) == 0);
}

TEST_CASE("numbers of classes that cannot be compared are refused") {
  const Classes two{0, 1}, three{0, 1, 2}, none;
  CHECK_THROWS_WITH_AS(classification_metrics(two, two, 0),
                       "[classification_metrics] expected a number of classes of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(classification_metrics(two, three, 3),
                       "[classification_metrics] expected as many predicted classes as actual ones, got 3 and 2",
                       ShapeError);
  CHECK_THROWS_WITH_AS(classification_metrics(none, none, 2),
                       "[classification_metrics] expected at least one sample, got none", DataError);
  CHECK_THROWS_WITH_AS(classification_metrics(three, Classes{0, 0, 0}, 2),
                       "[classification_metrics] expected classes from 0 to 1, got actual[2] = 2", DataError);
  CHECK_THROWS_WITH_AS(classification_metrics(two, Classes{0, -1}, 2),
                       "[classification_metrics] expected classes from 0 to 1, got predicted[1] = -1", DataError);
}

TEST_CASE_TEMPLATE("the predicted class has the highest score, the first of equal ones", S, float, double) {
  const auto scores = sequence_of<S>({1, 4, 3}, {1, 5, 2, 7, 7, 7, -3, -2, -1, 0, 0, -1});
  CHECK(predicted_classes(scores) == Classes{1, 0, 2, 0});
  CHECK(predicted_classes(Sequence<S>({1, 0, 3})).empty());
}

TEST_CASE_TEMPLATE("one score is that of the second of two classes", S, float, double) {
  const auto scores = sequence_of<S>({1, 5, 1}, {S(0.2), S(0.5), S(0.51), S(1), S(-3)});
  CHECK(predicted_classes(scores) == Classes{0, 0, 1, 1, 0});  // 0.5: both alike, the first
  CHECK(predicted_classes(scores, 0) == Classes{1, 1, 1, 1, 0});
}

TEST_CASE("scores that give no class are refused") {
  CHECK_THROWS_WITH_AS(predicted_classes(Sequence<float>({2, 3, 4})),
                       "[predicted_classes] expected scores of one step, a feature for each class, got [time=2, "
                       "batch=3, features=4]",
                       ShapeError);
  CHECK_THROWS_AS(predicted_classes(Sequence<float>({1, 3, 0})), ShapeError);
  CHECK_THROWS_WITH_AS(predicted_classes(sequence_of({1, 2, 2}, {1., 2., 3., std::nan("")})),
                       "[predicted_classes] expected finite values in scores, got nan at step 0, sample 1, feature 1",
                       DataError);
}

/// 75 of the first class, 4 of them taken for the second; 76 of the second, 3 of them taken for the first.
ClassificationMetrics two_classes() {
  Classes actual(75, 0), predicted(71, 0);
  actual.insert(actual.end(), 76, 1);
  predicted.insert(predicted.end(), 4, 1);
  predicted.insert(predicted.end(), 3, 0);
  predicted.insert(predicted.end(), 73, 1);
  return classification_metrics(actual, predicted, 2);
}

TEST_CASE("metrics of classes as tables") {
  const std::vector<std::string> names{"Gun", "Point"};
  CHECK(classification_table(two_classes(), names) ==
        "          Precision  Recall      F1  Count\n"
        "Gun          0.9595  0.9467  0.9530     75\n"
        "Point        0.9481  0.9605  0.9542     76\n"
        "Macro F1                     0.9536\n"
        "Accuracy                     0.9536    151\n");
  CHECK(confusion_table(two_classes(), names) ==
        "actual \\ predicted  Gun  Point\n"
        "Gun                  71      4\n"
        "Point                 3     73\n");
}

TEST_CASE("tables with names in UTF-8 stay aligned") {
  const std::vector<std::string> names{"größer", "a name that is longer than a title"};
  CHECK(confusion_table(two_classes(), names) ==
        "actual \\ predicted                  größer  a name that is longer than a title\n"
        "größer                                  71                                   4\n"
        "a name that is longer than a title       3                                  73\n");
  CHECK_THROWS_WITH_AS(confusion_table(two_classes(), std::vector<std::string>{"a"}),
                       "[confusion_table] expected a name for each of 2 classes, got 1", ShapeError);
  CHECK_THROWS_WITH_AS(classification_table(two_classes(), {}),
                       "[classification_table] expected a name for each of 2 classes, got 0", ShapeError);
}

}  // namespace
