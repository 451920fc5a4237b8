#include "latency.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>

namespace streaming {

namespace {

std::string microseconds(double nanoseconds) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.3g us", nanoseconds / 1000);
  return text;
}

}  // namespace

std::string Latency::text() const {
  if (nanoseconds_.empty()) return "no steps";
  std::vector<double> sorted = nanoseconds_;
  std::sort(sorted.begin(), sorted.end());
  const auto at = [&](double share) {
    const double place = std::ceil(share * static_cast<double>(sorted.size())) - 1;
    return microseconds(sorted[static_cast<std::size_t>(std::max(place, 0.0))]);
  };
  return std::to_string(sorted.size()) + (sorted.size() == 1 ? " step" : " steps") + ": median " + at(0.5) + ", 99 % " +
         at(0.99) + ", 99.9 % " + at(0.999) + ", worst " + microseconds(sorted.back()) + "; the first " +
         microseconds(nanoseconds_.front());
}

}  // namespace streaming
