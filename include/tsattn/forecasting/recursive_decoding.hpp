#pragma once

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/forecasting/teacher_forcing.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/training/evaluation.hpp>

namespace tsattn {

/// What a model with the inputs history [T, B, F] and previous [any, B, K] gives when each of its outputs is the next
/// step of `previous`, whose first is `first` [1, B, K]: [steps, B, K]. The decoder must read the past alone, as
/// recurrent layers do. With these outputs as teacher the model gives them again, bit for bit. The whole model runs
/// once for every step, so time grows as steps * (T + steps / 2). Throws ConfigError for steps below 1, ShapeError
/// unless the model has two inputs and an output like the second.
template <class S>
Sequence<S> decode_recursively(const Graph<S>& model, const Sequence<S>& history, const Sequence<S>& first,
                               Index steps);

/// Returns the forecasts of all windows, [horizon, N, K], the same bits for any number of threads. Throws as
/// require_fitting and above.
template <class S>
Sequence<S> decode_recursively(const Graph<S>& model, const TeacherForcing<S>& data,
                               const EvaluationOptions& options = {});

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/forecasting/recursive_decoding.inl>
#endif
