#include "rows.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <system_error>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/formats/shown_text.hpp>

namespace streaming {

namespace ts = tsattn;

bool LinesOf::next(std::vector<double>& row) {
  constexpr const char* kSeparators = " \t\r,;";
  std::string line;
  std::size_t begin = std::string::npos;
  while (begin == std::string::npos) {
    if (!std::getline(*in_, line)) return false;
    ++line_;
    begin = line.find_first_not_of(kSeparators);
  }
  std::size_t count = 0;
  while (begin != std::string::npos) {
    const std::size_t end = std::min(line.find_first_of(kSeparators, begin), line.size());
    double value = 0;
    const auto [stop, error] = std::from_chars(line.data() + begin, line.data() + end, value);
    if (error != std::errc() || stop != line.data() + end || !std::isfinite(value))
      ts::fail<ts::DataError>("standard input", "expected finite numbers, got ",
                              ts::shown_text(line.substr(begin, end - begin)), " in line ", line_);
    if (count < row.size()) row[count] = value;
    ++count;
    begin = line.find_first_not_of(kSeparators, end);
  }
  if (count != row.size())
    ts::fail<ts::DataError>("standard input", "expected ", row.size(), row.size() == 1 ? " number" : " numbers",
                            " in a line, got ", count, " in line ", line_);
  return true;
}

GeneratedWave::GeneratedWave(std::int64_t steps, std::uint64_t seed) : steps_(steps), seed_(seed) {}

bool GeneratedWave::next(std::vector<double>& row) {
  if (step_ == steps_) return false;
  // Drawn anew at every step, so that a series that goes on later goes on with the same numbers.
  ts::Random noise(seed_ + static_cast<std::uint64_t>(step_));
  double delay = 0;
  for (double& value : row) {
    value = std::sin(2 * std::numbers::pi * (static_cast<double>(step_) - delay) / 50) + 0.1 * noise.normal();
    delay += 5;
  }
  ++step_;
  return true;
}

}  // namespace streaming
