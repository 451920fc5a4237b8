#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/formats/npy.hpp>
#include <tsattn/model/graph.hpp>

/// Runs `call`; an error then says which file it is about and nothing else about the place.
template <class Call>
auto in_file(const std::filesystem::path& path, const Call& call) {
  try {
    return call();
  } catch (const tsattn::Error& error) {
    tsattn::fail<tsattn::Error>(path.string(), without_place(error));
  }
}

/// NumPy's order of the axes, (batch, time, features), as the library's [T, B, F].
template <class S>
tsattn::Sequence<S> with_time_first(const S* values, tsattn::Index batch, tsattn::Index time, tsattn::Index features) {
  tsattn::Sequence<S> sequence({time, batch, features});
  for (tsattn::Index b = 0; b < batch; ++b)
    for (tsattn::Index t = 0; t < time; ++t, values += features)
      std::copy_n(values, features, sequence.step_data(t) + b * features);
  return sequence;
}

/// The sequence in a .npy file of the shape (batch, time, features), or (batch, features): one step.
template <class S>
tsattn::Sequence<S> load_sequence(const std::filesystem::path& path) {
  return in_file(path, [&] {
    const tsattn::Array<S> array = tsattn::load_npy<S>(path);
    const std::vector<tsattn::Index>& shape = array.shape;
    if (shape.size() != 2 && shape.size() != 3)
      tsattn::fail<tsattn::ShapeError>(
          "", "expected an array of the shape (batch, time, features) or (batch, features), got ",
          tsattn::shape_text(shape));
    return with_time_first(array.values.data(), shape[0], shape.size() == 3 ? shape[1] : 1, shape.back());
  });
}

/// Saves a sequence as (batch, time, features) or, if `is_one_step`, as (batch, features).
template <class S>
void save_sequence(const std::filesystem::path& path, const tsattn::Sequence<S>& sequence, bool is_one_step) {
  tsattn::Array<S> array;
  array.shape = {sequence.batch(), sequence.time(), sequence.features()};
  if (is_one_step) array.shape = {sequence.batch(), sequence.features()};
  array.values.reserve(static_cast<std::size_t>(sequence.size()));
  for (tsattn::Index b = 0; b < sequence.batch(); ++b)
    for (tsattn::Index t = 0; t < sequence.time(); ++t) {
      const S* from = sequence.step_data(t) + b * sequence.features();
      array.values.insert(array.values.end(), from, from + sequence.features());
    }
  in_file(path, [&] { tsattn::save_npy(path, array); });
}

/// Two samples of random numbers for each input of the model: what it gives for them is stored with it as its probe.
template <class S>
std::vector<tsattn::Sequence<S>> probe_of(const tsattn::Graph<S>& model) {
  tsattn::Random random(1);
  std::vector<tsattn::Sequence<S>> inputs;
  for (const tsattn::NodeId id : model.inputs()) {
    const tsattn::SampleShape& shape = model.node(id).shape;
    constexpr tsattn::Index kSamples = 2, kSteps = 5;
    inputs.emplace_back(
        tsattn::SequenceShape{shape.time == tsattn::kAnyTime ? kSteps : shape.time, kSamples, shape.features});
    std::generate_n(inputs.back().data(), inputs.back().size(), [&] { return static_cast<S>(random.normal()); });
  }
  return inputs;
}

template <class S>
std::vector<const tsattn::Sequence<S>*> pointers_to(const std::vector<tsattn::Sequence<S>>& sequences) {
  std::vector<const tsattn::Sequence<S>*> pointers;
  for (const tsattn::Sequence<S>& sequence : sequences) pointers.push_back(&sequence);
  return pointers;
}
