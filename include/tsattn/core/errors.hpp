#pragma once

#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tsattn {

/// Every exception of the library derives from this one. The text says where, what was expected, what was found and,
/// where one exists, the likely fix: "[Dense] expected x with 7 features, got [time=1, batch=4, features=5]".
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Thrown where two shapes that must agree do not.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// Thrown for an option whose value makes no sense: a negative size, an unknown name, a split outside (0, 1).
class ConfigError : public Error {
 public:
  using Error::Error;
};

/// Thrown for data that cannot be used: they are empty, too short, or not finite.
class DataError : public Error {
 public:
  using Error::Error;
};

/// Thrown where a computation left the finite numbers: a loss or a gradient is NaN or infinite.
class NumericError : public Error {
 public:
  using Error::Error;
};

/// Thrown for a file that cannot be read or written.
class IoError : public Error {
 public:
  using Error::Error;
};

/// Returns the text of `error` without its "[where] ", for a new error that can say where more exactly.
inline std::string_view without_place(const Error& error) {
  const std::string_view text = error.what();
  const std::size_t end = text.find("] ");
  return text.substr(0, 1) == "[" && end != std::string_view::npos ? text.substr(end + 2) : text;
}

/// Throws `Exception` with the text "[where] " followed by the parts, each written with <<. The text is built only
/// here, so a test that passes costs nothing.
template <class Exception, class... Parts>
[[noreturn]] void fail(std::string_view where, const Parts&... parts) {
  std::ostringstream text;
  text << '[' << where << "] ";
  (text << ... << parts);
  throw Exception(text.str());
}

}  // namespace tsattn
