#pragma once

#include <bit>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/formats/safetensors.hpp>
#include <tsattn/persistence/checkpoint.hpp>
#include <tsattn/persistence/model_file_format.hpp>

namespace tsattn {

namespace checkpoint_parts {

inline constexpr const char* kStateKey = "tsattn.state";

/// Writes a state into a model file: single values as JSON in the metadata, doubles as their bits, so that no digit is
/// lost and infinities have a place; arrays as tensors. It keeps copies of these, since what is visited may be gone
/// when the file is saved, and must live until then itself.
class StateWriter final : public StateVisitor {
 public:
  explicit StateWriter(SafetensorsWriter& file) : file_(file) {}
  /// After the last visit.
  void finish() { file_.metadata[kStateKey] = values_.dump(); }

 private:
  void on_integer(const std::string& name, Index& value) override { values_[name] = value; }
  void on_bits(const std::string& name, std::uint64_t& value) override { values_[name] = value; }
  void on_number(const std::string& name, double& value) override {
    values_[name] = std::bit_cast<std::uint64_t>(value);
  }
  void on_text(const std::string& name, std::string& value) override { values_[name] = value; }
  void on_floats(const std::string& name, AlignedBuffer<float>& values) override { add(name, values, floats_); }
  void on_doubles(const std::string& name, AlignedBuffer<double>& values) override { add(name, values, doubles_); }
  void on_integers(const std::string& name, std::vector<Index>& values) override { add(name, values, integers_); }

  template <class Array>
  void add(const std::string& name, const Array& values, std::deque<Array>& copies) {
    const Array& copy = copies.emplace_back(values);
    file_.add(std::string(model_file_parts::kState) + name, {static_cast<Index>(copy.size())}, copy.data());
  }

  SafetensorsWriter& file_;
  nlohmann::json values_ = nlohmann::json::object();
  std::deque<AlignedBuffer<float>> floats_;
  std::deque<AlignedBuffer<double>> doubles_;
  std::deque<std::vector<Index>> integers_;
};

/// Reads it back. Throws IoError for a value that is missing or of another type.
class StateReader final : public StateVisitor {
 public:
  explicit StateReader(SafetensorsFile& file) : file_(file) {
    if (file.metadata().count(kStateKey) == 0)
      fail<IoError>(file.where(), "expected a checkpoint, with the state of a training, got a model alone");
    values_ = model_file_parts::json_of(file, kStateKey);
  }

  /// After the last visit. Throws IoError if the file has a value that nobody asked for.
  void finish() const {
    for (const auto& [name, value] : values_.items()) require_read(name);
    for (const TensorEntry& tensor : file_.tensors())
      if (model_file_parts::starts_with(tensor.name, model_file_parts::kState))
        require_read(tensor.name.substr(model_file_parts::kState.size()));
  }

 private:
  void on_integer(const std::string& name, Index& value) override { read(name, value); }
  void on_bits(const std::string& name, std::uint64_t& value) override { read(name, value); }
  void on_number(const std::string& name, double& value) override {
    std::uint64_t bits = 0;
    read(name, bits);
    value = std::bit_cast<double>(bits);
  }
  void on_text(const std::string& name, std::string& value) override { read(name, value); }
  void on_floats(const std::string& name, AlignedBuffer<float>& values) override { read_tensor(name, "F32", values); }
  void on_doubles(const std::string& name, AlignedBuffer<double>& values) override { read_tensor(name, "F64", values); }
  void on_integers(const std::string& name, std::vector<Index>& values) override {
    values = file_.read_integers(entry(name));
  }

  template <class Value>
  void read(const std::string& name, Value& value) {
    read_.insert(name);
    const auto found = values_.find(name);
    const bool is_good =
        found != values_.end() && (std::is_same_v<Value, std::string>     ? found->is_string()
                                   : std::is_same_v<Value, std::uint64_t> ? found->is_number_unsigned()
                                                                          : found->is_number_integer());
    if (!is_good)
      fail<IoError>(file_.where(), "expected \"", name, "\" in the state of the training; ", kOtherTraining);
    value = found->template get<Value>();
  }

  template <class S>
  void read_tensor(const std::string& name, std::string_view dtype, AlignedBuffer<S>& values) {
    const TensorEntry& tensor = entry(name);
    if (tensor.dtype != dtype)
      fail<IoError>(file_.where(), "expected the tensor ", tensor.name, " as ", dtype, ", got ", tensor.dtype,
                    "; a training goes on in the scalar type in which it began");
    values.resize(tensor.size());
    file_.read(tensor, 0, tensor.size(), values.data());
  }

  const TensorEntry& entry(const std::string& name) {
    read_.insert(name);
    const TensorEntry* found = file_.find(std::string(model_file_parts::kState) + name);
    if (found == nullptr)
      fail<IoError>(file_.where(), "expected a tensor ", model_file_parts::kState, name, "; ", kOtherTraining);
    return *found;
  }

  void require_read(const std::string& name) const {
    if (read_.count(name) == 0)
      fail<IoError>(file_.where(), "expected no \"", name, "\" in the state of the training; ", kOtherTraining);
  }

  static constexpr std::string_view kOtherTraining =
      "the checkpoint is of a training with another optimizer or other callbacks";

  SafetensorsFile& file_;
  nlohmann::json values_;
  std::set<std::string, std::less<>> read_;
};

}  // namespace checkpoint_parts

template <class S>
void ModelCheckpoint<S>::on_train_begin(TrainingRun&) {
  if (options_.every_batches < 0)
    fail<ConfigError>("ModelCheckpoint", "expected every_batches of at least 0, got ", options_.every_batches);
  if (options_.last.empty() && options_.best.empty())
    fail<ConfigError>("ModelCheckpoint", "expected a path as `last`, as `best` or as both, got none");
  best_loss_ = std::numeric_limits<double>::infinity();
}

template <class S>
void ModelCheckpoint<S>::on_resume(TrainingRun& run) {
  if (!options_.resume || options_.last.empty() || !std::filesystem::exists(options_.last)) return;
  SafetensorsFile file(options_.last);
  model_file_parts::require_model(file);
  checkpoint_parts::StateReader reader(file);
  model_file_parts::require_checksum(file);
  const std::vector<NamedTensor<S>> parameters = model_->parameters();
  model_file_parts::require_weights(file, parameters);
  run.visit_state(reader);
  reader.finish();
  for (const NamedTensor<S>& tensor : parameters)
    file.read_column_major(*file.find(tensor.name), tensor.rows, tensor.cols, tensor.data);
}

template <class S>
void ModelCheckpoint<S>::on_checkpoint(TrainingRun& run) {
  if (run.is_epoch_end && !options_.best.empty()) {
    const EpochRecord& record = run.history.epochs.back();
    const double loss = record.validation_loss.value_or(record.loss);
    if (loss < best_loss_) {
      best_loss_ = loss;
      save_model(options_.best, *model_, options_.extras);
    }
  }
  const bool is_due = run.is_epoch_end || (options_.every_batches > 0 && run.batch % options_.every_batches == 0);
  if (options_.last.empty() || !is_due) return;
  ModelWriter<S> writer(*model_, options_.extras);
  checkpoint_parts::StateWriter state(writer.file());
  run.visit_state(state);
  state.finish();
  writer.save(options_.last);
}

TSATTN_JSON_INSTANCE(class ModelCheckpoint);

}  // namespace tsattn
