#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <tsattn/plot/gnuplot.hpp>

#include "stopwatch.hpp"

namespace examples {

/// The folder that a program writes to, with the folders logs, models, plots and predictions in it.
class ResultsFolder {
 public:
  /// Makes them, and writes a file and removes it: a folder that cannot be written ends the program before anything is
  /// computed in vain. Throws tsattn::IoError.
  explicit ResultsFolder(std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path logs() const { return path_ / "logs"; }
  std::filesystem::path models() const { return path_ / "models"; }
  std::filesystem::path plots() const { return path_ / "plots"; }
  std::filesystem::path predictions() const { return path_ / "predictions"; }
  /// The model of the best epoch so far, and the one that the program ends with.
  std::filesystem::path best_model() const { return models() / "best_model.safetensors"; }
  std::filesystem::path final_model() const { return models() / "final_model.safetensors"; }

  /// Throws tsattn::IoError; the file is written whole or not at all.
  void write(const std::string& name, const std::string& text) const;
  void write(const std::string& name, const nlohmann::ordered_json& json) const;

 private:
  std::filesystem::path path_;
};

/// Says on standard output, once, why pictures could not be drawn, if some of these could not.
void report_pictures(std::initializer_list<std::vector<tsattn::PlotResult>> pictures);

/// The last line of a program on standard output: where its results are, and how long they took.
void say_where_results_are(const ResultsFolder& folder);
void say_where_results_are(const ResultsFolder& folder, const Stopwatch& since_begin);

}  // namespace examples
