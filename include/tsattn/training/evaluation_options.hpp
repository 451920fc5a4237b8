#pragma once

#include <tsattn/core/index.hpp>

namespace tsattn {

struct EvaluationOptions {
  Index batch_size = 32;  ///< how many samples are in memory at a time, at least 1
  int threads = 0;        ///< how many there may be; 0: as many as OpenMP would use
};

}  // namespace tsattn
