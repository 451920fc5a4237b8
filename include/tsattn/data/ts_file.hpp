#pragma once

#include <filesystem>
#include <iosfwd>
#include <string_view>

#include <tsattn/core/compiled.hpp>
#include <tsattn/data/labelled_series.hpp>

/// Labelled series in the `.ts` text format of the UCR and UEA archives of time series classification.
/// Source: the description of the format by aeon and sktime ("Loading data", aeon-toolkit.org); Bagnall et al. 2018,
/// "The UEA multivariate time series classification archive".
namespace tsattn {

/// Reads a `.ts` file from a stream; `name` is what messages call it.
///
/// Lines of a header, `@keyword value`, end with `@data`; then each line is a series, `v,v,v:v,v,v:class` for two
/// variables. Blank lines and lines that begin with `#` are skipped, upper and lower case are alike in keywords, lines
/// may end with CR LF. `@classLabel` is needed; what @univariate, @dimensions, @equalLength and @seriesLength say must
/// be so. Every value is a finite number: series with time stamps, with missing values (`?`, `NaN`) or with targets
/// that are numbers (@targetLabel) are not supported. All variables of a series have one length.
///
/// Throws IoError, naming the line, what was expected and what was found.
LabelledSeries read_ts(std::istream& in, std::string_view name = "a stream");

/// Reads such a file. Throws IoError, with the system's reason, if it cannot be read.
LabelledSeries load_ts(const std::filesystem::path& path);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/data/ts_file.inl>
#endif
