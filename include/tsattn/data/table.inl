#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/table.hpp>
#include <tsattn/formats/shown_text.hpp>

namespace tsattn {

namespace table_parts {

/// The letters and digits by which names are compared that may be meant: 'T (degC)' is "t(degc)".
inline std::string simplified(std::string_view name) {
  std::string result;
  for (const char c : name)
    if (c != ' ' && c != '_' && c != '-' && c != '.')
      result.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  return result;
}

/// The number of characters to insert, remove or replace that makes one text of the other.
/// Source: Wagner and Fischer, "The String-to-String Correction Problem", 1974.
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);  // distances of a prefix of a from all prefixes of b
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = (std::min)({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row[b.size()];
}

/// How far `name` is from what `wanted` may have meant; none if it is too far. Case, blanks and a unit, as in "T
/// (degC)", may be missing; beyond that, one character in four may be wrong.
inline std::optional<std::size_t> near_miss(std::string_view wanted, std::string_view name) {
  constexpr std::size_t kLongest = 200;  // distances take the product of the lengths
  if (wanted.size() > kLongest || name.size() > kLongest) return std::nullopt;
  const std::string text = simplified(wanted);
  const std::string_view without_unit = name.substr(0, name.find_first_of("(["));
  const std::size_t distance =
      (std::min)(edit_distance(text, simplified(name)), edit_distance(text, simplified(without_unit)));
  if (distance > (std::max)(text.size() / 4, std::size_t{1}) || distance >= text.size()) return std::nullopt;
  return distance;
}

/// `"a", "b", "c"`, of many names only the first.
inline std::string listed(std::span<const std::string> names) {
  constexpr std::size_t kMost = 30;
  std::string result;
  for (std::size_t i = 0; i < (std::min)(names.size(), kMost); ++i)
    result.append(i > 0 ? ", " : "").append(shown_text(names[i]));
  if (names.size() > kMost) result.append(" and ").append(std::to_string(names.size() - kMost)).append(" more");
  return result;
}

/// The names that `wanted` may have meant, the nearest first.
inline std::vector<std::string> near_misses(std::span<const std::string> names, std::string_view wanted) {
  constexpr std::size_t kMost = 3;
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const std::string& name : names)
    if (const auto distance = near_miss(wanted, name)) near.emplace_back(*distance, name);
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> result;
  for (std::size_t i = 0; i < (std::min)(near.size(), kMost); ++i) result.push_back(near[i].second);
  return result;
}

}  // namespace table_parts

TSATTN_LIBRARY_FUNCTION Index index_of_name(std::string_view where, std::span<const std::string> names,
                                            std::string_view name) {
  const auto place = std::find(names.begin(), names.end(), name);
  if (place != names.end()) return place - names.begin();
  if (names.empty()) fail<ConfigError>(where, "expected a column, got ", shown_text(name), "; there are none");
  const std::vector<std::string> near = table_parts::near_misses(names, name);
  if (near.empty())
    fail<ConfigError>(where, "expected one of the columns ", table_parts::listed(names), ", got ", shown_text(name));
  fail<ConfigError>(where, "expected a column, got ", shown_text(name), "; is ", table_parts::listed(near), " meant?");
}

TSATTN_LIBRARY_FUNCTION Index Table::index_of(std::string_view name) const {
  constexpr std::string_view kWhere = "Table";
  if (has_times() && name == time_name)
    fail<ConfigError>(kWhere, "expected a column of numbers, got ", shown_text(name), ", the time column");
  for (const TextColumn& text : texts)
    if (text.name == name)
      fail<ConfigError>(kWhere, "expected a column of numbers, got ", shown_text(name), ", a text column");
  return index_of_name(kWhere, names, name);
}

TSATTN_LIBRARY_FUNCTION const TextColumn& Table::text(std::string_view name) const {
  std::vector<std::string> text_names;
  for (const TextColumn& text : texts) text_names.push_back(text.name);
  return texts[static_cast<std::size_t>(index_of_name("Table: text columns", text_names, name))];
}

