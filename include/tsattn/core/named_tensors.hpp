#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>

namespace tsattn {

/// One tensor of a layer or a model, seen from outside: what optimizers, files, summaries and checks work on.
/// It is a view: it stays valid as long as the tensor is neither destroyed nor resized.
template <class Scalar>
struct NamedTensor {
  std::string name;  ///< "w_x" in a layer, "lstm.w_x" in a model
  Scalar* data = nullptr;
  Index rows = 0;
  Index cols = 0;
  bool is_vector = false;  ///< one axis [rows]; otherwise two, [rows, cols], column-major

  Index size() const { return rows * cols; }
  VectorMap<Scalar> flat() const { return {data, size()}; }
  MatrixMap<Scalar> map() const { return {data, rows, cols}; }
};

/// A layer's `Parameters` struct names its tensors once, each a Matrix or a Vector, in a static function
///
///   template <class Self, class Visitor>
///   static void visit(Self& self, Visitor&& visitor) {
///     visitor("w", self.w), visitor("b", self.b);
///   }
///
/// Everything below follows from that list. named_tensor gives the view of one tensor of it.
template <class Scalar>
NamedTensor<Scalar> named_tensor(std::string_view name, Matrix<Scalar>& tensor) {
  return {std::string(name), tensor.data(), tensor.rows(), tensor.cols(), false};
}
template <class Scalar>
NamedTensor<const Scalar> named_tensor(std::string_view name, const Matrix<Scalar>& tensor) {
  return {std::string(name), tensor.data(), tensor.rows(), tensor.cols(), false};
}
template <class Scalar>
NamedTensor<Scalar> named_tensor(std::string_view name, Vector<Scalar>& tensor) {
  return {std::string(name), tensor.data(), tensor.size(), 1, true};
}
template <class Scalar>
NamedTensor<const Scalar> named_tensor(std::string_view name, const Vector<Scalar>& tensor) {
  return {std::string(name), tensor.data(), tensor.size(), 1, true};
}

/// Appends the tensors of `parameters` to `list`, each name with `prefix` before it.
template <class Scalar, class Parameters>
void append_named_tensors(Parameters& parameters, std::string_view prefix, std::vector<NamedTensor<Scalar>>& list) {
  Parameters::visit(parameters, [&](std::string_view name, auto& tensor) {
    list.push_back(named_tensor(std::string(prefix).append(name), tensor));
  });
}

/// Lists the tensors of one layer's `parameters`.
template <class Scalar, class Parameters>
std::vector<NamedTensor<Scalar>> named_tensors(Parameters& parameters) {
  std::vector<NamedTensor<Scalar>> list;
  append_named_tensors(parameters, "", list);
  return list;
}

/// Counts the scalars in all tensors of `parameters`.
template <class Parameters>
Index parameter_count(const Parameters& parameters) {
  Index count = 0;
  Parameters::visit(parameters, [&](std::string_view, const auto& tensor) { count += tensor.size(); });
  return count;
}

/// Sets every tensor of `parameters` to zero.
template <class Parameters>
void set_zero(Parameters& parameters) {
  Parameters::visit(parameters, [](std::string_view, auto& tensor) { tensor.fill(0); });
}

/// The Parameters of a layer without weights.
struct NoParameters {
  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}
};

}  // namespace tsattn
