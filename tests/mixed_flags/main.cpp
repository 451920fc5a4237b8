#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <vector>

#include "part.hpp"

using namespace mixed_flags;

namespace {

// As in support/stored_vectors.hpp: every result is the end of a chain of roundings, each at most eps / 2 of a term of
// the size of the largest result, and two computations are two chains. For each step the chain has one rounding for
// every feature and unit (forward), every one of at most 4 H gates (backward) and every sample (the sums of the weight
// gradients), and at most 16 for the elementwise functions; what follows the recurrent layer is smaller than one step
// more. That is 6e-5.
constexpr int kDepth = (kSteps + 1) * (kFeatures + kUnits + 4 * kUnits + kSamples + 16);
constexpr float kTolerance = kDepth * std::numeric_limits<float>::epsilon();

/// max |a_i - b_i| / max |b_i|; infinite if that is no number, or a value is not finite.
float difference(const std::vector<float>& a, const std::vector<float>& b) {
  float largest = 0, scale = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (!std::isfinite(a.at(i)) || !std::isfinite(b[i])) return std::numeric_limits<float>::infinity();
    largest = std::max(largest, std::abs(a[i] - b[i]));
    scale = std::max(scale, std::abs(b[i]));
  }
  return scale > 0 ? largest / scale : std::numeric_limits<float>::infinity();
}

bool passes(Model model, const Part& maker, const Part& trainer, const Part& heir) {
  Work* work = maker.make(model);
  const std::vector<float> untrained = maker.predict(*work);
  trainer.train(*work);

  Work* reference = unmixed.make(model);
  unmixed.set_weights(*reference, trainer.weights(*work));
  const std::vector<float> gradients = unmixed.gradients(*reference), predictions = unmixed.predict(*reference);
  unmixed.free(reference);

  float gradient_error = 0, error = 0;
  for (const Part* part : {&maker, &trainer, &heir}) {
    gradient_error = std::max(gradient_error, difference(part->gradients(*work), gradients));
    error = std::max(
        {error, difference(part->predict(*work), predictions), difference(part->predict_by_copy(*work), predictions)});
  }
  heir.free(work);

  std::printf("made by %s, trained by %s, freed by %s: gradients differ by %.1e, predictions by %.1e\n", maker.name,
              trainer.name, heir.name, static_cast<double>(gradient_error), static_cast<double>(error));
  const bool is_trained = difference(untrained, predictions) > kTolerance;  // or the predictions say nothing about it
  return is_trained && gradient_error <= kTolerance && error <= kTolerance;
}

}  // namespace

int main() {
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    std::puts("skipped: one object needs AVX2 and FMA, which this processor lacks");
    return 77;  // SKIP_RETURN_CODE
  }
  bool all_pass = passes(Model::lstm, plain, avx2, native);
  all_pass = passes(Model::lstm, plain, native, avx2) && all_pass;
  all_pass = passes(Model::gru, avx2, native, plain) && all_pass;
  all_pass = passes(Model::gru, avx2, plain, native) && all_pass;
  all_pass = passes(Model::attention, native, plain, avx2) && all_pass;
  all_pass = passes(Model::attention, native, avx2, plain) && all_pass;
  if (!all_pass) std::printf("expected differences up to %.1e, and some after training\n", double{kTolerance});
  return all_pass ? 0 : 1;
}
