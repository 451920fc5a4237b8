// .safetensors files: the bytes, every type of number, and files that are damaged or made to do harm.

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#if __has_include(<sys/stat.h>)
#include <sys/stat.h>
#include <unistd.h>
#endif

#include <doctest/doctest.h>

#include <tsattn/core/matrix.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/formats/safetensors.hpp>

#include "support/io_error.hpp"
#include "support/safetensors_bytes.hpp"
#include "support/temporary_folder.hpp"

namespace safetensors_test {
namespace {

using namespace tsattn;
using namespace tsattn::test;
namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

/// What opening these bytes gives as an error, without the "[x] " in front; "" if none.
std::string error(const std::string& bytes) {
  const std::string text = io_error([&] { SafetensorsFile("x", bytes); });
  if (text.empty()) return "";
  REQUIRE(text.starts_with("[x] "));
  return text.substr(4);
}
std::string error_of_header(const std::string& header, const std::string& numbers = "") {
  return error(safetensors(header, numbers));
}

std::string bytes_of_writer(const SafetensorsWriter& writer) {
  std::ostringstream out;
  writer.write(out);
  return out.str();
}

/// `Number`s as little-endian bytes.
template <class Number>
std::string little_endian(const std::vector<Number>& numbers) {
  std::string bytes;
  for (const Number& number : numbers) {
    std::string of_one(sizeof(Number), '\0');
    std::memcpy(of_one.data(), &number, sizeof(Number));
    if (std::endian::native == std::endian::big) std::reverse(of_one.begin(), of_one.end());
    bytes += of_one;
  }
  return bytes;
}

TEST_CASE("a file is, byte for byte, what the format says") {
  const std::vector<float> f{1, -2.5F};
  const std::vector<double> d{1.0 / 3};
  SafetensorsWriter writer;
  writer.add<float>("b", {2, 1}, f.data());
  writer.add<double>("a \"quoted\" ä", {}, d.data());
  writer.add<float>("empty", {0, 7}, f.data());
  const std::vector<Index> integers{-1, 5};
  writer.add<Index>("i", {2}, integers.data());
  writer.metadata = {{"who", "we\n"}};
  std::string header = R"({"__metadata__":{"who":"we\n"},"b":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"
                       R"("a \"quoted\" ä":{"dtype":"F64","shape":[],"data_offsets":[8,16]},)"
                       R"("empty":{"dtype":"F32","shape":[0,7],"data_offsets":[16,16]},)"
                       R"("i":{"dtype":"I64","shape":[2],"data_offsets":[16,32]}})";
  while (header.size() % 8 != 0) header += ' ';
  const std::string numbers = little_endian(f) + little_endian(d) + little_endian(integers);
  CHECK(bytes_of_writer(writer) == safetensors(header, numbers));
  CHECK(bytes_of_writer(SafetensorsWriter()) == safetensors("{}      "));

