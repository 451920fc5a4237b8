// Any text is a .ts file or a tsattn::Error, and what was read can be made samples of.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include <tsattn/core/errors.hpp>
#include <tsattn/data/ts_file.hpp>

namespace {

using namespace tsattn;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const LabelledSeries& set) {
  const auto classes = static_cast<Index>(set.classes.size());
  require(set.size() > 0 && set.labels.size() == (classes > 0 ? set.series.size() : 0));
  for (const Index label : set.labels) require(label >= 0 && label < classes);
  Index longest = 0;
  for (const Sequence<double>& series : set.series) {
    require(series.time() > 0 && series.batch() == 1 && series.features() == set.series[0].features());
    for (Index i = 0; i < series.size(); ++i) require(std::isfinite(series.data()[i]));
    longest = std::max(longest, series.time());
  }
  require(joined_steps(set.series).time() >= longest);
  if (classes == 0) return;
  const auto samples = labelled_samples<double>(set);
  require(samples.inputs.shape() == SequenceShape{longest, set.size(), set.series[0].features()});
  require(samples.targets.shape() == SequenceShape{1, set.size(), classes});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  try {
    check(read_ts(in));
  } catch (const Error&) {
  }
  return 0;
}
