#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <tsattn/formats/array.hpp>
#include <tsattn/model/graph.hpp>

#include "support/random_values.hpp"

/// Arrays by name, as they come from PyTorch and Keras, in tests.
namespace tsattn::test {

/// {"name": {"shape": [...], "values": [...]}, ...}
inline NamedArrays named_arrays_of(const nlohmann::json& tensors) {
  NamedArrays arrays;
  for (const auto& [name, tensor] : tensors.items())
    arrays[name] = {tensor.at("shape").get<std::vector<Index>>(), tensor.at("values").get<std::vector<double>>()};
  return arrays;
}

inline nlohmann::json json_of(const Array<double>& array) { return {{"shape", array.shape}, {"values", array.values}}; }

inline std::map<std::string, std::vector<Index>> shapes_of(const NamedArrays& arrays) {
  std::map<std::string, std::vector<Index>> shapes;
  for (const auto& [name, array] : arrays) shapes[name] = array.shape;
  return shapes;
}

/// 1, 2, 3, ... in the order of memory.
inline Array<double> counting(std::vector<Index> shape) {
  Array<double> array{std::move(shape), {}};
  Index size = 1;
  for (const Index length : array.shape) size *= length;
  for (Index i = 0; i < size; ++i) array.values.push_back(static_cast<double>(i + 1));
  return array;
}

/// Gives every weight of the model another value; the first of each tensor is -0, whose sign is easily lost.
template <class S>
void randomize_weights(Graph<S>& model, Random& random) {
  for (const NamedTensor<S>& tensor : model.parameters()) {
    randomize(tensor.data, tensor.size(), random);
    tensor.data[0] = S(-0.0);
  }
}

/// All weights, in the order of Graph::parameters and of memory.
template <class S>
std::vector<S> weights_of(Graph<S>& model) {
  std::vector<S> weights;
  for (const NamedTensor<S>& tensor : model.parameters())
    weights.insert(weights.end(), tensor.data, tensor.data + tensor.size());
  return weights;
}

/// The weights of one tensor, row by row.
template <class S>
std::vector<double> rows_of(Graph<S>& model, const std::string& name) {
  std::vector<double> values;
  for (const NamedTensor<S>& tensor : model.parameters())
    if (tensor.name == name)
      for (Index row = 0; row < tensor.rows; ++row)
        for (Index col = 0; col < tensor.cols; ++col)
          values.push_back(static_cast<double>(tensor.data[col * tensor.rows + row]));
  return values;
}

}  // namespace tsattn::test
