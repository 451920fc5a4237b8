#pragma once

#include <iosfwd>

#include <tsattn/core/compiled.hpp>
#include <tsattn/training/history.hpp>
#include <tsattn/training/logs/history_file.hpp>

namespace tsattn {

/// A history as comma-separated values: a line with the names of the columns, and a line for every epoch.
///   epoch,loss,validation_loss,seconds,learning_rate,gradient_norm
///   1,0.5,0.25,1.5,0.001,2
/// Without validation data that place is empty. Numbers have the digits that it takes to read the same double back.
struct CsvFormat {
  static void write(std::ostream& out, const History& history);
};

/// Keeps the history of a training as a file of comma-separated values, whole after every epoch: CsvLogger("run.csv").
using CsvLogger = HistoryFile<CsvFormat>;

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/training/logs/csv_logger.inl>
#endif