  SafetensorsFile file("x", bytes_of_writer(writer));
  CHECK(file.metadata() == Metadata{{"who", "we\n"}});
  REQUIRE(file.tensors().size() == 4);
  CHECK(file.tensors()[0].name == "b");
  CHECK(file.tensors()[1].shape.empty());
  CHECK(file.tensors()[1].size() == 1);
  CHECK(file.tensors()[2].name == "empty");
  CHECK(file.tensors()[2].size() == 0);
  CHECK(file.find("i")->shape == std::vector<Index>{2});
  CHECK(file.find("j") == nullptr);
  CHECK(file.read_integers(*file.find("i")) == integers);
  double third = 0;
  file.read(file.tensors()[1], 0, 1, &third);
  CHECK(third == d[0]);
}

TEST_CASE_TEMPLATE("a matrix of any size comes back, turned from one order into the other", S, float, double) {
  // one element, vectors, edges of the tiles of 16, more than the 65536 numbers that are turned at once
  using Size = std::pair<Index, Index>;
  for (const Size& size : {Size{1, 1}, Size{1, 40}, Size{40, 1}, Size{16, 16}, Size{17, 33}, Size{15, 47},
                           Size{300, 700}, Size{70'000, 3}, Size{3, 70'000}}) {
    const Index rows = size.first, cols = size.second;
    CAPTURE(rows);
    CAPTURE(cols);
    Matrix<S> values(rows, cols), back(rows, cols);
    for (Index i = 0; i < values.size(); ++i) values.data()[i] = static_cast<S>(i % 8191) + S(0.5);
    SafetensorsWriter writer;
    writer.add<S>("m", named_tensor("m", values));
    SafetensorsFile file("x", bytes_of_writer(writer));
    const TensorEntry& entry = *file.find("m");
    REQUIRE(entry.shape == std::vector<Index>{rows, cols});
    file.read_column_major(entry, rows, cols, back.data());
    CHECK(std::equal(values.data(), values.data() + values.size(), back.data()));

    std::vector<S> in_c_order(static_cast<std::size_t>(values.size()));
    file.read(entry, 0, entry.size(), in_c_order.data());
    Index wrong = 0;
    for (Index r = 0; r < rows; ++r)
      for (Index c = 0; c < cols; ++c) wrong += in_c_order[static_cast<std::size_t>(r * cols + c)] != values(r, c);
    CHECK(wrong == 0);
    CHECK(file.read_all().at("m").values == std::vector<double>(in_c_order.begin(), in_c_order.end()));
    if (values.size() > 3) {
      S part[2];
      file.read(entry, 1, 2, part);
      CHECK(part[1] == in_c_order[2]);
    }

    Matrix<double> other(rows, cols);  // through the buffer of the conversion
    file.read_column_major(entry, rows, cols, other.data());
    CHECK(std::equal(values.data(), values.data() + values.size(), other.data()));
  }
}

TEST_CASE("float and double keep every bit, and turn into each other as a cast does") {
  const std::vector<float> f{0.1F,
                             -0.0F,
                             std::numeric_limits<float>::denorm_min(),
                             std::numeric_limits<float>::max(),
                             -std::numeric_limits<float>::infinity(),
                             std::bit_cast<float>(0x7FC12345U)};
  const std::vector<double> d{0.1,   -0.0,  1e-310,
                              1e300, 1e-50, std::bit_cast<double>(std::uint64_t{0x7FF8123456789ABC})};
  SafetensorsWriter writer;
  writer.add<float>("f", {6}, f.data());
  writer.add<double>("d", {6}, d.data());
  SafetensorsFile file("x", bytes_of_writer(writer));
  std::vector<float> float_of_f(6), float_of_d(6);
  std::vector<double> double_of_f(6), double_of_d(6);
  file.read(*file.find("f"), 0, 6, float_of_f.data());
  file.read(*file.find("d"), 0, 6, double_of_d.data());
  CHECK(std::memcmp(float_of_f.data(), f.data(), 6 * sizeof(float)) == 0);
  CHECK(std::memcmp(double_of_d.data(), d.data(), 6 * sizeof(double)) == 0);
  file.read(*file.find("d"), 0, 6, float_of_d.data());
  file.read(*file.find("f"), 0, 6, double_of_f.data());
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(float_of_d[i] == static_cast<float>(d[i]));
    CHECK(double_of_f[i] == static_cast<double>(f[i]));
    CHECK(std::signbit(float_of_d[i]) == std::signbit(d[i]));
  }
  CHECK(float_of_d[3] == std::numeric_limits<float>::infinity());  // what float cannot hold
  CHECK(std::isnan(float_of_d[5]));
  CHECK(std::isnan(double_of_f[5]));
}

/// A number by the definition in IEEE 754: sign, biased exponent, fraction, in exact steps of a double.
double number_of_bits(std::uint32_t bits, int exponent_bits, int fraction_bits) {
  const std::uint32_t fraction = bits & ((1U << fraction_bits) - 1);
  const std::uint32_t exponent = (bits >> fraction_bits) & ((1U << exponent_bits) - 1),
                      most = (1U << exponent_bits) - 1;
  const int bias = (1 << (exponent_bits - 1)) - 1;
  double value = static_cast<double>(fraction);
  for (int i = 0; i < fraction_bits; ++i) value /= 2;
  if (exponent == most) {
    value = fraction == 0 ? HUGE_VAL : std::nan("");
  } else {
    const int power = (exponent == 0 ? 1 : static_cast<int>(exponent)) - bias;
    if (exponent != 0) value += 1;
    for (int i = 0; i < power; ++i) value *= 2;
    for (int i = 0; i > power; --i) value /= 2;
  }
  return (bits >> (exponent_bits + fraction_bits)) != 0 ? -value : value;
}

