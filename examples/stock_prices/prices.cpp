#include "prices.hpp"

#include <chrono>
#include <cmath>
#include <cstddef>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/random.hpp>

#include "support/series_choice.hpp"

namespace stock_prices {

namespace ts = tsattn;

namespace {

/// Adds the days of a file behind those there are.
void append(Prices& prices, const std::filesystem::path& file, const ts::Table& table) {
  if (!table.has_times()) ts::fail<ts::DataError>(file.string(), "expected a column of dates, got none");
  const auto column = table.column(prices.column);
  for (ts::Index row = 0; row < table.rows(); ++row) {
    const ts::TimeStamp day = table.times[static_cast<std::size_t>(row)];
    if (!prices.days.empty() && day <= prices.days.back())
      ts::fail<ts::DataError>(file.string(), "expected every day later than the one before it, got ", ts::text_of(day),
                              " in row ", row, ", counted from 0, behind ", ts::text_of(prices.days.back()),
                              row == 0 ? "; give the files in the order of time" : "");
    if (!(column(row) > 0))
      ts::fail<ts::DataError>(file.string(), "expected prices above 0, got ", column(row), " in row ", row,
                              ", counted from 0");
    prices.days.push_back(day);
    prices.values.push_back(column(row));
  }
  prices.file_ends.push_back(prices.size());
  prices.source += (prices.source.empty() ? "" : ", ") + file.filename().string();
}

}  // namespace

Prices read_prices(const std::vector<std::filesystem::path>& files, const std::string& column) {
  Prices prices{.source = {}, .column = column, .values = {}, .days = {}, .file_ends = {}};
  for (const std::filesystem::path& file : files)
    append(prices, file, examples::read_series({.data = file, .targets = {column}, .any_sampling = true}).table);
  return prices;
}

Prices random_walk(ts::Index days, std::uint64_t seed) {
  using namespace std::chrono;
  Prices prices{.source = "Generated random walk (--data reads files)",
                .column = "price",
                .values = {},
                .days = {},
                .file_ends = {}};
  ts::Random random(seed);
  double logarithm = std::log(100.0);
  for (local_days day(year(2000) / 1 / 3); prices.size() < days; day += std::chrono::days(1)) {
    if (const weekday of_week(day); of_week == Saturday || of_week == Sunday) continue;
    prices.days.push_back(day);
    prices.values.push_back(std::exp(logarithm));
    logarithm += 0.02 * random.normal();
  }
  prices.file_ends = {days};
  return prices;
}

}  // namespace stock_prices
