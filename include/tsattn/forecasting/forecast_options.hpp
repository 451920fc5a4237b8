#pragma once

#include <string_view>
#include <utility>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/data/scaler.hpp>
#include <tsattn/forecasting/instance_normalization.hpp>

namespace tsattn {

/// Whether a model sees all target features together, or each by itself, with the same weights for all of them: every
/// target of every window is then a sample of its own, with that feature and those known in advance as its input.
enum class Channels { together, independent };

template <>
struct EnumNames<Channels> {
  static constexpr std::string_view kOption = "channels";
  static constexpr std::pair<std::string_view, Channels> kNames[] = {{"together", Channels::together},
                                                                     {"independent", Channels::independent}};
};

/// How a horizon of several steps is forecast.
///   direct     the model gives all its steps at once
///   recursive  the model gives one step; with that as its last input it gives the next one, and so on
enum class Strategy { direct, recursive };

template <>
struct EnumNames<Strategy> {
  static constexpr std::string_view kOption = "strategy";
  static constexpr std::pair<std::string_view, Strategy> kNames[] = {{"direct", Strategy::direct},
                                                                     {"recursive", Strategy::recursive}};
};

/// What a Forecaster does around its model, besides cutting windows.
struct ForecastOptions {
  Scaling scaling = Scaling::standard;  ///< of every feature, learned from the training part
  InstanceNormalization normalization = InstanceNormalization::none;
  Channels channels = Channels::together;
  Strategy strategy = Strategy::direct;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("scaling", self.scaling), visitor("normalization", self.normalization);
    visitor("channels", self.channels), visitor("strategy", self.strategy);
  }
};

}  // namespace tsattn
