#pragma once

#include <cstdint>
#include <istream>
#include <vector>

namespace streaming {

/// Where the rows of the series come from, one at a time.
class RowSource {
 public:
  virtual ~RowSource() = default;
  /// Fills `row`; false at the end. Throws tsattn::DataError for a line that is not as many finite numbers.
  virtual bool next(std::vector<double>& row) = 0;
};

/// Lines of numbers, parted by spaces, tabs, commas or semicolons. Empty lines are passed over.
class LinesOf final : public RowSource {
 public:
  explicit LinesOf(std::istream& in) : in_(&in) {}
  bool next(std::vector<double>& row) override;

 private:
  std::istream* in_;
  std::int64_t line_ = 0;
};

/// A wave of 50 steps with noise, in every feature a little later.
class GeneratedWave final : public RowSource {
 public:
  GeneratedWave(std::int64_t steps, std::uint64_t seed);
  bool next(std::vector<double>& row) override;

 private:
  std::int64_t steps_, step_ = 0;
  std::uint64_t seed_;
};

}  // namespace streaming