TEST_CASE_TEMPLATE("all 65536 values of F16 and of BF16 are read exactly", S, float, double) {
  std::vector<std::uint16_t> bits(65536);
  for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = static_cast<std::uint16_t>(i);
  for (const bool is_half : {true, false}) {
    SafetensorsFile file("x", safetensors(std::string(R"({"h":{"dtype":")") + (is_half ? "F16" : "BF16") +
                                              R"(","shape":[65536],"data_offsets":[0,131072]}})",
                                          little_endian(bits)));
    std::vector<S> values(bits.size());
    file.read(*file.find("h"), 0, 65536, values.data());
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < bits.size(); ++i) {
      const double expected = number_of_bits(bits[i], is_half ? 5 : 8, is_half ? 10 : 7);
      const auto found = static_cast<double>(values[i]);
      const bool is_right =
          std::isnan(expected) ? std::isnan(found) : found == expected && std::signbit(found) == std::signbit(expected);
      wrong += !is_right;
    }
    CHECK(wrong == 0);
  }
  CHECK(number_of_bits(0x3C00, 5, 10) == 1);                      // the reference itself
  CHECK(number_of_bits(0xC248, 5, 10) == -3.140625);              // -pi in binary16
  CHECK(number_of_bits(0x0001, 5, 10) == 5.9604644775390625e-8);  // 2^-24
  CHECK(number_of_bits(0x7BFF, 5, 10) == 65504);
}

TEST_CASE("types that are no floating-point numbers are listed, but not read as such") {
  SafetensorsFile file("x", safetensors(R"({"b":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]},)"
                                        R"("e":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[3,4]}})",
                                        "\1\1\1\1"));
  CHECK(file.tensors().size() == 2);
  float value[3];
  CHECK(io_error([&] { file.read(*file.find("b"), 0, 3, value); }) ==
        "[x] expected the tensor \"b\" as F32, F64, F16 or BF16, got BOOL");
  CHECK(io_error([&] { file.read_all(); }) == "[x] expected the tensor \"b\" as F32, F64, F16 or BF16, got BOOL");
  CHECK(io_error([&] { file.read_integers(*file.find("e")); }) == "[x] expected the tensor \"e\" as I64, got F8_E4M3");
}

TEST_CASE("blanks after the header, tensors in any order and files without metadata are fine") {
  const std::string numbers = little_endian(std::vector<float>{1, 2});
  SafetensorsFile file("x", safetensors("{ \"a\" : {\"shape\":[], \"data_offsets\": [4,8], \"dtype\":\"F32\"},\n"
                                        "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} \t\r\n ",
                                        numbers));
  REQUIRE(file.tensors().size() == 2);
  CHECK(file.tensors()[0].name == "b");
  CHECK(file.read_all().at("a").values == std::vector<double>{2});
  CHECK(error_of_header("{}") == "");
  CHECK(error_of_header(R"({"__metadata__":{}})") == "");
}

TEST_CASE("lengths of the header that the file does not have") {
  CHECK(error("") == "expected at least the 8 bytes of the header's length, got 0 bytes");
  CHECK(error("1234567") == "expected at least the 8 bytes of the header's length, got 7 bytes");
  const auto with_length = [](std::uint64_t length) { return little_endian(std::vector{length}) + "{}"; };
  const std::string end = "; this is no .safetensors file, or it is cut off";
  CHECK(error(with_length(2)) == "");
  CHECK(error(with_length(3)) == "expected a header of at most 2 bytes, got the length 3" + end);
  CHECK(error(with_length(std::uint64_t{1} << 63)) ==
        "expected a header of at most 2 bytes, got the length 9223372036854775808" + end);
  CHECK(error(with_length(std::numeric_limits<std::uint64_t>::max())) ==
        "expected a header of at most 2 bytes, got the length 18446744073709551615" + end);
  CHECK(error(with_length(0)) == "expected a header that begins with {, got another one");
}

