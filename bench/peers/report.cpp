#include "report.hpp"

#include <cstdlib>
#include <iomanip>
#include <ostream>

#include <nlohmann/json.hpp>

#include <tsattn/formats/atomic_file.hpp>

namespace peers {

namespace {

constexpr std::string_view compiler() {
#if defined(__clang__)
  return __VERSION__;  // begins with the name
#elif defined(__GNUC__)
  return "GCC " __VERSION__;
#else
  return "neither GCC nor Clang";
#endif
}

}  // namespace

std::string row_name(const Task& task, std::string_view peer) {
  const std::string cell(tsattn::name_of(task.cell)), mode(tsattn::name_of(task.mode));
  return cell + ' ' + std::string(task.sizes.name) + ' ' + std::to_string(task.threads) + ' ' + mode + ' ' +
         std::string(peer);
}

void print_header(std::ostream& out, const std::vector<Library>& libraries) {
  for (const Library& library : libraries) out << "- " << library.name << ": " << library.description << '\n';
  if (const char* policy = std::getenv("OMP_WAIT_POLICY")) out << "- OMP_WAIT_POLICY=" << policy << '\n';
  out << "- compiler of this program: " << compiler() << "\n\n"
      << "| cell | sizes | F | H | T | B | threads | mode | ours, ms | peer | peer, ms | ratio | others, cores |\n"
      << "|---|---|--:|--:|--:|--:|--:|---|--:|---|--:|--:|--:|\n";
}

void print_row(std::ostream& out, const Row& row) {
  const auto& [name, features, hidden, steps, batch] = row.task.sizes;
  out << std::fixed << std::setprecision(row.task.mode == Mode::stream ? 6 : 4) << "| "
      << tsattn::name_of(row.task.cell) << " | " << name << " | " << features << " | " << hidden << " | " << steps
      << " | " << batch << " | " << row.task.threads << " | " << tsattn::name_of(row.task.mode) << " | " << row.ours_ms
      << " | " << row.peer << " | " << row.peer_ms << " | " << std::setprecision(2) << row.ratio() << " | "
      << row.others_cores << " |" << std::endl;  // to be seen at once
}

void print_notes(std::ostream& out) {
  out << R"(
ratio: the peer's median time / ours, both measured by turns; above 1 we are faster.
others: how many cores other programs used meanwhile. Unless that is about 0 the row says nothing, least on two threads.
infer: the whole sequence forward. train: forward and backward of the layer. step: one training step of Lstm +
AttentionPooling + Dense with MSE and Adam. stream: one step of one sample; ours packs its weights once, when the stream
is made, and keeps the state; a peer runs a sequence of one step from nothing.
ours: packing the weights, cutting the batch for the threads and adding up their gradients are in the time, and in
`step` gathering the windows. dL/dx is not computed, for x is data.
onednn: weights are packed beforehand. It cannot leave dL/dx out.
libtorch: x needs no gradient, so dL/dx is not computed. In `step` the batch lies ready.
)";
}

void save_json(const std::filesystem::path& path, const std::vector<Row>& rows) {
  nlohmann::ordered_json array = nlohmann::ordered_json::array();
  for (const Row& row : rows) {
    const auto& [name, features, hidden, steps, batch] = row.task.sizes;
    array.push_back({{"cell", tsattn::name_of(row.task.cell)},
                     {"F", features},
                     {"H", hidden},
                     {"T", steps},
                     {"B", batch},
                     {"threads", row.task.threads},
                     {"mode", tsattn::name_of(row.task.mode)},
                     {"ours_ms", row.ours_ms},
                     {"peer", row.peer},
                     {"peer_ms", row.peer_ms},
                     {"ratio", row.ratio()},
                     {"others_cores", row.others_cores}});
  }
  tsattn::write_file_atomically(path, [&](std::ostream& out) { out << array.dump(2) << '\n'; });
}

}  // namespace peers
