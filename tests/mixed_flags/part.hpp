#pragma once

#include <vector>

/// One program of several objects, all compiled from part.cpp and each with other flags. What one of them makes,
/// another one changes and a third frees, as in a program that links a library which somebody else has built.
namespace mixed_flags {

enum class Model { lstm, gru, attention };

inline constexpr int kSteps = 5, kSamples = 20, kFeatures = 2, kUnits = 9;

/// A model, its data and its workspace. main.cpp sees nothing of the library, or it would add copies of its functions.
struct Work {};

/// The functions of one object.
struct Part {
  const char* name;
  Work* (*make)(Model);
  void (*train)(Work&);
  std::vector<float> (*weights)(Work&);
  void (*set_weights)(Work&, const std::vector<float>&);
  std::vector<float> (*gradients)(Work&);  ///< of half the squared error
  std::vector<float> (*predict)(Work&);
  std::vector<float> (*predict_by_copy)(const Work&);
  void (*free)(Work*);
};

/// `plain`, `avx2` and `native` make one of the models each, so that the layers of one call the kernels of another.
/// `unmixed` makes all of them, for comparison: its library has another namespace and shares no function with theirs.
extern const Part plain, avx2, native, unmixed;

}  // namespace mixed_flags