TEST_CASE("headers that are none") {
  const std::string begins = "expected a header that begins with {, got another one";
  CHECK(error_of_header("[]") == begins);
  CHECK(error_of_header(" {}") == begins);
  CHECK(error_of_header("\xEF\xBB\xBF{}") == begins);  // a byte order mark
  CHECK(error_of_header("null") == begins);
  CHECK(error_of_header(std::string("{}\0\0", 4)) == "expected JSON, got text with a zero byte, the 3th");
  CHECK(error_of_header("{}{}").starts_with("expected JSON, got text that is none: "));
  CHECK(error_of_header("{\"\xff\":1}").starts_with("expected JSON, got text that is none: "));
  CHECK(error_of_header(R"({"a":NaN})").starts_with("expected JSON, got text that is none: "));
  CHECK(error_of_header(R"({"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,4]}})", "1234")
            .starts_with("expected JSON, got text that is none: "));
  const std::string deep = "expected JSON of at most 3 levels, got one that is nested deeper";
  CHECK(error_of_header(R"({"a":{"dtype":"F32","shape":[[]],"data_offsets":[0,4]}})", "1234") == deep);
  CHECK(error_of_header("{\"a\":" + std::string(1'000'000, '[')) == deep);
  CHECK(error_of_header(R"({"__metadata__":[]})") == "expected an object as __metadata__, got array");
  CHECK(error_of_header(R"({"__metadata__":{"a":1}})") == "expected a text as \"a\" of __metadata__, got number");
  CHECK(error_of_header(R"({"__metadata__":{"a":null}})") == "expected a text as \"a\" of __metadata__, got null");
  CHECK(error_of_header(R"({"__metadata__":{"a":"1","a":"2"}})") ==
        "expected every name once in an object of the JSON, got \"a\" twice");
  CHECK(error_of_header(R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},)"
                        R"("a":{"dtype":"F32","shape":[],"data_offsets":[4,8]}})",
                        "12345678") == "expected every name once in an object of the JSON, got \"a\" twice");
}

TEST_CASE("tensors that are none") {
  const auto one = [](const std::string& fields) { return error_of_header("{\"a\":{" + fields + "}}", "1234"); };
  CHECK(one(R"("dtype":"F32","shape":[1],"data_offsets":[0,4])") == "");
  CHECK(error_of_header(R"({"a":7})") == "expected the tensor \"a\" with dtype, shape and data_offsets, got 7");
  CHECK(one(R"("dtype":"F32","shape":[1])") ==
        R"(expected the tensor "a" with dtype, shape and data_offsets, got {"dtype":"F32","shape":[1]})");
  CHECK(one(R"("dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1)") ==
        R"(expected the tensor "a" with dtype, shape and data_offsets, )"
        R"(got {"data_offsets":[0,4],"dtype":"F32","more":1,"shape":[1]})");
  CHECK(one("\"x\":\"" + std::string(1000, 'x') + '"') ==
        "expected the tensor \"a\" with dtype, shape and data_offsets, got {\"x\":\"" + std::string(194, 'x') + "...");
  const std::string dtype = "expected a dtype of the format in the tensor \"a\", got ";
  for (const char* name : {"\"F33\"", "\"f32\"", "\"\"", "\"F32 \"", "32", "null", "[]"})
    CHECK(one(std::string(R"("dtype":)") + name + R"(,"shape":[1],"data_offsets":[0,4])") == dtype + name);
  const std::string shape = "expected integers of at least 0 as shape of the tensor \"a\", got ";
  for (const std::string text : {"[-1]", "[1.0]", "[1000.0]", "[0.5]", "[true]", "[\"1\"]", "[null]", "7", "null",
                                 "\"\"", "[9223372036854775808]", "[18446744073709551615]", "[-9223372036854775808]"})
    CHECK(one(R"("dtype":"F32","shape":)" + text + R"(,"data_offsets":[0,4])") == shape + text);
  CHECK(one(R"("dtype":"F32","shape":[1e3],"data_offsets":[0,4])") == shape + "[1000.0]");
  CHECK(one(R"("dtype":"F32","shape":[{}],"data_offsets":[0,4])") ==
        "expected JSON of at most 3 levels, got one that is nested deeper");
  const std::string offsets = "expected integers of at least 0 as data_offsets of the tensor \"a\", got ";
  for (const std::string text : {"[-1,4]", "[0,4.0]", "null", "[0,9223372036854775808]"})
    CHECK(one(R"("dtype":"F32","shape":[1],"data_offsets":)" + text) == offsets + text);
  CHECK(one(R"("dtype":"F32","shape":[1],"data_offsets":[0])") ==
        "expected two data_offsets of the tensor \"a\", got 1");
  CHECK(one(R"("dtype":"F32","shape":[1],"data_offsets":[0,4,4])") ==
        "expected two data_offsets of the tensor \"a\", got 3");
}

