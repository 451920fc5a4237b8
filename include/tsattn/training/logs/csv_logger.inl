#pragma once

#include <array>
#include <charconv>
#include <ostream>
#include <string_view>

#include <tsattn/training/logs/csv_logger.hpp>

namespace tsattn {

namespace csv_logger_parts {

inline std::ostream& write_number(std::ostream& out, double value) {
  std::array<char, 32> digits{};  // the longest double has 24
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return out << std::string_view(digits.data(), static_cast<std::string_view::size_type>(end - digits.data()));
}

}  // namespace csv_logger_parts

TSATTN_LIBRARY_FUNCTION void CsvFormat::write(std::ostream& out, const History& history) {
  using csv_logger_parts::write_number;
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

}  // namespace tsattn
