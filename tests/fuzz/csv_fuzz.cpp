// Any text is a table or a tsattn::Error, however it is read, and so is what is done with that table.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_set>

#include <tsattn/core/errors.hpp>
#include <tsattn/data/csv.hpp>
#include <tsattn/data/missing_values.hpp>
#include <tsattn/data/sampling.hpp>
#include <tsattn/data/time_features.hpp>
#include <tsattn/formats/shown_text.hpp>

namespace {

using namespace tsattn;

void require(bool condition) {
  if (!condition) std::abort();
}

void require_consistent(const Table& table) {
  const auto rows = static_cast<std::size_t>(table.rows());
  require(table.values.batch() == 1 && static_cast<std::size_t>(table.columns()) == table.names.size());
  require(table.times.empty() || table.times.size() == rows);
  for (const TextColumn& text : table.texts) require(text.values.size() == rows);
  std::unordered_set<std::string_view> names;
  for (const std::string& name : table.names) {
    require(names.insert(name).second);
    require(printable_utf8(printable_utf8(name)) == printable_utf8(name));
  }
  for (Index i = 0; i < table.values.size(); ++i) require(!std::isinf(table.values.data()[i]));
  for (const TimeStamp time : table.times) require(try_parse_time_stamp(text_of(time)) == time);
}

/// Each may throw an Error, and leaves a table.
template <class Change>
void require_consistent_after(Table table, const Change& change) {
  try {
    change(table);
  } catch (const Error&) {
  }
  require_consistent(table);
}

void read(std::string_view text, const CsvOptions& options) {
  try {
    const Table table = parse_csv(text, "x", options);
    require(table.rows() > 0);
    require_consistent(table);
    require_consistent_after(table, [](Table& t) { fill_missing_values(t, MissingValues::linear); });
    require_consistent_after(table, [](Table& t) { append_time_features(t, {TimeFeature::day_of_year}); });
    require_consistent_after(table, [](Table& t) {
      t = without_repeated_rows(sorted_by_time(t));
      t = with_missing_rows(t);
      require_regular("x", t);
    });
    table.index_of("a");
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read(text, {});
  read(text, {.separator = ';', .decimal_mark = ',', .header = false, .missing_markers = {"-9999"}});
  read(text, {.columns = {"b", "a"}, .text_columns = {"text"}});
  read(text, {.time_column = "a", .columns = {"b"}});
  return 0;
}