TEST_CASE("places that are none") {
  const auto one = [](const std::string& shape, const std::string& offsets, const std::string& numbers = "1234") {
    return error_of_header(R"({"a":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}", numbers);
  };
  const std::string places = "expected data_offsets of the tensor \"a\" from 0 to 4, got ";
  CHECK(one("[1]", "[4,0]") == places + "4 to 0; the file is cut off or damaged");  // reversed
  CHECK(one("[1]", "[0,8]") == places + "0 to 8; the file is cut off or damaged");
  CHECK(one("[1]", "[4,8]") == places + "4 to 8; the file is cut off or damaged");
  CHECK(one("[1]", "[0,9223372036854775807]") == places + "0 to 9223372036854775807; the file is cut off or damaged");
  const auto bytes = [](const std::string& shape, int found) {
    return "expected as many bytes of the tensor \"a\" as its dtype F32 and shape " + shape + " need, got " +
           std::to_string(found);
  };
  CHECK(one("[2]", "[0,4]") == bytes("(2,)", 4));
  CHECK(one("[]", "[0,0]", "") == bytes("()", 0));
  CHECK(one("[0]", "[0,4]") == bytes("(0,)", 4));
  CHECK(one("[4611686018427387904]", "[0,4]") == bytes("(4611686018427387904,)", 4));
  CHECK(one("[4611686018427387904]", "[0,0]", "") == bytes("(4611686018427387904,)", 0));  // times 4 is 2^64
  CHECK(one("[4294967296, 4294967296]", "[0,0]", "") == bytes("(4294967296, 4294967296)", 0));
  CHECK(one("[9223372036854775807, 9223372036854775807, 3]", "[0,4]") ==
        bytes("(9223372036854775807, 9223372036854775807, 3)", 4));

  const auto two = [](const std::string& a, const std::string& b, std::size_t size) {
    return error_of_header(R"({"a":{"dtype":"U8","shape":)" + a + R"(},"b":{"dtype":"U8","shape":)" + b + "}}",
                           std::string(size, 'x'));
  };
  CHECK(two(R"([4],"data_offsets":[0,4])", R"([4],"data_offsets":[4,8])", 8) == "");
  CHECK(two(R"([4],"data_offsets":[0,4])", R"([4],"data_offsets":[2,6])", 6) ==  // overlapping
        "expected the tensor \"b\" to begin at byte 4 of the data, where the one before ends, got byte 2");
  CHECK(two(R"([4],"data_offsets":[0,4])", R"([4],"data_offsets":[0,4])", 4) ==
        "expected the tensor \"b\" to begin at byte 4 of the data, where the one before ends, got byte 0");
  CHECK(two(R"([4],"data_offsets":[0,4])", R"([4],"data_offsets":[5,9])", 9) ==  // a gap
        "expected the tensor \"b\" to begin at byte 4 of the data, where the one before ends, got byte 5");
  CHECK(two(R"([4],"data_offsets":[1,5])", R"([4],"data_offsets":[5,9])", 9) ==
        "expected the tensor \"a\" to begin at byte 0 of the data, where the one before ends, got byte 1");
  CHECK(two(R"([4],"data_offsets":[0,4])", R"([4],"data_offsets":[4,8])", 9) ==
        "expected 8 bytes of data, which the tensors take, got 9");
  CHECK(error_of_header("{}", "x") == "expected 0 bytes of data, which the tensors take, got 1");
  CHECK(two(R"([4],"data_offsets":[0,4])", R"([0],"data_offsets":[2,2])", 4) ==
        "expected the tensor \"b\" to begin at byte 4 of the data, where the one before ends, got byte 2");
}

