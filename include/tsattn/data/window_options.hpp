#pragma once

#include <vector>

#include <tsattn/core/index.hpp>

namespace tsattn {

/// How a series is cut into windows (windows.hpp).
struct WindowOptions {
  Index lookback = 0;               ///< input steps, at least 1
  Index horizon = 1;                ///< target steps that follow them, at least 1
  Index stride = 1;                 ///< rows from one window to the next, at least 1
  std::vector<Index> targets = {};  ///< features to forecast; none: all that are not known in advance
  std::vector<Index> inputs = {};   ///< features whose past is read; none: all that are not known in advance
  /// Features that are known in advance, such as the hour of the day. They are read gap + horizon steps ahead: the last
  /// steps of an input hold their values at the steps that are to be forecast (all of them if lookback >= horizon).
  std::vector<Index> known_future = {};
  Index sampling_step = 1;     ///< rows from one step to the next, at least 1: 6 makes hours of rows 10 minutes apart
  Index gap = 0;               ///< steps left out between the inputs and the first target, at least 0
  bool include_input = false;  ///< the targets are those at the input steps too, before those at the target steps

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("lookback", self.lookback), visitor("horizon", self.horizon), visitor("stride", self.stride);
    visitor("targets", self.targets), visitor("inputs", self.inputs), visitor("known_future", self.known_future);
    visitor("sampling_step", self.sampling_step), visitor("gap", self.gap);
    visitor("include_input", self.include_input);
  }
};

}  // namespace tsattn
