// Our layers beside oneDNN's and LibTorch's, in one process: the same sizes, the same threads, measured by turns.
//
//   peers                          every row; some minutes
//   peers --filter "lstm sine 1"   the rows whose name contains that
//
// The machine must be idle, for the peers' threads meet at barriers in every time step and wait there for a thread that
// has lost its processor: one busy process can make them 1000 times slower on two threads. They wait by spinning, which
// takes nothing from the others: all three share one OpenMP pool. Three things outside the program make a peer slower
// than it is (Lstm, H 64, B 32, two threads):
//   OMP_WAIT_POLICY=passive   oneDNN 9 to 16 times, LibTorch 1.5 to 1.8 times, ours 1.0 to 1.3 times
//   the BLAS of the system    LibTorch up to 6 times with an OpenBLAS whose threads are not OpenMP's
//   OPENBLAS_CORETYPE         an OpenBLAS older than the processor takes the kernels of another (its name is printed);
//                             with AVX-512 and SkylakeX instead of Haswell LibTorch is 1.5 times faster at H 256

#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "interleaved.hpp"
#include "other_load.hpp"
#include "report.hpp"
#include "work.hpp"

namespace {

using namespace peers;

struct Options {
  std::string filter;
  double seconds = 1.5;
  std::vector<int> threads = {1, 2};
  std::filesystem::path json;
};

constexpr Sizes kSineWave{"sine", 1, 64, 50, 32};
constexpr Sizes kSizes[] = {kSineWave,
                            {"jena", 14, 32, 120, 256},
                            {"wide", 64, 256, 100, 64},
                            {"large", 64, 512, 100, 64},
                            {"one sample", 14, 32, 120, 1},
                            {"one step", 64, 64, 1, 1}};
constexpr Sizes kStreams[] = {{"F1 H8", 1, 8, 1, 1},    {"F1 H16", 1, 16, 1, 1},   {"F1 H32", 1, 32, 1, 1},
                              {"F1 H64", 1, 64, 1, 1},  {"F1 H128", 1, 128, 1, 1}, {"F14 H32", 14, 32, 1, 1},
                              {"F64 H64", 64, 64, 1, 1}};

std::vector<Library> peer_libraries() {
  std::vector<Library> libraries;
#ifdef PEERS_ONEDNN
  libraries.push_back(onednn_library());
#endif
#ifdef PEERS_LIBTORCH
  libraries.push_back(libtorch_library());
#endif
  return libraries;
}

std::vector<Task> all_tasks(const std::vector<int>& thread_counts) {
  std::vector<Task> tasks;
  for (const auto& [cell_name, cell] : tsattn::EnumNames<Cell>::kNames)
    for (const Sizes& sizes : kSizes)
      for (const int threads : thread_counts)
        for (const Mode mode : {Mode::infer, Mode::train}) tasks.push_back({cell, sizes, threads, mode});
  for (const int threads : thread_counts) tasks.push_back({Cell::lstm, kSineWave, threads, Mode::step});
  for (const Cell cell : {Cell::lstm, Cell::gru})
    for (const Sizes& sizes : kStreams) tasks.push_back({cell, sizes, 1, Mode::stream});
  return tasks;
}

std::vector<Row> measure(const Options& options, const Library& ours, const std::vector<Library>& peers) {
  std::vector<Row> rows;
  for (const Task& task : all_tasks(options.threads))
    for (const Library& peer : peers) {
      if (row_name(task, peer.name).find(options.filter) == std::string::npos) continue;
      // All of them, for what one leaves set is set for the others.
      for (const Library& library : peers) library.set_threads(task.threads);
      const Work peer_work = peer.prepare(task);
      if (!peer_work) continue;
      const Work our_work = ours.prepare(task);
      const OtherLoad others;
      const auto [ours_ms, peer_ms] = interleaved_medians(our_work, peer_work, options.seconds);
      rows.push_back({task, peer.name, ours_ms, peer_ms, others.cores()});
      print_row(std::cout, rows.back());
    }
  return rows;
}

void run(const Options& options) {
  const std::vector<Library> peers = peer_libraries();
  if (peers.empty())
    throw std::runtime_error("built without a peer: CMake found no OpenMP, or neither libdnnl-dev nor libtorch-dev");
  const Library ours = tsattn_library();
  std::vector<Library> libraries = {ours};
  libraries.insert(libraries.end(), peers.begin(), peers.end());

  print_header(std::cout, libraries);
  const std::vector<Row> rows = measure(options, ours, peers);
  if (rows.empty())
    throw std::runtime_error("--filter: no row's name contains \"" + options.filter +
                             "\"; names are like \"lstm sine 1 infer onednn\"");
  print_notes(std::cout);
  if (!options.json.empty()) save_json(options.json, rows);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Compares the speed of our recurrent layers with oneDNN's and LibTorch's: a Markdown table of ratios.");
  app.option_defaults()->always_capture_default();
  app.add_option("--json", options.json, "file that the table is written to, as a JSON array");
  app.add_option("--filter", options.filter, "only rows whose name, like \"lstm sine 1 infer onednn\", contains this");
  app.add_option("--seconds", options.seconds, "time for each row")->check(CLI::Range(0.0, 1e6));
  app.add_option("--threads", options.threads, "numbers of threads")->delimiter(',')->check(CLI::Range(1, 1024));
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "peers: " << error.what() << '\n';
    return 2;
  }
}
