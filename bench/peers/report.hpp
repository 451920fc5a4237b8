#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "work.hpp"

namespace peers {

struct Row {
  Task task;
  std::string_view peer;
  double ours_ms, peer_ms;
  double others_cores;  ///< how many cores other processes used meanwhile; NaN where that is not known

  double ratio() const { return peer_ms / ours_ms; }
};

/// "lstm sine 1 infer onednn": cell, sizes, threads, mode, peer. What --filter looks in.
std::string row_name(const Task& task, std::string_view peer);

void print_header(std::ostream& out, const std::vector<Library>& libraries);
void print_row(std::ostream& out, const Row& row);
void print_notes(std::ostream& out);

/// The rows as a JSON array. Throws IoError; then the file is as it was.
void save_json(const std::filesystem::path& path, const std::vector<Row>& rows);

}  // namespace peers
