#include "report.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <locale>
#include <sstream>
#include <utility>

#include <tsattn/plot/confusion_matrix.hpp>
#include <tsattn/plot/mean_attention.hpp>

#include "support/forecast_report.hpp"

namespace ts = tsattn;

namespace {

template <class Pick>
std::vector<double> each(const std::vector<Run>& runs, const Pick& pick) {
  std::vector<double> values;
  for (const Run& run : runs) values.push_back(pick(run));
  return values;
}

MeanAndSpread accuracy_of(const std::vector<Run>& runs) {
  return mean_and_spread(each(runs, [](const Run& run) { return run.accuracy; }));
}
MeanAndSpread macro_f1_of(const std::vector<Run>& runs) {
  return mean_and_spread(each(runs, [](const Run& run) { return run.macro_f1; }));
}
MeanAndSpread loss_of(const std::vector<Run>& runs) {
  return mean_and_spread(each(runs, [](const Run& run) { return run.loss; }));
}

std::ostringstream stream_with_digits(int digits) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::fixed << std::setprecision(digits);
  return out;
}

}  // namespace

MeanAndSpread mean_and_spread(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  MeanAndSpread result;
  for (const double value : values) result.mean += value / count;
  double squares = 0;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  if (count > 1) result.spread = std::sqrt(squares / (count - 1));
  return result;
}

std::string seeds_table(const std::vector<Run>& runs) {
  if (runs.size() < 2) return "";
  std::ostringstream out = stream_with_digits(4);
  for (const Run& run : runs)
    out << "seed " << run.seed << "  accuracy " << run.accuracy << "  loss " << run.loss << '\n';
  const MeanAndSpread accuracy = accuracy_of(runs), loss = loss_of(runs);
  out << "mean of " << runs.size() << " seeds  accuracy " << accuracy.mean << " +- " << accuracy.spread << "  loss "
      << loss.mean << " +- " << loss.spread << '\n';
  return out.str();
}

std::string comparison_table(const std::string& model, const std::vector<Run>& runs,
                             const std::vector<Baseline>& baselines) {
  std::size_t width = model.size();
  for (const Baseline& baseline : baselines) width = std::max(width, baseline.name.size());
  std::ostringstream out = stream_with_digits(4);
  const auto line = [&](const std::string& name, double accuracy, double macro_f1) {
    out << name << std::string(width - name.size(), ' ') << "    " << accuracy << "    " << macro_f1 << '\n';
  };
  out << std::string(width, ' ') << "  Accuracy  Macro F1\n";
  line(model, accuracy_of(runs).mean, macro_f1_of(runs).mean);
  for (const Baseline& baseline : baselines) line(baseline.name, baseline.metrics.accuracy, baseline.metrics.macro_f1);
  return out.str();
}

nlohmann::ordered_json facts_of(const Options& options, const SeriesSets& sets) {
  const examples::TrainingChoice& training = options.training;
  return {{"data", sets.source},
          {"training_series", sets.training.size()},
          {"test_series", sets.test.size()},
          {"variables", sets.training.series[0].features()},
          {"classes", sets.training.classes},
          {"model", options.model.title()},
          {"hidden", options.model.hidden},
          {"layers", options.model.layers},
          {"segment", options.model.segment},
          {"dropout", options.model.dropout},
          {"differences", options.differences},
          {"class_weights", options.class_weights},
          {"epochs", training.epochs},
          {"batch_size", training.batch_size},
          {"optimizer", training.optimizer},
          {"learning_rate", training.learning_rate},
          {"schedule", training.schedule},
          {"seed", training.seed},
          {"validation_share", options.validation},
          {"epoch_chosen_by", options.validation > 0 ? "validation loss" : "training loss"}};
}

nlohmann::ordered_json to_json(const std::vector<Run>& runs) {
  nlohmann::ordered_json json;
  for (const Run& run : runs)
    json["runs"].push_back(
        {{"seed", run.seed}, {"accuracy", run.accuracy}, {"macro_f1", run.macro_f1}, {"loss", run.loss}});
  const MeanAndSpread accuracy = accuracy_of(runs), loss = loss_of(runs);
  json["mean_accuracy"] = accuracy.mean;
  json["standard_deviation_of_accuracy"] = accuracy.spread;
  json["mean_loss"] = loss.mean;
  return json;
}

nlohmann::ordered_json to_json(const ts::ClassificationMetrics& metrics, const std::vector<std::string>& classes) {
  nlohmann::ordered_json json{{"accuracy", metrics.accuracy}, {"macro_f1", metrics.macro_f1}};
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const ts::ClassMetrics& of_class = metrics.classes[c];
    std::vector<ts::Index> taken_for;
    for (ts::Index other = 0; other < metrics.confusion.cols(); ++other)
      taken_for.push_back(metrics.confusion(static_cast<ts::Index>(c), other));
    json["classes"].push_back({{"name", classes[c]},
                               {"precision", of_class.precision},
                               {"recall", of_class.recall},
                               {"f1", of_class.f1},
                               {"count", of_class.count},
                               {"predicted_as", taken_for}});
  }
  return json;
}

std::string predictions_csv(const SeriesSets& sets, const Scores& scores) {
  const std::vector<std::string>& classes = sets.test.classes;
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out.precision(6);
  out << "series,actual,predicted";
  for (const std::string& name : classes) out << ',' << examples::quoted("probability of " + name);
  out << '\n';
  for (std::size_t i = 0; i < scores.predicted.size(); ++i) {
    const std::string &actual = classes[static_cast<std::size_t>(sets.test.labels[i])],
                      &predicted = classes[static_cast<std::size_t>(scores.predicted[i])];
    out << sets.test_numbers[i] << ',' << examples::quoted(actual) << ',' << examples::quoted(predicted);
    for (ts::Index c = 0; c < scores.probabilities.features(); ++c)
      out << ',' << scores.probabilities(0, static_cast<ts::Index>(i), c);
    out << '\n';
  }
  return out.str();
}

std::vector<ts::PlotResult> draw_classification(const examples::ResultsFolder& folder, const SeriesSets& sets,
                                                const Classifier& classifier, const Scores& scores) {
  constexpr std::size_t kMostClasses = 30;  // that plot_confusion_matrix draws
  std::vector<ts::PlotResult> pictures;
  if (sets.test.classes.size() <= kMostClasses)
    pictures.push_back(
        ts::plot_confusion_matrix(folder.plots(), "confusion_matrix", scores.metrics.confusion,
                                  {.title = "Test series of " + sets.source, .class_names = sets.test.classes}));
  std::vector<std::string> legend;
  for (const std::string& name : sets.test.classes) legend.push_back("class " + name);
  if (examples::has_attention(classifier.model()))
    pictures.push_back(ts::plot_mean_attention(folder.plots(), "attention_by_class", classifier.attention(sets.test),
                                               {.title = "Mean attention over the test series of each class",
                                                .classes = sets.test.labels,
                                                .class_names = legend,
                                                .horizon = std::nullopt,
                                                .x_label = "step of the series"}));
  return pictures;
}
