#include "series_sets.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>
#include <sstream>
#include <utility>

#include <tsattn/core/random.hpp>
#include <tsattn/data/table.hpp>
#include <tsattn/formats/shown_text.hpp>

#include "stratified.hpp"
#include "support/series_choice.hpp"

namespace ts = tsattn;

namespace {

ts::LabelledSeries load(const std::filesystem::path& path) {
  ts::LabelledSeries set = ts::load_ts(path);
  if (set.classes.empty())
    ts::fail<ts::DataError>(path.string(), "expected series with classes, got @classLabel false");
  return set;
}

/// Changes the classes of `set` to `classes`, which may be fewer or in another order. Throws DataError, naming the
/// file, if a series is of none of them.
void use_classes(const std::string& file, ts::LabelledSeries& set, const std::vector<std::string>& classes) {
  for (ts::Index i = 0; i < set.size(); ++i) {
    ts::Index& label = set.labels[static_cast<std::size_t>(i)];
    const std::string& name = set.classes[static_cast<std::size_t>(label)];
    const auto found = std::find(classes.begin(), classes.end(), name);
    if (found == classes.end())
      ts::fail<ts::DataError>(file, "expected classes of which there are training series, got class ",
                              ts::shown_text(name), " for series ", i + 1);
    label = found - classes.begin();
  }
  set.classes = classes;
}

/// The classes that occur, in their order. Throws DataError if there are fewer than two.
std::vector<std::string> used_classes(const std::string& file, const ts::LabelledSeries& set) {
  std::vector<std::string> used;
  for (std::size_t c = 0; c < set.classes.size(); ++c)
    if (std::find(set.labels.begin(), set.labels.end(), static_cast<ts::Index>(c)) != set.labels.end())
      used.push_back(set.classes[c]);
  if (used.size() < 2)
    ts::fail<ts::DataError>(file, "expected training series of at least two classes, got ", used.size(), ": ",
                            ts::shown_text(used.at(0)));
  return used;
}

/// Throws DataError for a feature that has one value alone: it can be neither scaled nor learned from.
void require_variation(const std::string& file, const ts::LabelledSeries& set) {
  for (ts::Index f = 0; f < set.series[0].features(); ++f) {
    const double first = set.series[0](0, 0, f);
    const bool varies = std::any_of(set.series.begin(), set.series.end(), [&](const ts::Sequence<double>& one) {
      for (ts::Index t = 0; t < one.time(); ++t)
        if (one(t, 0, f) != first) return true;
      return false;
    });
    if (!varies)
      ts::fail<ts::DataError>(file, "expected values that vary, got ", first, " in all training series for variable ",
                              f + 1);
  }
}

std::vector<ts::Index> numbers_up_to(ts::Index last) {
  std::vector<ts::Index> numbers;
  for (ts::Index number = 1; number <= last; ++number) numbers.push_back(number);
  return numbers;
}

SeriesSets read_ts_files(const Options& options) {
  SeriesSets sets{options.train.filename().string() + ", " + options.test.filename().string(),
                  load(options.train),
                  load(options.test),
                  {}};
  use_classes(options.train.string(), sets.training, used_classes(options.train.string(), sets.training));
  use_classes(options.test.string(), sets.test, sets.training.classes);
  if (const ts::Index wanted = sets.training.series[0].features(); sets.test.series[0].features() != wanted)
    ts::fail<ts::DataError>(options.test.string(), "expected series of ", wanted,
                            " variables, as the training series, got ", sets.test.series[0].features());
  require_variation(options.train.string(), sets.training);
  sets.test_numbers = numbers_up_to(sets.test.size());
  return sets;
}

/// Throws DataError for the first missing value.
void require_complete(const std::string& file, const ts::Table& table) {
  for (ts::Index row = 0; row < table.rows(); ++row)
    for (ts::Index column = 0; column < table.columns(); ++column)
      if (std::isnan(table.values(row, 0, column)))
        ts::fail<ts::DataError>(file, "expected a number in every cell, got a missing value in row ", row + 1,
                                ", column ", ts::shown_text(table.names[static_cast<std::size_t>(column)]),
                                "; fill the gap or leave the row out");
}

/// Each row of the table is a series of one feature.
ts::LabelledSeries series_of_rows(const std::string& file, const ts::Table& table) {
  const std::vector<std::string>& labels = table.texts[0].values;
  if (table.columns() < 2)
    ts::fail<ts::DataError>(file, "expected a column for every step, at least 2, beside that of the classes, got ",
                            table.columns());
  const std::set<std::string> names(labels.begin(), labels.end());
  ts::LabelledSeries set{"", {names.begin(), names.end()}, {}, {}};
  for (ts::Index row = 0; row < table.rows(); ++row) {
    const std::string& label = labels[static_cast<std::size_t>(row)];
    if (label.empty())
      ts::fail<ts::DataError>(file, "expected a class in column ", ts::shown_text(table.texts[0].name),
                              ", got an empty cell in row ", row + 1);
    ts::Sequence<double> one({table.columns(), 1, 1});
    std::copy_n(table.values.step_data(row), table.columns(), one.data());
    set.series.push_back(std::move(one));
    set.labels.push_back(std::distance(names.begin(), names.find(label)));
  }
  return set;
}

SeriesSets read_rows(const Options& options) {
  const std::string file = options.data.string();
  const ts::Table table = examples::read_table(options.data, {.text_columns = {options.label}});
  require_complete(file, table);
  const ts::LabelledSeries all = series_of_rows(file, table);
  used_classes(file, all);
  const Split split = stratified_split(all, options.test_share, options.training.seed);
  SeriesSets sets{options.data.filename().string(), series_at(all, split.rest), series_at(all, split.part), {}};
  require_variation(file, sets.training);
  for (const ts::Index row : split.part) sets.test_numbers.push_back(row + 1);
  return sets;
}

/// Waves of one of three shapes with noise; phase and period are random and tell nothing of the class.
ts::LabelledSeries made_up_waves(ts::Index count, std::uint64_t seed) {
  constexpr ts::Index kSteps = 60;
  constexpr double kNoise = 0.3;
  ts::LabelledSeries set{"waves", {"sine", "sawtooth", "square"}, {}, {}};
  ts::Random random(seed);
  for (ts::Index i = 0; i < count; ++i) {
    const ts::Index shape = i % 3;
    const double period = random.uniform(16, 24), phase = random.uniform();
    ts::Sequence<double> wave({kSteps, 1, 1});
    for (ts::Index t = 0; t < kSteps; ++t) {
      const double turns = static_cast<double>(t) / period + phase, place = turns - std::floor(turns);
      // Each of the standard deviation 1 over a period.
      const double value = shape == 0   ? std::numbers::sqrt2 * std::sin(2 * std::numbers::pi * place)
                           : shape == 1 ? std::sqrt(3.0) * (2 * place - 1)
                                        : (place < 0.5 ? 1 : -1);
      wave(t, 0, 0) = value + kNoise * random.normal();
    }
    set.series.push_back(std::move(wave));
    set.labels.push_back(shape);
  }
  return set;
}

}  // namespace

