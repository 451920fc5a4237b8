#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/gnuplot.hpp>

namespace tsattn {

struct TrainingCurvesOptions {
  std::string title = "Training";
  std::string y_label = "loss";          ///< with its unit, if it has one
  std::optional<Index> best_epoch = {};  ///< to be marked, counted from 1
  PlotValues learning_rate = {};         ///< of every epoch, drawn with an axis of its own; empty: none
  PlotFormat format = PlotFormat::png;
};

/// Draws the loss of every epoch, and, unless it is empty, the validation loss, over the epochs 1, 2, ...; the axis of
/// the losses is logarithmic if all are above 0. Learning rates have an axis on the right. Files, result and errors as
/// draw_with_gnuplot; throws also DataError if no loss is finite or a learning rate is not above 0, ShapeError if there
/// are more or fewer validation losses or learning rates than losses, ConfigError if the best epoch is none of the
/// epochs.
PlotResult plot_training_curves(const std::filesystem::path& directory, std::string_view name, const PlotValues& loss,
                                const PlotValues& validation_loss = {}, const TrainingCurvesOptions& options = {});

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/plot/training_curves.inl>
#endif
