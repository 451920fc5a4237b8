#include "results_folder.hpp"

#include <iostream>
#include <ostream>
#include <system_error>
#include <utility>

#include <tsattn/core/errors.hpp>
#include <tsattn/formats/atomic_file.hpp>
#include <tsattn/training/progress.hpp>

namespace examples {

namespace ts = tsattn;
namespace fs = std::filesystem;

ResultsFolder::ResultsFolder(fs::path path) : path_(std::move(path)) {
  for (const fs::path& folder : {logs(), models(), plots(), predictions()}) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
      ts::fail<ts::IoError>("--output", "expected an output folder that can be written, got ", folder.string(), ": ",
                            error.message());
  }
  const std::string probe = "can_be_written";
  write(probe, std::string());
  fs::remove(path_ / probe);
}

void ResultsFolder::write(const std::string& name, const std::string& text) const {
  ts::write_file_atomically(path_ / name, [&](std::ostream& out) { out << text; });
}

void ResultsFolder::write(const std::string& name, const nlohmann::ordered_json& json) const {
  write(name, json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n');
}

void report_pictures(std::initializer_list<std::vector<ts::PlotResult>> pictures) {
  for (const std::vector<ts::PlotResult>& some : pictures)
    for (const ts::PlotResult& picture : some)
      if (!picture.drawn) {
        std::cout << picture.note << '\n';
        return;
      }
}

void say_where_results_are(const ResultsFolder& folder) {
  std::cout << "Results are in " << folder.path().string() << ".\n";
}

void say_where_results_are(const ResultsFolder& folder, const Stopwatch& since_begin) {
  std::cout << "Results are in " << folder.path().string() << ", after " << ts::duration_text(since_begin.seconds())
            << ".\n";
}

}  // namespace examples
