#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <tsattn/core/index.hpp>

/// What can be chosen on the command line.
struct Options {
  tsattn::Index epochs = 50;
  tsattn::Index hidden = 64;
  std::string cell = "lstm";
  std::string attention = "pooling";
  double noise = 0.05;
  tsattn::Index length = 6000;
  std::uint64_t seed = 1;
  int threads = 0;
  std::filesystem::path output = "outputs";
};

/// Reads the command line into `options`. Returns true to go on; otherwise the program should end with `exit_code`: 0
/// after --help, 2 after a message on standard error about what is wrong.
bool parse_command_line(int argc, char** argv, Options& options, int& exit_code);
