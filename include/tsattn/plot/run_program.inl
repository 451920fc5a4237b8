#pragma once

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#if __has_include(<sys/wait.h>)
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <tsattn/core/errors.hpp>
#include <tsattn/formats/atomic_file.hpp>
#include <tsattn/plot/run_program.hpp>

namespace tsattn {

#if __has_include(<sys/wait.h>)

TSATTN_LIBRARY_FUNCTION std::optional<std::filesystem::path> find_program(const std::string& name) {
  const char* const path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix((std::min)(folder.size() + 1, rest.size()));
    if (folder.empty()) continue;
    std::error_code ignored;
    const std::filesystem::path program = std::filesystem::absolute(std::filesystem::path(folder) / name, ignored);
    if (std::filesystem::is_regular_file(program, ignored) && ::access(program.c_str(), X_OK) == 0) return program;
  }
  return std::nullopt;
}

namespace run_program_parts {

/// A file descriptor, closed at the end.
class Descriptor {
 public:
  Descriptor() = default;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  void open(int descriptor) {
    close();
    value_ = descriptor;
    ::fcntl(value_, F_SETFD, FD_CLOEXEC);
  }
  void close() {
    if (value_ >= 0) ::close(value_);
    value_ = -1;
  }
  int get() const { return value_; }

 private:
  int value_ = -1;
};

/// Reads what is in the pipe, without waiting, to the end of `text`. False at the end of the file.
inline bool read_available(int pipe, std::string& text) {
  constexpr std::size_t kMostText = 16384;  // the rest is read and forgotten, so that the writer can go on
  char bytes[1024];
  while (true) {
    const auto count = ::read(pipe, bytes, sizeof bytes);
    if (count > 0) {
      text.append(bytes, (std::min)(static_cast<std::size_t>(count), kMostText - text.size()));
    } else if (count == 0 || (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)) {
      return false;
    } else if (errno != EINTR) {
      return true;
    }
  }
}

}  // namespace run_program_parts

TSATTN_LIBRARY_FUNCTION std::string run_program(const std::filesystem::path& program, const std::string& argument,
                                                const std::filesystem::path& folder, std::chrono::milliseconds limit) {
  using namespace run_program_parts;
  using Clock = std::chrono::steady_clock;
  const auto fail_to_run = [&](std::string_view step) {
    fail<IoError>("run_program", "cannot run ", program, ": ", step, ": ", atomic_file_parts::last_reason().message());
  };
  Descriptor input, output, output_end;
  if (const int null = ::open("/dev/null", O_RDONLY); null >= 0) input.open(null);
  int ends[2] = {-1, -1};
  if (::pipe(ends) != 0) fail_to_run("pipe");
  output.open(ends[0]);
  output_end.open(ends[1]);
  ::fcntl(output.get(), F_SETFL, O_NONBLOCK);

  // fork and not posix_spawn, which has no portable way to another folder. Everything that allocates is done before it,
  // for in the child of a program with threads only system calls are allowed.
  std::string program_text = program.string(), argument_text = argument;
  char* const arguments[] = {program_text.data(), argument_text.data(), nullptr};
  const char* const folder_text = folder.empty() ? "." : folder.c_str();
  const pid_t child = ::fork();
  if (child < 0) fail_to_run("fork");
  if (child == 0) {
    for (const int standard : {STDOUT_FILENO, STDERR_FILENO}) {
      ::dup2(output_end.get(), standard);
      ::fcntl(standard, F_SETFD, 0);
    }
    ::dup2(input.get(), STDIN_FILENO);
    ::fcntl(STDIN_FILENO, F_SETFD, 0);
    if (::chdir(folder_text) == 0) ::execv(arguments[0], arguments);
    constexpr std::string_view kMessage = "it cannot be started in that folder\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kMessage.data(), kMessage.size());
    ::_exit(127);
  }
  output_end.close();

  std::string text;
  const Clock::time_point deadline = Clock::now() + limit;
  bool is_open = true, in_time = true;
  int status = 0;
  while (true) {
    pollfd wanted{output.get(), POLLIN, 0};
    ::poll(&wanted, is_open ? 1 : 0, is_open ? 20 : 1);
    if (is_open) is_open = read_available(output.get(), text);
    const pid_t ended = ::waitpid(child, &status, in_time ? WNOHANG : 0);
    if (ended == child) break;
    if (ended < 0 && errno != EINTR) {  // the program around us lets the system collect its children: no status is kept
      status = 0;
      break;
    }
    if (in_time && Clock::now() > deadline) {
      in_time = false;
      ::kill(child, SIGKILL);
    }
  }
  if (is_open) read_available(output.get(), text);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();

  if (!in_time)
    fail<IoError>("run_program", program, " did not end within ", limit.count(), " ms and was stopped: ", text);
  if (WIFSIGNALED(status)) fail<IoError>("run_program", program, " was ended by signal ", WTERMSIG(status), ": ", text);
  if (WEXITSTATUS(status) != 0)
    fail<IoError>("run_program", program, " failed with status ", WEXITSTATUS(status), ": ", text);
  return text;
}

#else  // no way to run it without a shell

TSATTN_LIBRARY_FUNCTION std::optional<std::filesystem::path> find_program(const std::string&) { return std::nullopt; }
TSATTN_LIBRARY_FUNCTION std::string run_program(const std::filesystem::path&, const std::string&,
                                                const std::filesystem::path&, std::chrono::milliseconds) {
  return {};
}

#endif

}  // namespace tsattn
