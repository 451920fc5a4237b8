#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>

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

  bool has_attention() const { return attention != "none"; }
  std::string title() const { return cell + ", attention " + attention; }
};

void add_options(CLI::App& app, Options& options);
