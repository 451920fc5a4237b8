#include "weather.hpp"

#include <algorithm>
#include <string_view>

#include <tsattn/data/missing_values.hpp>
#include <tsattn/data/time_features.hpp>
#include <tsattn/formats/shown_text.hpp>

#include "support/series_choice.hpp"

namespace jena_climate {

namespace ts = tsattn;

namespace {

constexpr std::string_view kWindSpeed = "wv (m/s)", kWindDirection = "wd (deg)";

bool has_column(const ts::Table& table, std::string_view name) {
  return std::find(table.names.begin(), table.names.end(), name) != table.names.end();
}

/// "1 row", "2 rows"
std::string rows_text(ts::Index count) { return std::to_string(count) + (count == 1 ? " row" : " rows"); }

/// Drops the rows that are the same as an earlier one, wherever that is: files that were joined hold parts twice.
void drop_repeated_rows(Weather& weather) {
  const ts::Table& table = weather.table;
  const auto time = [&](ts::Index row) { return table.times[static_cast<std::size_t>(row)]; };
  const auto is_same = [&](ts::Index a, ts::Index b) {
    const double* const values = table.values.step_data(a);
    return time(a) == time(b) && std::equal(values, values + table.columns(), table.values.step_data(b),
                                            [](double x, double y) { return x == y || (x != x && y != y); });
  };
  std::vector<ts::Index> kept;  // rising in time, or the file is refused later
  for (ts::Index row = 0; row < table.rows(); ++row) {
    const auto earlier = std::lower_bound(kept.begin(), kept.end(), time(row),
                                          [&](ts::Index a, ts::TimeStamp value) { return time(a) < value; });
    if (earlier == kept.end() || !is_same(*earlier, row)) kept.push_back(row);
  }
  const ts::Index repeated = table.rows() - static_cast<ts::Index>(kept.size());
  if (repeated == 0) return;
  weather.notes.push_back("Dropped " + rows_text(repeated) + " that had been there before.");
  weather.table = ts::select_rows(table, kept);
}

void insert_missing_rows(Weather& weather, const std::string& file) {
  const ts::Sampling sampling = ts::sampling_of(weather.table.times);
  if (sampling.is_regular()) return;
  // What is not only missing rows is refused, by the name of the file.
  if (sampling.gaps.empty() || !sampling.unsorted.empty() || !sampling.duplicates.empty() ||
      !sampling.irregular.empty())
    ts::require_regular(file, weather.table);
  const ts::Index before = weather.table.rows();
  weather.table = ts::with_missing_rows(weather.table);
  const ts::Index inserted = weather.table.rows() - before;
  weather.notes.push_back("Inserted " + rows_text(inserted) + (inserted == 1 ? " that was" : " that were") +
                          " missing in " + std::to_string(sampling.gaps.size()) +
                          (sampling.gaps.size() == 1 ? " gap." : " gaps."));
}

void fill_missing_values(Weather& weather) {
  const ts::Index filled = ts::fill_missing_values(weather.table, ts::MissingValues::forward_fill);
  if (filled > 0)
    weather.notes.push_back("Filled " + std::to_string(filled) + " missing values with the last known ones.");
}

}  // namespace

Weather read_weather(const std::filesystem::path& path, bool any_sampling) {
  const std::string file = path.string();
  Weather weather{.table = examples::read_table(path, {.missing_markers = {"-9999"}}), .notes = {}};
  ts::index_of_name(file, weather.table.names, kTemperature);
  if (!weather.table.has_times())
    ts::fail<ts::DataError>(file, "expected a column of time stamps such as 01.01.2009 00:10:00, got none");
  if (weather.table.rows() < 2) ts::fail<ts::DataError>(file, "expected at least two rows, got ", weather.table.rows());
  if (!any_sampling) {
    drop_repeated_rows(weather);
    insert_missing_rows(weather, file);
  }
  weather.period = ts::sampling_of(weather.table.times).period;
  fill_missing_values(weather);
  return weather;
}

void use_wind_vectors(Weather& weather) {
  if (!has_column(weather.table, kWindSpeed) || !has_column(weather.table, kWindDirection)) return;
  const std::string speed(kWindSpeed), direction(kWindDirection);
  ts::append_wind_vectors(weather.table, {{speed, direction}});
  const std::string unwanted[] = {direction};
  weather.table = ts::without_columns(weather.table, unwanted);
  weather.notes.push_back("The column \"" + direction + "\" became the two parts of the wind's vector.");
}

void leave_out_constant_columns(Weather& weather, const ts::IndexRange& training) {
  std::vector<std::string> constant;
  for (const std::string& name : weather.table.names) {
    const auto values = std::as_const(weather.table).column(name).segment(training.begin, training.size());
    if (values.minCoeff() == values.maxCoeff()) constant.push_back(name);
  }
  for (const std::string& name : constant) {
    if (name == kTemperature)
      ts::fail<ts::DataError>("column " + ts::shown_text(name),
                              "expected temperatures that vary, got one alone in the ", training.size(),
                              " rows of the training part");
    weather.notes.push_back("Left out the column " + ts::shown_text(name) +
                            ", which has one value alone in the training part.");
  }
  if (!constant.empty()) weather.table = ts::without_columns(weather.table, constant);
}

}  // namespace jena_climate
