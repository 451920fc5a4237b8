// Forecasts a series while it arrives: one row in, one forecast out, and how long each step took.
// docs/streaming.md shows it at work.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <ostream>
#include <span>
#include <utility>
#include <vector>

#include <tsattn/forecasting/forecaster_file.hpp>
#include <tsattn/formats/atomic_file.hpp>
#include <tsattn/tsattn.hpp>

#include "latency.hpp"
#include "rows.hpp"
#include "support/program.hpp"

namespace ts = tsattn;
using namespace streaming;

namespace {

struct Options {
  std::filesystem::path model = {};  ///< none: one that is trained on a wave, in a second
  std::filesystem::path state = {};  ///< none: nothing is kept
  std::int64_t generate = 0;         ///< 0: rows come from standard input
  bool is_quiet = false;
  std::uint64_t seed = 1;
};

/// One step ahead, from 50.
ts::Forecaster<float> train_on_wave(std::uint64_t seed) {
  const auto wave = ts::sine_wave<double>({.length = 1000, .period = 50, .noise = 0.1, .seed = seed});
  ts::Sequential<float> model(ts::SampleShape{.time = 50, .features = 1}, seed);
  model.add(ts::Lstm{32}).add(ts::AttentionPooling{}).add(ts::Dense{1});
  ts::Forecaster<float> forecaster(std::move(model), {.lookback = 50});
  forecaster.fit(wave, {.epochs = 20, .seed = seed});
  return forecaster;
}

std::vector<std::byte> read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) ts::fail<ts::IoError>(path.string(), "expected a state that can be read");
  const std::vector<char> characters{std::istreambuf_iterator<char>(file), {}};
  const auto bytes = std::as_bytes(std::span(characters));
  return {bytes.begin(), bytes.end()};
}

void print_row(const std::vector<double>& row, bool is_new, const std::vector<double>& forecast) {
  const char* separator = "";
  for (const double value : row) std::cout << std::exchange(separator, " ") << value;
  std::cout << "  ->";
  if (!is_new) std::cout << "  (more rows are needed)";
  if (is_new)
    for (const double value : forecast) std::cout << ' ' << value;
  std::cout << '\n';
}

void run(const Options& options) {
  const ts::Forecaster<float> forecaster =
      options.model.empty() ? train_on_wave(options.seed) : ts::load_forecaster<float>(options.model).forecaster;
  ts::ForecastStream<float> stream = forecaster.stream();
  if (!options.state.empty() && std::filesystem::exists(options.state)) stream.load_state(read_bytes(options.state));

  std::unique_ptr<RowSource> source = std::make_unique<LinesOf>(std::cin);
  if (options.generate > 0) source = std::make_unique<GeneratedWave>(options.generate, options.seed);
  std::vector<double> row(static_cast<std::size_t>(stream.features()));
  std::vector<double> forecast(static_cast<std::size_t>(stream.horizon() * stream.targets()));
  Latency latency(1'000'000);
  while (source->next(row)) {
    const auto begin = std::chrono::steady_clock::now();
    const bool is_new = stream.step(row.data(), forecast.data());
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - begin;
    if (is_new) latency.note(time.count());
    if (!options.is_quiet) print_row(row, is_new, forecast);
  }
  if (!options.state.empty()) {
    const std::vector<std::byte> state = stream.save_state();
    ts::write_file_atomically(options.state, [&](std::ostream& out) {
      out.write(reinterpret_cast<const char*>(state.data()), static_cast<std::streamsize>(state.size()));
    });
  }
  std::cout << latency.text() << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Forecasts a series while it arrives: reads rows of numbers from standard input, or generates them, prints "
      "after\n"
      "each row the forecast of the steps that follow it, and at the end how long a step took.",
      "streaming");
  Options options;
  app.option_defaults()->always_capture_default();
  app.add_option(
         "--model", options.model,
         "a forecaster, saved by forecast_csv or another program; without one, a small one is trained on a wave")
      ->check(CLI::ExistingFile);
  app.add_option("--state", options.state, "a file to go on from, if it exists, and to save the state to at the end");
  app.add_option("--generate", options.generate, "so many rows of a wave instead of standard input")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}));
  app.add_flag("--quiet", options.is_quiet, "print the times of the steps only");
  app.add_option("--seed", options.seed, "of what is trained and generated");
  return examples::run_program(app, argc, argv, [&] { run(options); });
}
