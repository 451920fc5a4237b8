// Runs an exported forecaster (HEADER, namespace NAME) on the values of VALUES, as exported_forecasters_test.sh
// compiles it: hosted only to print, C++17 without exceptions and RTTI. KNOWN: with features known in advance.

#include <stdio.h>
#include <string.h>

#include HEADER
#include VALUES

namespace {

using Forecaster = NAME::Forecaster;

constexpr size_t kOutputs = Forecaster::kHorizon * Forecaster::kTargets;

static_assert(sizeof(kPast) / sizeof(kPast[0]) == 1 + Forecaster::kRows * Forecaster::kFeatures, "the rows");
static_assert(sizeof(kExpected) / sizeof(kExpected[0]) == 1 + kOutputs, "the forecast");

#ifdef __FAST_MATH__
const double* const tolerances = kFastTolerances;
#else
const double* const tolerances = kTolerances;
#endif

float rows[Forecaster::kRows * Forecaster::kFeatures];
float y[kOutputs], again[kOutputs];

#ifdef KNOWN
static_assert(sizeof(kAhead) / sizeof(kAhead[0]) == 1 + Forecaster::kRowsAhead * Forecaster::kFeatures, "rows ahead");
float ahead[Forecaster::kRowsAhead * Forecaster::kFeatures];
void forecast(Forecaster& forecaster, float* to) {
  for (size_t i = 0; i < sizeof(ahead) / sizeof(ahead[0]); ++i) ahead[i] = static_cast<float>(kAhead[1 + i]);
  forecaster.forecast(rows, ahead, to);
}
#else
static_assert(Forecaster::kRowsAhead == 0, "nothing known in advance");
void forecast(Forecaster& forecaster, float* to) { forecaster.forecast(rows, to); }
#endif

bool is_nan(float value) {  // also with -ffast-math
  unsigned bits;
  memcpy(&bits, &value, sizeof(bits));
  return (bits & 0x7FFFFFFFU) > 0x7F800000U;
}

int fail(const char* text) {
  printf("FAILED: %s\n", text);
  return 1;
}

}  // namespace

int main() {
  static Forecaster forecaster;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) rows[i] = static_cast<float>(kPast[1 + i]);
  forecast(forecaster, y);
  double worst = 0;  // in tolerances
  for (size_t i = 0; i < kOutputs; ++i) {
    if (is_nan(y[i])) return fail("NaN");
    double difference = static_cast<double>(y[i]) - kExpected[1 + i];
    if (difference < 0) difference = -difference;
    if (difference > worst * tolerances[1 + i]) worst = difference / tolerances[1 + i];
  }
  printf("%.2g of the tolerance, sizeof(Forecaster) %lu\n", worst, static_cast<unsigned long>(sizeof(Forecaster)));
  if (worst > 1) return fail("it is not what the library forecasts");

  const unsigned nan = 0x7FC00000U;
  for (size_t f = 0; f < Forecaster::kFeatures; ++f)
    memcpy(rows + (Forecaster::kRows - 1) * Forecaster::kFeatures + f, &nan, sizeof(nan));
  forecast(forecaster, again);
  for (const float value : again)
    if (!is_nan(value)) return fail("NaN in, numbers out");
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) rows[i] = static_cast<float>(kPast[1 + i]);
  forecast(forecaster, again);
  return memcmp(y, again, sizeof(y)) == 0 ? 0 : fail("a forecast changed the next one");
}
