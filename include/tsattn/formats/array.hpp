#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <tsattn/core/index.hpp>

namespace tsattn {

/// An array as files hold it: any number of axes, in C order (the last index runs fastest).
template <class Value>
struct Array {
  std::vector<Index> shape;  ///< the lengths of the axes; empty: a single value
  std::vector<Value> values;
};

/// Returns a shape as NumPy writes it, for messages: "(4, 2, 3)", "(4,)", "()".
inline std::string shape_text(const std::vector<Index>& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text.append(i == 0 ? "" : ", ").append(std::to_string(shape[i]));
  return text.append(shape.size() == 1 ? ",)" : ")");
}

/// Arrays by name, as .npz and .safetensors files hold them; every number of float32 and float64 files fits a double.
using NamedArrays = std::map<std::string, Array<double>>;

}  // namespace tsattn