TSATTN_LIBRARY_FUNCTION void Table::append_columns(std::vector<std::string> added_names,
                                                   const Sequence<double>& added) {
  constexpr std::string_view kWhere = "Table::append_columns";
  const SequenceShape expected{rows(), 1, static_cast<Index>(added_names.size())};
  if (added.shape() != expected) fail<ShapeError>(kWhere, "expected columns ", expected, ", got ", added.shape());
  std::unordered_set<std::string_view> taken(names.begin(), names.end());
  if (has_times()) taken.insert(time_name);
  for (const TextColumn& text : texts) taken.insert(text.name);
  for (const std::string& name : added_names)
    if (!taken.insert(name).second)
      fail<ConfigError>(kWhere, "expected new names, got ", shown_text(name), ", which is a column already");

  Sequence<double> joined;
  joined.resize({rows(), 1, columns() + expected.features});
  for (Index row = 0; row < rows(); ++row) {
    double* const end = std::copy_n(values.step_data(row), columns(), joined.step_data(row));
    std::copy_n(added.step_data(row), expected.features, end);
  }
  names.reserve(names.size() + added_names.size());  // the last that can throw
  std::move(added_names.begin(), added_names.end(), std::back_inserter(names));
  values.swap(joined);
}

TSATTN_LIBRARY_FUNCTION Table select_columns(const Table& table, std::span<const std::string> wanted) {
  std::vector<Index> places;
  std::unordered_set<std::string_view> taken;
  for (const std::string& name : wanted) {
    places.push_back(table.index_of(name));
    if (!taken.insert(name).second)
      fail<ConfigError>("select_columns", "expected every column once, got ", shown_text(name), " twice");
  }
  Table result{.names = {wanted.begin(), wanted.end()},
               .times = table.times,
               .time_name = table.time_name,
               .texts = table.texts};
  result.values.resize({table.rows(), 1, static_cast<Index>(places.size())});
  for (Index row = 0; row < table.rows(); ++row) {
    double* to = result.values.step_data(row);
    for (const Index place : places) *to++ = table.values(row, 0, place);
  }
  return result;
}

TSATTN_LIBRARY_FUNCTION Table without_columns(const Table& table, std::span<const std::string> unwanted) {
  for (const std::string& name : unwanted) table.index_of(name);
  std::vector<std::string> wanted;
  for (const std::string& name : table.names)
    if (std::find(unwanted.begin(), unwanted.end(), name) == unwanted.end()) wanted.push_back(name);
  return select_columns(table, wanted);
}

TSATTN_LIBRARY_FUNCTION Table select_rows(const Table& table, std::span<const Index> wanted) {
  for (const Index row : wanted)
    if (row < 0 || row >= table.rows())
      fail<ConfigError>("select_rows", "expected rows of a table of ", table.rows(), " rows, got row ", row,
                        " (counted from 0)");
  const auto selected = [&]<class Value>(const std::vector<Value>& from) {
    std::vector<Value> values;
    values.reserve(wanted.size());
    for (const Index row : wanted) values.push_back(from[static_cast<std::size_t>(row)]);
    return values;
  };
  Table result{.names = table.names, .time_name = table.time_name};
  if (table.has_times()) result.times = selected(table.times);
  for (const TextColumn& text : table.texts) result.texts.push_back({text.name, selected(text.values)});
  result.values.resize({static_cast<Index>(wanted.size()), 1, table.columns()});
  double* to = result.values.data();
  for (const Index row : wanted) to = std::copy_n(table.values.step_data(row), table.columns(), to);
  return result;
}

TSATTN_LIBRARY_FUNCTION Table select_rows(const Table& table, const IndexRange& wanted) {
  if (wanted.begin < 0 || wanted.begin > wanted.end || wanted.end > table.rows())
    fail<ConfigError>("select_rows", "expected rows of a table of ", table.rows(), " rows, got rows ", wanted.begin,
                      " to ", wanted.end);
  std::vector<Index> rows;
  for (Index row = wanted.begin; row < wanted.end; ++row) rows.push_back(row);
  return select_rows(table, rows);
}

}  // namespace tsattn
