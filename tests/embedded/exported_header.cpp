// Runs an exported header (HEADER, namespace NAME), as tests/examples/embedded_header_test.sh compiles it: hosted only
// for its files, C++17 without exceptions and RTTI.
//   exported_header series x.npy T            writes (1, T, kInputs) random numbers
//   exported_header check x.npy y.npy         y.npy, (1, T, kOutputs) or (1, kOutputs), is what the library gives
//   exported_header weights out.bin           the bytes of the first layer's weights

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include HEADER

namespace {

using Model = NAME::Model;

// As in tests/embedded/embedded_test.cpp.
constexpr double kTolerance = 2e-6;

int fail(const char* text) {
  printf("FAILED: %s\n", text);
  return 1;
}

uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  return bits;
}
float from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}
bool is_nan(float value) { return (bits_of(value) & 0x7FFFFFFFU) > 0x7F800000U; }  // also with -ffast-math

int write_series(const char* path, size_t steps) {
  FILE* file = fopen(path, "wb");
  if (file == nullptr) return fail("cannot write x");
  char header[119];
  snprintf(header, sizeof(header), "{'descr': '<f4', 'fortran_order': False, 'shape': (1, %lu, %lu), }",
           static_cast<unsigned long>(steps), static_cast<unsigned long>(Model::kInputs));
  fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, file);
  fprintf(file, "%-117s\n", header);
  uint32_t random = 1;
  for (size_t i = 0; i < steps * Model::kInputs; ++i) {
    random = random * 1664525U + 1013904223U;
    const float x = static_cast<float>(random >> 8) * 0x1p-23F - 1;
    fwrite(&x, sizeof(x), 1, file);
  }
  fclose(file);
  return 0;
}

/// The numbers behind the header of a .npy file.
struct Numbers {
  float values[200000];
  size_t size;
};
bool read_numbers(const char* path, Numbers& out) {
  FILE* file = fopen(path, "rb");
  if (file == nullptr) return false;
  for (int c = 0; c != '\n' && c != EOF;) c = fgetc(file);
  out.size = fread(out.values, sizeof(float), sizeof(out.values) / sizeof(float), file);
  fclose(file);
  return true;
}

int check(const char* x_path, const char* y_path) {
  static Numbers x, y;
  if (!read_numbers(x_path, x) || !read_numbers(y_path, y)) return fail("cannot read x or y");
  const size_t steps = x.size / Model::kInputs, given = y.size / Model::kOutputs;
  if (steps == 0 || (given != steps && given != 1)) return fail("y does not belong to x");

  static Model model;
  float outputs[Model::kOutputs], first[Model::kOutputs];
  double largest = 0;
  for (size_t t = 0; t < steps; ++t) {
    model.step(x.values + t * Model::kInputs, outputs);
    if (t == 0) memcpy(first, outputs, sizeof(first));
    if (given == 1 && t + 1 < steps) continue;
    const float* expected = y.values + (given == 1 ? 0 : t * Model::kOutputs);
    for (size_t i = 0; i < Model::kOutputs; ++i) {
      if (is_nan(outputs[i])) return fail("NaN");
      const double difference = static_cast<double>(outputs[i]) - static_cast<double>(expected[i]);
      if (difference > largest) largest = difference;
      if (-difference > largest) largest = -difference;
    }
  }
  printf("difference %.2g, sizeof(Model) %lu\n", largest, static_cast<unsigned long>(sizeof(Model)));
  if (largest > kTolerance) return fail("it is not what the library gives");

  const uint32_t broken[] = {0x7FC00000U, 0x7F800000U, 0xFF800000U, 0x7F800001U};  // NaN, infinities, signalling NaN
  for (const uint32_t bits : broken) {
    float bad[Model::kInputs] = {};
    const uint32_t last = bits;
    memcpy(bad + Model::kInputs - 1, &last, sizeof(last));
    model.step(bad, outputs);
    for (const float output : outputs)
      if (!is_nan(output)) return fail("no NaN out at once");
    model.step(x.values, outputs);
    for (const float output : outputs)
      if (!is_nan(output)) return fail("no NaN out to the end");
    model.reset();
    model.step(x.values, outputs);
    if (memcmp(first, outputs, sizeof(first)) != 0) return fail("reset");
  }
  return is_nan(from_bits(0x7F800000U)) ? fail("is_nan") : 0;
}

int write_weights(const char* path) {
  FILE* file = fopen(path, "wb");
  if (file == nullptr) return fail("cannot write the weights");
  fwrite(NAME::kWeights.first.values, 1, sizeof(NAME::kWeights.first.values), file);
  fclose(file);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && strcmp(argv[1], "series") == 0)
    return write_series(argv[2], static_cast<size_t>(strtoul(argv[3], nullptr, 10)));
  if (argc == 4 && strcmp(argv[1], "check") == 0) return check(argv[2], argv[3]);
  if (argc == 3 && strcmp(argv[1], "weights") == 0) return write_weights(argv[2]);
  return fail("wrong arguments");
}
