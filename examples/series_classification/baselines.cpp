#include "baselines.hpp"

#include <algorithm>
#include <limits>

namespace ts = tsattn;

namespace {

ts::Index most_frequent_class(const ts::LabelledSeries& set) {
  std::vector<ts::Index> counts(set.classes.size());
  for (const ts::Index label : set.labels) ++counts[static_cast<std::size_t>(label)];
  return std::max_element(counts.begin(), counts.end()) - counts.begin();
}

/// The squared distance of sample a of `x` from sample b of `y`, or, once it is above `most`, any number above that.
double squared_distance(const ts::Sequence<double>& x, ts::Index a, const ts::Sequence<double>& y, ts::Index b,
                        double most) {
  double sum = 0;
  for (ts::Index t = 0; t < x.time() && sum <= most; ++t) sum += (x.step(t).col(a) - y.step(t).col(b)).squaredNorm();
  return sum;
}

std::vector<ts::Index> classes_of_nearest(const SeriesSets& sets) {
  const ts::Sequence<double> steps = ts::joined_steps(sets.training.series);
  ts::LabelledSamplesOptions options{.scaler = ts::Scaler::fit(ts::Scaling::standard, steps, {0, steps.time()})};
  for (const ts::LabelledSeries* set : {&sets.training, &sets.test})
    for (const ts::Sequence<double>& one : set->series) options.time = std::max(options.time, one.time());
  const ts::Sequence<double> known = ts::labelled_samples<double>(sets.training, options).inputs;
  const ts::Sequence<double> asked = ts::labelled_samples<double>(sets.test, options).inputs;
  std::vector<ts::Index> classes;
  for (ts::Index a = 0; a < asked.batch(); ++a) {
    double nearest = std::numeric_limits<double>::infinity();
    ts::Index label = 0;
    for (ts::Index b = 0; b < known.batch(); ++b)
      if (const double distance = squared_distance(asked, a, known, b, nearest); distance < nearest) {
        nearest = distance;
        label = sets.training.labels[static_cast<std::size_t>(b)];
      }
    classes.push_back(label);
  }
  return classes;
}

}  // namespace

std::vector<Baseline> baselines(const SeriesSets& sets) {
  const auto classes = static_cast<ts::Index>(sets.training.classes.size());
  const std::vector<ts::Index> most_frequent(sets.test.labels.size(), most_frequent_class(sets.training));
  return {{"nearest series", ts::classification_metrics(sets.test.labels, classes_of_nearest(sets), classes)},
          {"most frequent class", ts::classification_metrics(sets.test.labels, most_frequent, classes)}};
}
