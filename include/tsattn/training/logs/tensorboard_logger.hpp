#pragma once

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/formats/atomic_file.hpp>
#include <tsattn/formats/event_file.hpp>
#include <tsattn/training/callbacks.hpp>

namespace tsattn {

struct TensorBoardOptions {
  std::filesystem::path folder = {};  ///< is made if there is none; `tensorboard --logdir` names it or one above it
  Index every_batches = 0;            ///< write the numbers of one batch in so many too; 0: of epochs only
  std::string name = "tsattn";        ///< the end of the file's name, for which others use the name of the machine
};

/// Writes the numbers of a training for TensorBoard, to a new file <folder>/events.out.tfevents.<seconds>.<name>:
///   epoch/loss, epoch/validation_loss, epoch/learning_rate, epoch/gradient_norm       step: the number of the epoch
///   batch/loss, batch/learning_rate, batch/gradient_norm     step: the number of the batch in the training, from 1
/// Each is in the file as soon as it is known, so TensorBoard shows a training that runs. A training that goes on from
/// a checkpoint begins another file in the folder; TensorBoard shows them as one curve.
class TensorBoardLogger {
 public:
  explicit TensorBoardLogger(TensorBoardOptions options) : options_(std::move(options)) {}

  /// Throws ConfigError without a folder, for every_batches below 0 or a name that cannot end a file's.
  void on_train_begin(TrainingRun&) {
    if (options_.folder.empty()) fail<ConfigError>("TensorBoardLogger", "expected a folder, got none");
    if (options_.every_batches < 0)
      fail<ConfigError>("TensorBoardLogger", "expected every_batches of at least 0, got ", options_.every_batches);
    if (options_.name.empty() || std::filesystem::path(options_.name).filename() != options_.name)
      fail<ConfigError>("TensorBoardLogger", "expected a name without a folder, got \"", options_.name, '"');
    file_.clear();
  }

  /// Throws IoError if the file cannot be made or written; so do the functions below.
  void on_batch_begin(TrainingRun&) { begin_file(); }

  void on_batch_end(TrainingRun& run) {
    if (options_.every_batches == 0 || run.step() % options_.every_batches != 0) return;
    write(run.step(),
          std::array{EventScalar{"batch/loss", run.batch_loss}, EventScalar{"batch/learning_rate", run.learning_rate()},
                     EventScalar{"batch/gradient_norm", run.gradient_norm}});
  }

  void on_epoch_end(TrainingRun& run) {
    const EpochRecord& record = run.history.epochs.back();
    std::vector<EventScalar> scalars{{"epoch/loss", record.loss}};
    if (record.validation_loss) scalars.push_back({"epoch/validation_loss", *record.validation_loss});
    scalars.push_back({"epoch/learning_rate", record.learning_rate});
    scalars.push_back({"epoch/gradient_norm", record.gradient_norm});
    write(record.epoch, scalars);
  }

 private:
  /// In seconds since 1970 UTC.
  static double now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  }

  /// Makes the file, unless this training has one.
  void begin_file() {
    if (!file_.empty()) return;
    std::error_code reason;
    std::filesystem::create_directories(options_.folder, reason);
    if (reason) fail_to_write(options_.folder, reason);
    const double time = now();
    const std::string name =
        "events.out.tfevents." + std::to_string(static_cast<long long>(time)) + '.' + options_.name;
    std::filesystem::path path = options_.folder / name;
    reason = add(path, Mode::create, version_record(time));
    for (int i = 2; reason == std::errc::file_exists; ++i) {  // of a training that began in the same second
      path = options_.folder / (name + '.' + std::to_string(i));
      reason = add(path, Mode::create, version_record(time));
    }
    if (reason) fail_to_write(path, reason);
    file_ = path;
  }

  void write(Index step, std::span<const EventScalar> scalars) {
    begin_file();
    if (const std::error_code reason = add(file_, Mode::append, scalars_record(now(), step, scalars)))
      fail_to_write(file_, reason);
  }

  enum class Mode { create, append };

  /// Adds bytes at the end of a file, which `create` makes and wants not to be there. Closed each time: a file that
  /// stays open shows its last bytes late, and copies of the callback would share it. The reason if it fails.
  static std::error_code add(const std::filesystem::path& path, Mode mode, const std::string& bytes) {
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

  [[noreturn]] static void fail_to_write(const std::filesystem::path& path, const std::error_code& reason) {
    fail<IoError>("TensorBoardLogger", "cannot write ", path, ": ", reason.message());
  }

  TensorBoardOptions options_;
  std::filesystem::path file_;  // of this training; empty: none yet
};

}  // namespace tsattn
