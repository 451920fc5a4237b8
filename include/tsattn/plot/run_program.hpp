#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include <tsattn/core/compiled.hpp>

/// Running another program without a shell, so that no character of a name or a path means anything to anybody.
namespace tsattn {

/// The program `name` in the folders of PATH. The current folder is not one of them, though an empty entry means it.
std::optional<std::filesystem::path> find_program(const std::string& name);

/// Runs `program` with one argument in the folder `folder`, without a shell and without input. Returns what it wrote to
/// standard output and standard error. Throws IoError with that text if it fails or runs longer than `limit`, after
/// which it is killed.
std::string run_program(const std::filesystem::path& program, const std::string& argument,
                        const std::filesystem::path& folder, std::chrono::milliseconds limit);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/plot/run_program.inl>
#endif
