#pragma once

#include <string>
#include <vector>

#include <tsattn/data/ts_file.hpp>

#include "options.hpp"

/// The series to learn from and those to be judged by, with the same classes and features. Every class has a series to
/// learn from, and there are at least two classes.
struct SeriesSets {
  std::string source;  ///< the names of the files, or what was made up
  tsattn::LabelledSeries training, test;
  std::vector<tsattn::Index> test_numbers;  ///< of the test series in their file, from 1
};

/// Reads the files, or makes series up. Throws tsattn::Error, naming the file, for what is wrong with them.
SeriesSets read_sets(const Options& options);

/// Every feature x_t, and behind all of them every change x_t - x_{t-1}, which is 0 at the first step.
tsattn::LabelledSeries with_differences(const tsattn::LabelledSeries& set);

/// What was read, a line for the sets and one for every class.
std::string description(const SeriesSets& sets);
