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

namespace tsattn {

/// What an optimizer remembers for every weight: one buffer for each tensor, of its size.
template <class S>
class TensorBuffers {
 public:
  /// `optimizer` is named in errors, `name` in the state ("m"); both are string literals.
  TensorBuffers(std::string_view optimizer, std::string_view name) : optimizer_(optimizer), name_(name) {}

  /// Is called before each step, and makes zeros for all of `parameters` if there are no buffers yet. Throws ShapeError
  /// if there are buffers of other tensors, which a state that was read may hold.
  void prepare(std::span<const NamedTensor<S>> parameters) {
    if (buffers_.empty()) allocate(parameters);
    if (buffers_.size() != parameters.size())
      fail<ShapeError>(optimizer_, "expected a state of ", parameters.size(), " tensors, got one of ", buffers_.size(),
                       "; it belongs to another model");
    for (std::size_t i = 0; i < parameters.size(); ++i)
      if (buffers_[i].size() != parameters[i].size())
        fail<ShapeError>(optimizer_, "expected a state with ", parameters[i].size(), " numbers for ",
                         parameters[i].name, ", got one with ", buffers_[i].size(), "; it belongs to another model");
  }

  S* operator[](std::size_t tensor) { return buffers_[tensor].data(); }

  /// Visits "m.tensors", their number, and "m.0", "m.1", ... Throws DataError if a number below 0 is read.
  void visit_state(StateVisitor& visitor) {
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

 private:
  void allocate(std::span<const NamedTensor<S>> parameters) {
    std::vector<AlignedBuffer<S>> zeros;
    for (const NamedTensor<S>& tensor : parameters) zeros.emplace_back(tensor.size());
    buffers_ = std::move(zeros);
  }

  std::string_view optimizer_, name_;
  std::vector<AlignedBuffer<S>> buffers_;
};

}  // namespace tsattn
