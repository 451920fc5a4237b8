#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/index.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/formats/array.hpp>
#include <tsattn/layers/foreign_arrays.hpp>
#include <tsattn/model/graph.hpp>

/// What the exchange of weights with other libraries shares (exchange/pytorch.hpp, exchange/keras.hpp). Each layer says
/// where its numbers lie in the arrays of the other library (layers/foreign_arrays.hpp); which *module* of it (in
/// Keras: layer) a layer takes is found here, and with it a *plan* of arrays and links. Reading and writing follow the
/// same plan, so that one is the inverse of the other. Rules and tables: docs/exchange.md.
namespace tsattn::weight_exchange {

/// A layer with weights, and the module of the other library that has the same ones.
struct ExchangedLayer {
  std::string name;
  std::string kind;
  std::vector<ForeignForm> forms;              ///< at least one
  std::map<std::string, std::size_t> tensors;  ///< its tensors' places in Graph::parameters()
  Index previous = -1;  ///< the layer with weights that its first input comes from, at once or through others; or -1

  std::string module = {};  ///< the path of the module
  Index module_layer = 0;   ///< which layer of a module of several
  bool is_placed = false;   ///< the other library has that module

  /// Whether a module has several such layers, which are numbered.
  bool is_stacked() const;
};

/// The layers with weights, in the order of the graph. Throws ConfigError, as `where`, for one without a counterpart in
/// that library.
template <class S>
std::vector<ExchangedLayer> layers_with_weights(const Graph<S>& model, ForeignLibrary library, bool is_written,
                                                std::string_view where);

/// The arrays of the other library under names whose paths are parted by `separator`.
class State {
 public:
  struct Entry {
    std::string original;  ///< the name as it came
    const Array<double>* array;
  };

  /// `normalised(name)` is the name under which an array is known here. Throws ConfigError, as `where`, if two arrays
  /// have the same one. The arrays must outlive the State.
  State(std::string_view where, const NamedArrays& arrays, char separator,
        const std::function<std::string(const std::string&)>& normalised);

  const std::map<std::string, Entry>& entries() const { return entries_; }
  /// Null if there is no such array.
  const Array<double>* find(const std::string& name) const;
  bool has(const std::string& name) const { return entries_.contains(name); }
  bool has(const std::string& module, const std::string& name) const;
  /// Whether `path` is the module or within it.
  bool is_within(const std::string& path, const std::string& module) const;
  /// Whether the module has any array.
  bool has_module(const std::string& module) const;
  /// The paths of all modules that have every one of the arrays `names` and none of `others`.
  std::set<std::string> modules_with(const std::vector<std::string>& names,
                                     const std::vector<std::string>& others = {}) const;

 private:
  char separator_;
  std::map<std::string, Entry> entries_;
};

/// `name` with the number of the layer in its module in the place of its #.
std::string numbered(std::string name, Index number);

/// "lstm.weight", or the name alone for the module without a path.
std::string joined(const std::string& module, char separator, const std::string& name);

/// A layer whose name is no module's takes a module by elimination: if it is the only layer of its kind, the only one
/// without a module that such modules could be, and if exactly one module that has a form of the layer is of no other
/// layer. Not for layers of which a module has several.
void place_by_elimination(std::vector<ExchangedLayer>& layers, const State& state);

/// Where the numbers of all layers lie.
struct Plan {
  /// What an array leads to; the links name tensors of the model, and `places` has where these are.
  std::vector<ForeignArray> arrays;
  std::vector<std::pair<ForeignLink, double>> constants;
  std::map<std::string, std::size_t> places;
};

/// The plan of layers that have their modules. `state` is null where the arrays are written; otherwise each layer has
/// the form of which the module has most arrays, the first of those.
Plan plan_of(const std::vector<ExchangedLayer>& layers, const State* state, char separator);

/// Sets `tensors`, all parameters of the model. `naming` says how layers and modules are matched. Throws ShapeError, as
/// `where`, unless the state has the arrays of the plan, of the same shapes, and no others, listing all differences;
/// DataError for numbers that are not finite; ConfigError if two layers have the same array or a layer's foreign_arrays
/// do not fit its tensors. No tensor is changed then.
template <class S>
void read_weights(std::string_view where, const State& state, const Plan& plan, std::string_view naming,
                  const std::vector<NamedTensor<S>>& tensors);

/// The arrays of the plan with the numbers of `tensors`, all parameters of the model. Throws ConfigError, as
/// read_weights.
template <class S>
NamedArrays write_weights(std::string_view where, const Plan& plan, const std::vector<NamedTensor<const S>>& tensors);

}  // namespace tsattn::weight_exchange

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/exchange/weight_exchange.inl>
#endif
