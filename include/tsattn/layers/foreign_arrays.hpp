#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>

/// How a layer's weights are called and shaped in other libraries. A layer with a counterpart there has
///   std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const;
/// which gives every form in which that library holds the layer, the one that is written first, or throws ConfigError
/// if it has none. exchange/pytorch.hpp and exchange/keras.hpp read and write by what it gives, so that one is the
/// inverse of the other. docs/exchange.md shows it.
namespace tsattn {

enum class ForeignLibrary { pytorch, keras };

/// "PyTorch" or "Keras", for messages.
inline std::string_view library_name(ForeignLibrary library) {
  return library == ForeignLibrary::pytorch ? "PyTorch" : "Keras";
}

/// What a layer is asked for its arrays with.
struct ForeignContext {
  ForeignLibrary library;
  bool is_written;         ///< arrays are made for that library; otherwise they come from it
  std::string_view where;  ///< for messages: "from_keras"
  std::string_view layer;  ///< for messages: the name of the layer
  std::string_view kind;   ///< for messages: its kind
};

/// A tensor of the layer's Parameters, by the name that their `visit` gives it.
struct ForeignTensor {
  std::string name;
  Index rows = 0;
  Index cols = 1;
  bool is_vector = false;

  template <class S>
  ForeignTensor(std::string_view name_, const Matrix<S>& tensor)
      : name(name_), rows(tensor.rows()), cols(tensor.cols()) {}
  template <class S>
  ForeignTensor(std::string_view name_, const Vector<S>& tensor) : name(name_), rows(tensor.size()), is_vector(true) {}
};

/// Lists all tensors of a layer's Parameters.
template <class Parameters>
std::vector<ForeignTensor> foreign_tensors(const Parameters& parameters) {
  std::vector<ForeignTensor> tensors;
  Parameters::visit(parameters, [&](std::string_view name, const auto& tensor) { tensors.emplace_back(name, tensor); });
  return tensors;
}

/// Element (r, c) of a block lies at offset + r row + c col.
struct ForeignStrides {
  Index offset = 0;
  Index row = 1;
  Index col = 0;

  Index at(Index r, Index c) const { return offset + r * row + c * col; }
};

/// A block of a tensor of the layer, and where the same numbers lie in an array of the other library.
struct ForeignLink {
  std::string tensor;
  Index rows = 0;
  Index cols = 0;
  ForeignStrides here, there;
  bool is_addend = false;  ///< reading adds it to what an earlier link has set, writing leaves zeros

  /// Links all of a tensor with an array [rows, cols] (or [rows], of a vector) in C order.
  static ForeignLink whole(const ForeignTensor& tensor);
  /// Links `count` entries of a vector, from `first` on, with numbers one after the other from `offset` on.
  static ForeignLink entries(const ForeignTensor& vector, Index first, Index count, Index offset);
  /// Links the diagonal of a square matrix, all of it, with one number.
  static ForeignLink diagonal(const ForeignTensor& matrix);
  /// Returns the same link, which adds to what is there.
  ForeignLink added() const;
};

/// An array of the other library. Without links it is demanded, or written with zeros, but has no effect.
struct ForeignArray {
  /// The name in the module (of Keras: layer), with that library's separator between the parts of a path; `#` stands
  /// for the number of the layer in a module of several, as torch.nn.LSTM is: "weight_ih_l#".
  std::string name;
  std::vector<Index> shape;
  std::vector<ForeignLink> links;
  /// Empty: the array must be there. Otherwise it may be left out, together with all others of this text; what they
  /// lead to is then 0.
  std::string left_out_with = {};
  std::string likely_fix = {};  ///< where it is missing or of another shape

  /// Makes an array of all of a tensor, in its own shape.
  static ForeignArray whole(std::string name, const ForeignTensor& tensor);
  /// Makes an array of all of a vector, in another shape of as many numbers.
  static ForeignArray reshaped(std::string name, const ForeignTensor& vector, std::vector<Index> shape);
  /// Makes an array of all of a matrix, transposed: [cols, rows].
  static ForeignArray transposed(std::string name, const ForeignTensor& matrix);
  /// Returns the same array, which may be left out by itself.
  ForeignArray optional() const;
};

/// One of the forms in which the other library holds a layer.
struct ForeignForm {
  std::vector<ForeignArray> arrays;
  /// What reading sets to a number before it follows the links. Every weight must be in a link or here.
  std::vector<std::pair<ForeignLink, double>> constants = {};
  /// The arrays by which a module of this form is known, and those that such a module does not have: a layer whose name
  /// is no module's takes the only such module. Empty: a layer is found by its name alone.
  std::vector<std::string> found_by = {};
  std::vector<std::string> not_with = {};
};

template <class Type>
concept HasForeignArrays = requires(const Type& layer, const ForeignContext& context) {
  { layer.foreign_arrays(context) } -> std::same_as<std::vector<ForeignForm>>;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/foreign_arrays.inl>
#endif
