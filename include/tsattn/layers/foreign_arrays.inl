#pragma once

#include <string>
#include <utility>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/layers/foreign_arrays.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION ForeignLink ForeignLink::whole(const ForeignTensor& tensor) {
  return {tensor.name, tensor.rows, tensor.cols, {0, 1, tensor.rows}, {0, tensor.cols, 1}};
}

TSATTN_LIBRARY_FUNCTION ForeignLink ForeignLink::entries(const ForeignTensor& vector, Index first, Index count,
                                                         Index offset) {
  return {vector.name, count, 1, {first}, {offset}};
}

TSATTN_LIBRARY_FUNCTION ForeignLink ForeignLink::diagonal(const ForeignTensor& matrix) {
  return {matrix.name, matrix.rows, 1, {0, matrix.rows + 1}, {0, 0}};
}

TSATTN_LIBRARY_FUNCTION ForeignLink ForeignLink::added() const {
  ForeignLink link = *this;
  link.is_addend = true;
  return link;
}

TSATTN_LIBRARY_FUNCTION ForeignArray ForeignArray::whole(std::string name, const ForeignTensor& tensor) {
  std::vector<Index> shape{tensor.rows};
  if (!tensor.is_vector) shape.push_back(tensor.cols);
  return {std::move(name), std::move(shape), {ForeignLink::whole(tensor)}};
}

TSATTN_LIBRARY_FUNCTION ForeignArray ForeignArray::reshaped(std::string name, const ForeignTensor& vector,
                                                            std::vector<Index> shape) {
  return {std::move(name), std::move(shape), {ForeignLink::whole(vector)}};
}

TSATTN_LIBRARY_FUNCTION ForeignArray ForeignArray::transposed(std::string name, const ForeignTensor& matrix) {
  return {std::move(name),
          {matrix.cols, matrix.rows},
          {{matrix.name, matrix.rows, matrix.cols, {0, 1, matrix.rows}, {0, 1, matrix.rows}}}};
}

TSATTN_LIBRARY_FUNCTION ForeignArray ForeignArray::optional() const {
  ForeignArray array = *this;
  array.left_out_with = name;
  return array;
}

}  // namespace tsattn
