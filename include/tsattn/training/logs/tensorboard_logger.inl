#pragma once

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/formats/atomic_file.hpp>
#include <tsattn/training/logs/tensorboard_logger.hpp>

namespace tsattn {

namespace tensorboard_logger_parts {

/// In seconds since 1970 UTC.
inline double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

enum class Mode { create, append };

/// Adds bytes at the end of a file, which `create` makes and wants not to be there. Closed each time: a file that
/// stays open shows its last bytes late, and copies of the callback would share it. The reason if it fails.
inline std::error_code add(const std::filesystem::path& path, Mode mode, const std::string& bytes) {
  errno = 0;
#ifdef _WIN32
  std::FILE* file = ::_wfopen(path.c_str(), mode == Mode::create ? L"wbx" : L"ab");
#else
  std::FILE* file = std::fopen(path.c_str(), mode == Mode::create ? "wbx" : "ab");
#endif
  if (file == nullptr) return atomic_file_parts::last_reason();
  std::error_code reason;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size()) reason = atomic_file_parts::last_reason();
  if (std::fclose(file) != 0 && !reason) reason = atomic_file_parts::last_reason();
  return reason;
}

[[noreturn]] inline void fail_to_write(const std::filesystem::path& path, const std::error_code& reason) {
  fail<IoError>("TensorBoardLogger", "cannot write ", path, ": ", reason.message());
}

}  // namespace tensorboard_logger_parts

TSATTN_LIBRARY_FUNCTION void TensorBoardLogger::on_train_begin(TrainingRun&) {
  if (options_.folder.empty()) fail<ConfigError>("TensorBoardLogger", "expected a folder, got none");
  if (options_.every_batches < 0)
    fail<ConfigError>("TensorBoardLogger", "expected every_batches of at least 0, got ", options_.every_batches);
  if (options_.name.empty() || std::filesystem::path(options_.name).filename() != options_.name)
    fail<ConfigError>("TensorBoardLogger", "expected a name without a folder, got \"", options_.name, '"');
  file_.clear();
}

TSATTN_LIBRARY_FUNCTION void TensorBoardLogger::on_batch_end(TrainingRun& run) {
  if (options_.every_batches == 0 || run.step() % options_.every_batches != 0) return;
  write(run.step(),
        std::array{EventScalar{"batch/loss", run.batch_loss}, EventScalar{"batch/learning_rate", run.learning_rate()},
                   EventScalar{"batch/gradient_norm", run.gradient_norm}});
}

TSATTN_LIBRARY_FUNCTION void TensorBoardLogger::on_epoch_end(TrainingRun& run) {
  const EpochRecord& record = run.history.epochs.back();
  std::vector<EventScalar> scalars{{"epoch/loss", record.loss}};
  if (record.validation_loss) scalars.push_back({"epoch/validation_loss", *record.validation_loss});
  scalars.push_back({"epoch/learning_rate", record.learning_rate});
  scalars.push_back({"epoch/gradient_norm", record.gradient_norm});
  write(record.epoch, scalars);
}

TSATTN_LIBRARY_FUNCTION void TensorBoardLogger::begin_file() {
  using namespace tensorboard_logger_parts;
  if (!file_.empty()) return;
  std::error_code reason;
  std::filesystem::create_directories(options_.folder, reason);
  if (reason) fail_to_write(options_.folder, reason);
  const double time = now();
  const std::string name = "events.out.tfevents." + std::to_string(static_cast<long long>(time)) + '.' + options_.name;
  std::filesystem::path path = options_.folder / name;
  reason = add(path, Mode::create, version_record(time));
  for (int i = 2; reason == std::errc::file_exists; ++i) {  // of a training that began in the same second
    path = options_.folder / (name + '.' + std::to_string(i));
    reason = add(path, Mode::create, version_record(time));
  }
  if (reason) fail_to_write(path, reason);
  file_ = path;
}

TSATTN_LIBRARY_FUNCTION void TensorBoardLogger::write(Index step, std::span<const EventScalar> scalars) {
  using namespace tensorboard_logger_parts;
  begin_file();
  if (const std::error_code reason = add(file_, Mode::append, scalars_record(now(), step, scalars)))
    fail_to_write(file_, reason);
}

}  // namespace tsattn
