#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/layers/recurrent_foreign_arrays.hpp>

namespace tsattn {

namespace recurrent_foreign_arrays_parts {

/// The weights of one direction, by their names; null where there is none.
struct Cell {
  const ForeignTensor *w_x, *w_h, *b, *b_h, *b_hn;

  explicit Cell(const std::vector<ForeignTensor>& tensors) {
    const auto find = [&](std::string_view name) -> const ForeignTensor* {
      const auto is_it = [&](const ForeignTensor& tensor) { return tensor.name == name; };
      const auto found = std::find_if(tensors.begin(), tensors.end(), is_it);
      return found == tensors.end() ? nullptr : &*found;
    };
    w_x = find("w_x"), w_h = find("w_h"), b = find("b"), b_h = find("b_h"), b_hn = find("b_hn");
  }
  Index hidden() const { return w_h->cols; }
};

inline ForeignForm pytorch_form(const Cell& cell) {
  ForeignForm form;
  form.arrays = {ForeignArray::whole("weight_ih_l#", *cell.w_x), ForeignArray::whole("weight_hh_l#", *cell.w_h)};
  form.found_by = {"weight_ih_l#"};
  if (cell.b == nullptr) return form;
  ForeignArray first = ForeignArray::whole("bias_ih_l#", *cell.b);
  const Index hidden = cell.hidden(), shared = cell.b_hn == nullptr ? cell.b->rows : 2 * hidden;
  ForeignArray second{"bias_hh_l#", {cell.b->rows}, {}};
  second.links.push_back(cell.b_h != nullptr ? ForeignLink::whole(*cell.b_h)
                                             : ForeignLink::entries(*cell.b, 0, shared, 0).added());
  if (cell.b_hn != nullptr) second.links.push_back(ForeignLink::entries(*cell.b_hn, 0, hidden, shared));
  first.left_out_with = second.left_out_with = "bias";  // bias=False
  form.arrays.push_back(std::move(first));
  form.arrays.push_back(std::move(second));
  return form;
}

/// A matrix of ours whose row blocks are, in Keras, column blocks of the transposed matrix, at `places`.
inline ForeignArray keras_kernel(std::string name, const ForeignTensor& w, std::span<const Index> places) {
  ForeignArray array{std::move(name), {w.cols, w.rows}, {}};
  const Index size = w.rows / static_cast<Index>(places.size());
  for (std::size_t k = 0; k < places.size(); ++k)
    array.links.push_back(
        {w.name, size, w.cols, {static_cast<Index>(k) * size, 1, w.rows}, {places[k] * size, 1, w.rows}});
  return array;
}

inline ForeignArray keras_bias(const Cell& cell, std::span<const Index> places) {
  const Index hidden = cell.hidden(), size = cell.b->rows;
  ForeignArray array{"bias", {size}, {}};
  for (std::size_t k = 0; k < places.size(); ++k)
    array.links.push_back(ForeignLink::entries(*cell.b, static_cast<Index>(k) * hidden, hidden, places[k] * hidden));
  if (cell.b_hn == nullptr) return array;
  array.shape = {2, size};  // the second row is the bias of the recurrent product
  for (std::size_t k = 0; k < 2; ++k) {
    const Index first = static_cast<Index>(k) * hidden, there = size + places[k] * hidden;
    array.links.push_back(cell.b_h != nullptr ? ForeignLink::entries(*cell.b_h, first, hidden, there)
                                              : ForeignLink::entries(*cell.b, first, hidden, there).added());
  }
  array.links.push_back(ForeignLink::entries(*cell.b_hn, 0, hidden, size + places[2] * hidden));
  return array;
}

inline ForeignForm keras_form(const ForeignContext& context, const Cell& cell, const RecurrentNaming& naming) {
  ForeignForm form;
  form.arrays = {keras_kernel("kernel", *cell.w_x, naming.keras_gates),
                 keras_kernel("recurrent_kernel", *cell.w_h, naming.keras_gates)};
  form.found_by = {"recurrent_kernel"};
  if (cell.b == nullptr) return form;
  if (cell.b_h != nullptr && cell.b_hn == nullptr) {
    if (context.is_written)
      fail<ConfigError>(
          context.where, "expected the layer ", context.layer,
          " with one bias, as Keras has it, got RecurrentBias::two; only its GRU with reset_after has two");
    form.constants.emplace_back(ForeignLink::whole(*cell.b_h), 0.0);
  }
  form.arrays.push_back(keras_bias(cell, naming.keras_gates).optional());  // use_bias=False
  form.arrays.back().likely_fix = naming.keras_bias_fix;
  return form;
}

/// `form` as that of one direction: with `prefix` before the names of tensors, and another name of every array.
template <class Rename>
ForeignForm direction(ForeignForm form, const std::string& prefix, const Rename& renamed) {
  for (ForeignArray& array : form.arrays) {
    array.name = renamed(array.name);
    if (!array.left_out_with.empty()) array.left_out_with = prefix + array.left_out_with;
    for (ForeignLink& link : array.links) link.tensor = prefix + link.tensor;
  }
  for (auto& [link, value] : form.constants) link.tensor = prefix + link.tensor;
  for (std::vector<std::string>* names : {&form.found_by, &form.not_with})
    for (std::string& name : *names) name = renamed(name);
  return form;
}

}  // namespace recurrent_foreign_arrays_parts

TSATTN_LIBRARY_FUNCTION std::vector<ForeignForm> recurrent_foreign_arrays(const ForeignContext& context,
                                                                          const std::vector<ForeignTensor>& tensors,
                                                                          const RecurrentNaming& naming) {
  using namespace recurrent_foreign_arrays_parts;
  const Cell cell(tensors);
  return {context.library == ForeignLibrary::pytorch ? pytorch_form(cell) : keras_form(context, cell, naming)};
}

TSATTN_LIBRARY_FUNCTION std::vector<ForeignForm> bidirectional_foreign_arrays(
    const ForeignContext& context, const std::vector<ForeignForm>& forward, const std::vector<ForeignForm>& backward) {
  const bool is_keras = context.library == ForeignLibrary::keras;
  std::vector<ForeignForm> forms;
  for (std::size_t i = 0; i < forward.size(); ++i) {
    using recurrent_foreign_arrays_parts::direction;
    ForeignForm both =
        direction(forward[i], "forward.", [&](const std::string& name) { return is_keras ? "forward/" + name : name; });
    ForeignForm other = direction(backward[i], "backward.", [&](const std::string& name) {
      return is_keras ? "backward/" + name : name + "_reverse";
    });
    std::move(other.arrays.begin(), other.arrays.end(), std::back_inserter(both.arrays));
    std::move(other.constants.begin(), other.constants.end(), std::back_inserter(both.constants));
    // PyTorch's modules of one direction and of two have their first arrays in common, and are found alike.
    if (is_keras) std::move(other.found_by.begin(), other.found_by.end(), std::back_inserter(both.found_by));
    forms.push_back(std::move(both));
  }
  return forms;
}

}  // namespace tsattn
