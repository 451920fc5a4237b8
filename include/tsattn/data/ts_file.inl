#pragma once

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <istream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/labelled_series.hpp>
#include <tsattn/data/ts_file.hpp>
#include <tsattn/formats/shown_text.hpp>

namespace tsattn {

namespace ts_file_parts {

inline constexpr std::string_view kBlanks = " \t\r\v\f";

inline std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  return begin == std::string_view::npos ? "" : text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// What lies before, between and after the separators, each without blanks around it.
inline std::vector<std::string_view> fields(std::string_view text, char separator) {
  std::vector<std::string_view> result;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = text.find(separator);
    result.push_back(trimmed(text.substr(0, end)));
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
  }
  return result;
}

inline std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> result;
  for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
    const std::size_t size = (std::min)(text.find_first_of(kBlanks), text.size());
    result.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return result;
}

inline std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

/// All of `text` as a finite number.
inline std::optional<double> number(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

class Reader {
 public:
  /// `what`: the name of the file as messages show it.
  Reader(std::string where, std::string what) : where_(std::move(where)), what_(std::move(what)) {}

  LabelledSeries read(std::istream& in) {
    errno = 0;
    for (std::string line; std::getline(in, line);) {
      ++line_;
      std::string_view text = line;
      if (line_ == 1 && text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);  // the byte order mark of UTF-8
      text = trimmed(text);
      if (text.empty() || text.front() == '#') continue;
      if (is_in_data_) {
        read_series(text);
      } else {
        read_header(text);
      }
    }
    if (in.bad()) fail_file(std::error_code(errno != 0 ? errno : EIO, std::generic_category()).message());
    if (!is_in_data_) fail_file("expected a header that ends with @data, got the end after ", line_, " lines");
    if (result_.series.empty()) fail_file("expected at least one series after @data, got none");
    return std::move(result_);
  }

  template <class... Parts>
  [[noreturn]] void fail_file(const Parts&... parts) const {
    fail<IoError>(where_, "cannot read ", what_, ": ", parts...);
  }

 private:
  template <class... Parts>
  [[noreturn]] void fail_line(const Parts&... parts) const {
    fail<IoError>(where_, "cannot read ", what_, ", line ", line_, ": ", parts...);
  }

  void read_header(std::string_view text) {
    const std::vector<std::string_view> parts = words(text);
    const std::string keyword = lower_case(parts[0]);
    if (keyword[0] != '@') fail_line("expected @data before the first series, got ", shown_text(text));
    if (!keywords_.insert(keyword).second) fail_line("expected ", parts[0], " once, got it again");
    const std::string_view value = trimmed(text.substr(parts[0].size()));

    if (keyword == "@problemname") {
      result_.problem = value;
    } else if (keyword == "@timestamps") {
      if (truth(parts)) fail_line("expected @timeStamps false, got true; series with time stamps are not supported");
    } else if (keyword == "@missing") {
      truth(parts);  // whether values are missing, the series show
    } else if (keyword == "@univariate") {
      is_univariate_ = truth(parts);
    } else if (keyword == "@dimensions" || keyword == "@dimension") {
      variables_ = count(parts[0], value);
    } else if (keyword == "@equallength") {
      is_equal_length_ = truth(parts);
    } else if (keyword == "@serieslength") {
      length_ = count(parts[0], value);
    } else if (keyword == "@classlabel") {
      read_classes(parts);
    } else if (keyword == "@targetlabel") {
      if (truth(parts))
        fail_line("expected classes, got @targetLabel true; series with numbers as targets are not supported");
    } else if (keyword == "@data") {
      end_header();
    }  // There are others, for people: @path, @frequency. No reader minds them.
  }

  void read_classes(const std::vector<std::string_view>& parts) {
    has_classes_ = truth(parts);
    if (!*has_classes_) return;
    if (parts.size() < 3) fail_line("expected the names of the classes after @classLabel true, got none");
    for (std::size_t i = 2; i < parts.size(); ++i) {
      if (std::find(result_.classes.begin(), result_.classes.end(), parts[i]) != result_.classes.end())
        fail_line("expected classes with different names, got ", shown_text(parts[i]), " twice");
      result_.classes.emplace_back(parts[i]);
    }
  }

  void end_header() {
    if (!has_classes_) fail_line("expected @classLabel before @data: true and the names of the classes, or false");
    if (is_univariate_) {
      if (variables_.value_or(1) != 1)
        fail_line("expected one variable, as @univariate true says, got @dimensions ", *variables_);
      variables_ = 1;
    }
    if (!is_equal_length_) length_.reset();  // some files name the longest
    is_in_data_ = true;
  }

  bool truth(const std::vector<std::string_view>& parts) const {
    const std::string_view value = parts.size() > 1 ? parts[1] : "";
    const std::string name = lower_case(value);
    if (name != "true" && name != "false") fail_line("expected ", parts[0], " true or false, got ", shown_text(value));
    return name == "true";
  }

  Index count(std::string_view keyword, std::string_view text) const {
    Index value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1)
      fail_line("expected ", keyword, " with a number of at least 1, got ", shown_text(text));
    return value;
  }

  /// The values of the variables, each between commas, are separated by colons; after the last one is the class.
  void read_series(std::string_view text) {
    std::vector<std::string_view> parts = fields(text, ':');
    std::optional<Index> label;
    if (*has_classes_) {
      if (parts.size() < 2) fail_line("expected the class of the series after a ':', got none");
      label = label_of(parts.back());
      parts.pop_back();
    }
    const auto variables = static_cast<Index>(parts.size());
    if (variables_.value_or(variables) != variables)
      fail_line("expected ", *variables_, " variables, separated by ':', got ", variables);

    std::vector<std::vector<double>> values;
    for (const std::string_view part : parts) {
      values.push_back(read_variable(part, values.size() + 1));
      if (values.back().size() != values[0].size())
        fail_line("expected ", values[0].size(), " values in variable ", values.size(), ", as in the first one, got ",
                  values.back().size());
    }
    const auto length = static_cast<Index>(values[0].size());
    if (length_.value_or(length) != length)
      fail_line("expected ", *length_, " values, as @equalLength says, got ", length);

    Sequence<double> series({length, 1, variables});
    for (Index f = 0; f < variables; ++f)
      for (Index t = 0; t < length; ++t)
        series(t, 0, f) = values[static_cast<std::size_t>(f)][static_cast<std::size_t>(t)];
    result_.series.push_back(std::move(series));
    if (label) result_.labels.push_back(*label);
    variables_ = variables;
    if (is_equal_length_) length_ = length;
  }

  Index label_of(std::string_view name) const {
    const auto found = std::find(result_.classes.begin(), result_.classes.end(), name);
    if (found != result_.classes.end()) return found - result_.classes.begin();
    std::string known;
    for (const std::string& known_name : result_.classes) known.append(known.empty() ? "" : " ").append(known_name);
    fail_line("expected one of the classes ", shown_text(known), ", got ", shown_text(name));
  }

  std::vector<double> read_variable(std::string_view text, std::size_t variable) const {
    std::vector<double> values;
    for (const std::string_view field : fields(text, ',')) {
      const std::optional<double> value = number(field);
      if (!value) {
        const bool is_missing = field == "?" || lower_case(field) == "nan";
        fail_line("expected a finite number, got ", shown_text(field), " as value ", values.size() + 1, " of variable ",
                  variable,
                  is_missing ? ", a missing value; fill the gaps or leave the series out, only complete ones are "
                               "supported"
                             : "");
      }
      values.push_back(*value);
    }
    return values;
  }

  std::string where_, what_;
  Index line_ = 0;
  std::unordered_set<std::string> keywords_;
  bool is_univariate_ = false, is_equal_length_ = false, is_in_data_ = false;
  std::optional<bool> has_classes_;
  std::optional<Index> variables_, length_;  // which every series must have
  LabelledSeries result_;
};

}  // namespace ts_file_parts

TSATTN_LIBRARY_FUNCTION LabelledSeries read_ts(std::istream& in, std::string_view name) {
  return ts_file_parts::Reader("read_ts", std::string(name)).read(in);
}

TSATTN_LIBRARY_FUNCTION LabelledSeries load_ts(const std::filesystem::path& path) {
  std::ostringstream what;
  what << path;
  ts_file_parts::Reader reader("load_ts", what.str());
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) reader.fail_file(std::error_code(errno != 0 ? errno : EIO, std::generic_category()).message());
  return reader.read(in);
}

}  // namespace tsattn
