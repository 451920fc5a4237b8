#pragma once

#include <array>
#include <charconv>
#include <ostream>
#include <string_view>

#include <tsattn/training/history.hpp>
#include <tsattn/training/logs/history_file.hpp>

namespace tsattn {

/// A history as comma-separated values: a line with the names of the columns, and a line for every epoch.
///   epoch,loss,validation_loss,seconds,learning_rate,gradient_norm
///   1,0.5,0.25,1.5,0.001,2
/// Without validation data that place is empty. Numbers have the digits that it takes to read the same double back.
struct CsvFormat {
  static void write(std::ostream& out, const History& history) {
    out << "epoch,loss,validation_loss,seconds,learning_rate,gradient_norm\n";
    for (const EpochRecord& record : history.epochs) {
      out << record.epoch << ',';
      write_number(out, record.loss) << ',';
      if (record.validation_loss) write_number(out, *record.validation_loss);
      write_number(out << ',', record.seconds) << ',';
      write_number(out, record.learning_rate) << ',';
      write_number(out, record.gradient_norm) << '\n';
    }
  }

 private:
  static std::ostream& write_number(std::ostream& out, double value) {
    std::array<char, 32> digits{};  // the longest double has 24
    const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return out << std::string_view(digits.data(), static_cast<std::string_view::size_type>(end - digits.data()));
  }
};

/// Keeps the history of a training as a file of comma-separated values, whole after every epoch: CsvLogger("run.csv").
using CsvLogger = HistoryFile<CsvFormat>;

}  // namespace tsattn
