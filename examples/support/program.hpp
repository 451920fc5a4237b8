#pragma once

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

namespace examples {

/// What every example program does around its own work: reads the command line, runs `work`, and says on one line of
/// standard error what went wrong. Returns the exit code: 0, or 2 after such a line.
int run_program(CLI::App& app, int argc, char** argv, const std::function<void()>& work);

/// "[model.safetensors] expected ..." as "model.safetensors: expected ...", on one line.
std::string one_line(std::string text);

}  // namespace examples
