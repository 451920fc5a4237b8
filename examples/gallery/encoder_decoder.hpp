#pragma once

#include <cstdint>
#include <filesystem>

#include <tsattn/model/graph.hpp>

#include "options.hpp"
#include "problem.hpp"
#include "trials.hpp"

/// An LSTM that reads the history and one that begins with its final states h and c and writes the forecast, step by
/// step: each reads what was one step before. In training that is what happened (teacher forcing), afterwards what the
/// model itself has just forecast (recursive decoding).
tsattn::Graph<float> encoder_decoder(tsattn::Index features, tsattn::Index targets, tsattn::Index hidden,
                                     std::uint64_t seed);

/// Trains `model`, which is one, as the other models are trained, on the same windows with the same scaling, and scores
/// its forecasts of the test part. The validation loss is that of teacher forcing. Writes the losses of all epochs to
/// `log`.
Trial encoder_decoder_trial(const Problem& problem, const Options& options, tsattn::Graph<float>& model,
                            std::uint64_t seed, const std::filesystem::path& log);