TEST_CASE("tensors without numbers have them nowhere, whatever their other lengths") {
  SafetensorsFile file(
      "x",
      safetensors(R"({"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807,0],"data_offsets":[4,4]},)"
                  R"("b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                  R"("c":{"dtype":"F64","shape":[0],"data_offsets":[0,0]}})",
                  "1234"));
  REQUIRE(file.tensors().size() == 3);
  CHECK(file.tensors()[0].name == "c");
  CHECK(file.tensors()[2].name == "a");
  CHECK(file.tensors()[2].size() == 0);
  CHECK(file.read_all().at("a").values.empty());
  Checksum sum;
  file.add_to_checksum(file.tensors()[2], sum);
  CHECK(sum.text() == Checksum().text());
}

TEST_CASE("a file that is cut off anywhere, or longer, is an error; one with a changed byte at most other numbers") {
  const std::vector<float> values{1, 2, 3, 4, 5, 6};
  SafetensorsWriter writer;
  writer.add<float>("a", {2, 3}, values.data());
  writer.add<float>("v", {6}, values.data());
  writer.metadata = {{"name", "text"}};
  const std::string good = bytes_of_writer(writer);
  REQUIRE(error(good) == "");
  for (std::size_t size = 0; size < good.size(); ++size) CHECK(error(good.substr(0, size)) != "");
  CHECK(error(good + 'x') == "expected 48 bytes of data, which the tensors take, got 49");
  for (std::size_t i = 0; i < good.size(); ++i)
    for (int value = 0; value < 256; ++value) {
      std::string bytes = good;
      bytes[i] = static_cast<char>(value);
      CHECK_NOTHROW(io_error([&] { SafetensorsFile("x", bytes).read_all(); }));
    }
}

TEST_CASE("the time to open a file grows as the number of its tensors") {
  const auto seconds = [](int count) {
    std::string header = "{";
    for (int i = 0; i < count; ++i)
      header += (i == 0 ? "\"" : ",\"") + std::to_string(i) + R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
    const std::string bytes = safetensors(header + '}');
    double best = HUGE_VAL;
    for (int run = 0; run < 3; ++run) {
      const auto begin = std::chrono::steady_clock::now();
      CHECK(SafetensorsFile("x", bytes).tensors().size() == static_cast<std::size_t>(count));
      best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    return best;
  };
  // 16 times as many take 16 times as long and a little; if every tensor looked at every other, 256 times.
  CHECK(seconds(32'000) < 80 * seconds(2'000));
}

TEST_CASE("files that cannot be opened are named") {
  const TemporaryFolder folder;
  const auto error_of = [&](const std::string& name) {
    const std::string text = io_error([&] { SafetensorsFile(folder / name); });
    const std::string start = "[safetensors, " + (folder / name).string() + "] ";
    REQUIRE(text.starts_with(start));
    return text.substr(start.size());
  };
  CHECK(error_of("none") == "cannot open the file: there is none");
  CHECK(error_of("none/a") == "cannot open the file: there is none");
  fs::create_directory(folder / "folder");
  CHECK(error_of("folder") == "cannot open the file: it is no ordinary file");
  write(folder / "empty", "");
  CHECK(error_of("empty") == "expected at least the 8 bytes of the header's length, got 0 bytes");
  write(folder / "text", "a text of some lines");
  CHECK(error_of("text") ==
        "expected a header of at most 12 bytes, got the length 8007528197911748705; this is no "
        ".safetensors file, or it is cut off");
#if __has_include(<sys/stat.h>)
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);  // opening it would wait for a writer
  CHECK(error_of("pipe") == "cannot open the file: it is no ordinary file");
  fs::permissions(folder / "text", fs::perms::none);
  if (::geteuid() == 0) {
    MESSAGE("skipped: root may read everything");
  } else {
    CHECK(error_of("text") == "cannot open the file: it cannot be read");
  }
#endif
}

