#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/compiled.hpp>
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
  void prepare(std::span<const NamedTensor<S>> parameters);

  S* operator[](std::size_t tensor) { return buffers_[tensor].data(); }

  /// Visits "m.tensors", their number, and "m.0", "m.1", ... Throws DataError if a number below 0 is read.
  void visit_state(StateVisitor& visitor);

 private:
  void allocate(std::span<const NamedTensor<S>> parameters);

  std::string_view optimizer_, name_;
  std::vector<AlignedBuffer<S>> buffers_;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/optimizers/tensor_buffers.inl>
#endif
