// 95 MB of weights saved and loaded, beside a plain write and read of as many bytes into fresh memory. Both writes
// bring their bytes to the disk.

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <benchmark/benchmark.h>

#ifndef _WIN32
#include <unistd.h>
#endif

#include <tsattn/layers/lstm.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/persistence/model_file.hpp>

namespace {

using namespace tsattn;
namespace fs = std::filesystem;

const fs::path kModel = fs::temp_directory_path() / "tsattn_model_file_bench.safetensors";
const fs::path kPlain = fs::temp_directory_path() / "tsattn_model_file_bench.bytes";

const Sequential<float>& model() {
  static const Sequential<float> instance = [] {
    Sequential<float> model(/*features=*/1024);
    model.add(Lstm{.units = 1980, .initialization = Initialization::zeros});
    float value = 0;
    for (const NamedTensor<float>& tensor : model.parameters())
      for (Index i = 0; i < tensor.size(); ++i) tensor.data[i] = value += 0.25F;
    return model;
  }();
  return instance;
}

std::size_t file_size() { return static_cast<std::size_t>(fs::file_size(kModel)); }

void set_bytes(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(file_size()));
}

void save(benchmark::State& state) {
  for (auto _ : state) save_model(kModel, model());
  set_bytes(state);
}

void plain_write(benchmark::State& state) {
  save_model(kModel, model());
  const std::unique_ptr<char[]> bytes(new char[file_size()]());
  for (auto _ : state) {
    std::FILE* file = std::fopen(kPlain.string().c_str(), "wb");
    if (std::fwrite(bytes.get(), 1, file_size(), file) != file_size()) state.SkipWithError("cannot write");
    std::fflush(file);
#ifndef _WIN32
    ::fsync(::fileno(file));
#endif
    std::fclose(file);
  }
  set_bytes(state);
  fs::remove(kPlain);
}

void load(benchmark::State& state) {
  save_model(kModel, model());
  for (auto _ : state) benchmark::DoNotOptimize(load_model<float>(kModel));
  set_bytes(state);
}

void plain_read(benchmark::State& state) {
  save_model(kModel, model());
  for (auto _ : state) {
    const std::unique_ptr<char[]> bytes(new char[file_size()]);
    std::FILE* file = std::fopen(kModel.string().c_str(), "rb");
    std::setvbuf(file, nullptr, _IONBF, 0);
    if (std::fread(bytes.get(), 1, file_size(), file) != file_size()) state.SkipWithError("cannot read");
    std::fclose(file);
    benchmark::DoNotOptimize(bytes.get());
  }
  set_bytes(state);
}

BENCHMARK(save)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(plain_write)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(load)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(plain_read)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
