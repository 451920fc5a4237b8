// A table of the size and form of the Jena climate data, 420 551 rows of a time and 14 numbers, read from memory and
// from a file, beside a plain read of as many bytes.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ios>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include <tsattn/core/random.hpp>
#include <tsattn/data/csv.hpp>
#include <tsattn/data/time_stamp.hpp>

namespace {

using namespace tsattn;
namespace fs = std::filesystem;

const fs::path kFile = fs::temp_directory_path() / "tsattn_csv_bench.csv";

/// Numbers with two decimals of which most have three or four digits, as those of the data.
const std::string& text() {
  static const std::string instance = [] {
    constexpr int kRows = 420551, kColumns = 14;
    std::string lines = "Date Time";
    for (int column = 0; column < kColumns; ++column) lines.append(",column (").append(std::to_string(column)) += ')';
    lines += "\r\n";
    Random random(1);
    TimeStamp time = parse_time_stamp("2009-01-01 00:10:00");
    for (int row = 0; row < kRows; ++row, time += std::chrono::minutes(10)) {
      const std::string iso = text_of(time);
      lines.append(iso, 8, 2).append(".").append(iso, 5, 2).append(".").append(iso, 0, 4).append(iso, 10);
      for (int column = 0; column < kColumns; ++column) {
        char number[32];
        const int size = std::snprintf(number, sizeof number, ",%.2f", (column % 5 == 0 ? 1000 : 30) * random.normal());
        lines.append(number, static_cast<std::size_t>(size));
      }
      lines += "\r\n";
    }
    return lines;
  }();
  return instance;
}

void write_file() { std::ofstream(kFile, std::ios::binary) << text(); }

void set_bytes(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text().size()));
}

void parse(benchmark::State& state) {
  text();
  for (auto _ : state) benchmark::DoNotOptimize(parse_csv(text()));
  set_bytes(state);
}

void read(benchmark::State& state) {
  write_file();
  for (auto _ : state) benchmark::DoNotOptimize(read_csv(kFile));
  set_bytes(state);
  fs::remove(kFile);
}

void plain_read(benchmark::State& state) {
  write_file();
  for (auto _ : state) {
    const std::unique_ptr<char[]> bytes(new char[text().size()]);
    std::FILE* file = std::fopen(kFile.string().c_str(), "rb");
    std::setvbuf(file, nullptr, _IONBF, 0);
    if (std::fread(bytes.get(), 1, text().size(), file) != text().size()) state.SkipWithError("cannot read");
    std::fclose(file);
    benchmark::DoNotOptimize(bytes.get());
  }
  set_bytes(state);
  fs::remove(kFile);
}

BENCHMARK(parse)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(read)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(plain_read)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
