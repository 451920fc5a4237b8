#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/optimizers/tensor_buffers.hpp>

namespace tsattn {

template <class S>
void TensorBuffers<S>::prepare(std::span<const NamedTensor<S>> parameters) {
  if (buffers_.empty()) allocate(parameters);
  if (buffers_.size() != parameters.size())
    fail<ShapeError>(optimizer_, "expected a state of ", parameters.size(), " tensors, got one of ", buffers_.size(),
                     "; it belongs to another model");
  for (std::size_t i = 0; i < parameters.size(); ++i)
    if (buffers_[i].size() != parameters[i].size())
      fail<ShapeError>(optimizer_, "expected a state with ", parameters[i].size(), " numbers for ", parameters[i].name,
                       ", got one with ", buffers_[i].size(), "; it belongs to another model");
}

template <class S>
void TensorBuffers<S>::visit_state(StateVisitor& visitor) {
  const StateVisitor::Scope scope(visitor, name_);
  auto tensors = static_cast<Index>(buffers_.size());
  visitor.visit("tensors", tensors);
  if (tensors < 0)
    fail<DataError>(optimizer_, "expected ", name_, ".tensors of at least 0 in the state, got ", tensors);
  const auto count = static_cast<std::size_t>(tensors);
  if (count < buffers_.size()) buffers_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (i == buffers_.size()) buffers_.emplace_back();  // one by one: a damaged number may be any
    visitor.visit(std::to_string(i), buffers_[i]);
  }
}

template <class S>
void TensorBuffers<S>::allocate(std::span<const NamedTensor<S>> parameters) {
  std::vector<AlignedBuffer<S>> zeros;
  for (const NamedTensor<S>& tensor : parameters) zeros.emplace_back(tensor.size());
  buffers_ = std::move(zeros);
}

TSATTN_LIBRARY_INSTANCE(class TensorBuffers);

}  // namespace tsattn
