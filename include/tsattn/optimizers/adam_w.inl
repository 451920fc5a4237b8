#pragma once

#include <tsattn/optimizers/adam.hpp>
#include <tsattn/optimizers/adam_w.hpp>
#include <tsattn/optimizers/checks.hpp>

namespace tsattn {

template <class S>
AdamWState<S>::AdamWState(const AdamW& options)
    : AdamState<S>("AdamW",
                   {.learning_rate = options.learning_rate,
                    .beta1 = options.beta1,
                    .beta2 = options.beta2,
                    .epsilon = options.epsilon},
                   options.weight_decay) {
  require_at_least_zero("AdamW", "a weight_decay", options.weight_decay);
}

TSATTN_LIBRARY_INSTANCE(class AdamWState);

}  // namespace tsattn