SeriesSets read_sets(const Options& options) {
  SeriesSets sets;
  if (!options.train.empty()) {
    sets = read_ts_files(options);
  } else if (!options.data.empty()) {
    sets = read_rows(options);
  } else {
    ts::Random random(options.training.seed);
    sets = {"made-up waves", made_up_waves(90, random.bits()), made_up_waves(150, random.bits()), numbers_up_to(150)};
  }
  for (ts::LabelledSeries* set : {&sets.training, &sets.test})
    for (std::string& name : set->classes) name = ts::printable_utf8(name);
  return sets;
}

ts::LabelledSeries with_differences(const ts::LabelledSeries& set) {
  ts::LabelledSeries result{set.problem, set.classes, {}, set.labels};
  for (const ts::Sequence<double>& one : set.series) {
    ts::Sequence<double> both({one.time(), 1, 2 * one.features()});
    for (ts::Index t = 0; t < one.time(); ++t) {
      both.step(t).topRows(one.features()) = one.step(t);
      if (t > 0) both.step(t).bottomRows(one.features()) = one.step(t) - one.step(t - 1);
    }
    result.series.push_back(std::move(both));
  }
  return result;
}

std::string description(const SeriesSets& sets) {
  const auto [shortest, longest] = std::minmax_element(
      sets.training.series.begin(), sets.training.series.end(),
      [](const ts::Sequence<double>& a, const ts::Sequence<double>& b) { return a.time() < b.time(); });
  const ts::Index variables = shortest->features();
  std::ostringstream out;
  out << sets.source << ": " << sets.training.size() << " training and " << sets.test.size() << " test series, "
      << shortest->time();
  if (shortest->time() != longest->time()) out << " to " << longest->time();
  out << " steps, " << variables << (variables == 1 ? " variable, " : " variables, ") << sets.training.classes.size()
      << " classes\n";
  for (std::size_t c = 0; c < sets.training.classes.size(); ++c) {
    const auto label = static_cast<ts::Index>(c);
    out << "  " << sets.training.classes[c] << ": "
        << std::count(sets.training.labels.begin(), sets.training.labels.end(), label) << " and "
        << std::count(sets.test.labels.begin(), sets.test.labels.end(), label) << '\n';
  }
  return out.str();
}