TEST_CASE("numbers that have gone while the file was open are an error") {
  const TemporaryFolder folder;
  const std::vector<double> values(1000);
  SafetensorsWriter writer;
  writer.add<double>("a", {1000}, values.data());
  writer.save(folder / "a");
  CHECK(folder.files() == 1);
  SafetensorsFile file(folder / "a");
  fs::resize_file(folder / "a", 500);
  CHECK(io_error([&] { file.read_all(); }) ==
        "[safetensors, " + (folder / "a").string() + "] cannot read the numbers; was the file changed meanwhile?");
}

TEST_CASE("the checksum stands in the metadata, wherever its name occurs, and covers all else") {
  const std::vector<float> values{1, 2};
  const auto sum_of = [&](const std::string& tensor, std::vector<Index> shape, const Metadata& metadata,
                          const std::vector<float>& numbers) {
    SafetensorsWriter writer;
    writer.add<float>(tensor, std::move(shape), numbers.data());
    writer.metadata = metadata;
    writer.checksum_key = "sum";
    const std::string bytes = bytes_of_writer(writer);
    SafetensorsFile file("x", bytes);
    Checksum found = safetensors_parts::checksum_of_header(file.metadata(), "sum", file.tensors());
    file.add_to_checksum(file.tensors()[0], found);
    CHECK(file.metadata().at("sum") == found.text());
    Metadata others = file.metadata();
    others.erase("sum");
    CHECK(others == metadata);
    return found.text();
  };
  const std::string sum = sum_of("a", {2}, {{"m", "n"}}, values);
  // By hand: every text with a zero byte behind it, then the numbers.
  Checksum by_hand;
  by_hand.add("m\0n\0a\0F32\0(2,)\0", 15);
  by_hand.add(little_endian(values).data(), 8);
  CHECK(sum == by_hand.text());

  CHECK(sum_of("b", {2}, {{"m", "n"}}, values) != sum);
  CHECK(sum_of("a", {2, 1}, {{"m", "n"}}, values) != sum);
  CHECK(sum_of("a", {2}, {{"m", "o"}}, values) != sum);
  CHECK(sum_of("a", {2}, {{"k", "n"}}, values) != sum);
  CHECK(sum_of("a", {2}, {{"m", "n"}, {"o", ""}}, values) != sum);
  CHECK(sum_of("a", {2}, {{"m", "n"}}, {1, -2}) != sum);
  sum_of("a", {2}, {{"a\"sum", "0000000000000000"}, {"b", "\"sum\":\"0000000000000000\""}}, values);
  sum_of("\"sum\":\"", {2}, {{"__metadata__", "sum"}}, values);
}

TEST_CASE("what cannot be written") {
  const TemporaryFolder folder;
  const float value = 1;
  SafetensorsWriter writer;
  writer.add<float>("a", {1}, &value);
  CHECK_THROWS_WITH_AS(writer.add<float>("a", {1}, &value),
                       "[SafetensorsWriter] expected a name of its own for every tensor, got \"a\" again", ConfigError);
  CHECK_THROWS_WITH_AS(writer.add<float>("__metadata__", {1}, &value),
                       "[SafetensorsWriter] expected a name of its own for every tensor, got \"__metadata__\" again",
                       ConfigError);
  CHECK(writer.entries().size() == 1);
  write(folder / "a", "old");
  writer.metadata = {{"\xff", ""}};
  const std::string text = io_error([&] { writer.save(folder / "a"); });
  CHECK(text ==
        "[SafetensorsWriter] expected names and metadata in UTF-8: [json.exception.type_error.316] invalid UTF-8 byte "
        "at index 0: 0xFF");
  CHECK(read(folder / "a") == "old");
  CHECK(folder.files() == 1);
}

}  // namespace
}  // namespace safetensors_test
