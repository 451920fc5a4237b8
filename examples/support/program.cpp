#include "program.hpp"

#include <cstddef>
#include <exception>
#include <iostream>

namespace examples {

int run_program(CLI::App& app, int argc, char** argv, const std::function<void()>& work) {
  const auto say = [&](const std::exception& error, const char* end) {
    std::cerr << app.get_name() << ": " << one_line(error.what()) << end << '\n';
    return 2;
  };
  try {
    app.parse(argc, argv);
    work();
    return 0;
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return 0;
  } catch (const CLI::ParseError& error) {
    return say(error, " (see --help)");
  } catch (const std::exception& error) {
    return say(error, "");
  }
}

std::string one_line(std::string text) {
  const std::size_t end = text.find("] ");
  if (text.substr(0, 1) == "[" && end != std::string::npos)
    text = text.substr(1, end - 1) + ": " + text.substr(end + 2);
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos;) {
    const std::size_t next = text.find_first_not_of("\n ", at);
    const bool is_first = text.substr(0, at).ends_with(':');
    text.replace(at, (next == std::string::npos ? text.size() : next) - at, is_first ? " " : "; ");
  }
  return text;
}

}  // namespace examples
