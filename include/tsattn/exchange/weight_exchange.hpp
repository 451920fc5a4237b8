#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/options.hpp>
#include <tsattn/formats/array.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/model/graph.hpp>

/// What the exchange of weights with other libraries shares (exchange/pytorch.hpp, exchange/keras.hpp). Each of them
/// says where the numbers of a model lie in the arrays of the other library: a *plan* of arrays and links. Reading and
/// writing follow the same plan, so that one is the inverse of the other. Rules and tables: docs/exchange.md.
namespace tsattn::weight_exchange {

// The model.

/// A tensor of the model.
struct Tensor {
  std::size_t position = 0;  ///< in Graph::parameters()
  Index rows = 0;
  Index cols = 0;
};

/// A layer with weights, and the module of the other library that has the same ones (in Keras: the layer).
struct LayerWeights {
  std::string name;
  std::string kind;
  std::map<std::string, Tensor, std::less<>> tensors;  ///< "w_x", "forward.w_x", ...
  bool resets_before = false;                          ///< a GRU with its reset before the product
  Index previous = -1;  ///< the layer with weights that its first input comes from, at once or through others; or -1

  std::string module = {};  ///< the path of the module
  Index module_layer = 0;   ///< which layer of a module of several
  bool is_placed = false;   ///< the other library has that module

  bool has(std::string_view tensor) const { return tensors.contains(tensor); }
  /// Throws ConfigError if there is no such tensor.
  const Tensor& operator[](std::string_view tensor) const {
    const auto found = tensors.find(tensor);
    if (found == tensors.end())
      fail<ConfigError>(name, "expected a layer of the kind ", kind, " with a tensor ", tensor);
    return found->second;
  }
};

/// The layers with weights, in the order of the graph.
template <class S>
std::vector<LayerWeights> layers_with_weights(const Graph<S>& model) {
  const std::vector<NamedTensor<const S>> tensors = model.parameters();
  std::vector<LayerWeights> layers;
  std::vector<Index> last;  // of every node: the layer with weights that its output comes from
  std::size_t position = 0;
  for (const Node<S>& node : model.nodes()) {
    last.push_back(node.inputs.empty() ? -1 : last[static_cast<std::size_t>(node.inputs[0].index)]);
    if (!node.layer || node.layer->parameter_count() == 0) continue;
    LayerWeights layer{.name = node.name, .kind = node.kind, .tensors = {}, .previous = last.back()};
    for (const Option& option : node.options.value_or(std::vector<Option>()))
      if (option == Option{"reset", std::string(name_of(GruReset::before_product))}) layer.resets_before = true;
    const std::string prefix = node.name + '.';
    for (; position < tensors.size() && tensors[position].name.starts_with(prefix); ++position)
      layer.tensors[tensors[position].name.substr(prefix.size())] = {position, tensors[position].rows,
                                                                     tensors[position].cols};
    last.back() = static_cast<Index>(layers.size());
    layers.push_back(std::move(layer));
  }
  return layers;
}

/// The weights of one direction of a recurrent layer.
struct Cell {
  std::string direction;  ///< "forward" or "backward"; empty where there is only one
  Tensor w_x, w_h;
  std::optional<Tensor> b, b_h;  ///< as RecurrentBias says
  std::optional<Tensor> b_hn;    ///< a GRU with its reset after the product and a bias

  Index hidden() const { return w_h.cols; }
  Index gates() const { return w_h.rows / w_h.cols; }
};

constexpr std::string_view kBidirectional = "bidirectional_";

/// "lstm", "gru" or "rnn" for a recurrent layer, also a bidirectional one; otherwise empty.
inline std::string_view cell_kind(const LayerWeights& layer) {
  std::string_view kind = layer.kind;
  if (kind.starts_with(kBidirectional)) kind.remove_prefix(kBidirectional.size());
  return kind == "lstm" || kind == "gru" || kind == "rnn" ? kind : std::string_view();
}
inline bool is_recurrent(const LayerWeights& layer) { return !cell_kind(layer).empty(); }
inline bool is_bidirectional(const LayerWeights& layer) {
  return is_recurrent(layer) && layer.kind.starts_with(kBidirectional);
}
inline bool is_one_way(const LayerWeights& layer) { return is_recurrent(layer) && !is_bidirectional(layer); }
inline bool is_tanh_pooling(const LayerWeights& layer) { return layer.kind == "attention_pooling" && layer.has("w"); }
/// One matrix, or a vector, and a bias.
inline bool is_linear(const LayerWeights& layer) {
  return layer.kind == "dense" || (layer.kind == "attention_pooling" && !layer.has("w"));
}

/// The directions of a recurrent layer, one or two.
inline std::vector<Cell> cells_of(const LayerWeights& layer) {
  std::vector<Cell> cells;
  for (const std::string direction : {is_bidirectional(layer) ? "forward" : "", "backward"}) {
    const std::string prefix = direction.empty() ? "" : direction + '.';
    const auto optional = [&](const char* tensor) {
      return layer.has(prefix + tensor) ? std::optional(layer[prefix + tensor]) : std::nullopt;
    };
    cells.push_back(
        {direction, layer[prefix + "w_x"], layer[prefix + "w_h"], optional("b"), optional("b_h"), optional("b_hn")});
    if (!is_bidirectional(layer)) break;
  }
  return cells;
}

// The other library.

/// The arrays of the other library under names whose paths are parted by `separator`.
class State {
 public:
  struct Entry {
    std::string original;  ///< the name as it came
    const Array<double>* array;
  };

  /// `normalised(name)` is the name under which an array is known here. Throws ConfigError, as `where`, if two arrays
  /// have the same one. The arrays must outlive the State.
  template <class Normalise>
  State(std::string_view where, const NamedArrays& arrays, char separator, const Normalise& normalised)
      : separator_(separator) {
    for (const auto& [name, array] : arrays) {
      const auto [entry, is_new] = entries_.try_emplace(normalised(name), Entry{name, &array});
      if (!is_new)
        fail<ConfigError>(where, "expected every array once, got ", entry->first, " as \"", entry->second.original,
                          "\" and as \"", name, '"');
    }
  }

  const std::map<std::string, Entry>& entries() const { return entries_; }
  /// Null if there is no such array.
  const Array<double>* find(const std::string& name) const {
    const auto entry = entries_.find(name);
    return entry == entries_.end() ? nullptr : entry->second.array;
  }
  bool has(const std::string& name) const { return entries_.contains(name); }

  /// "module.name"; `name` for the module without a path.
  std::string joined(const std::string& module, const std::string& name) const {
    return module.empty() ? name : module + separator_ + name;
  }
  /// Whether `path` is the module or within it.
  bool is_within(const std::string& path, const std::string& module) const {
    return module.empty() || path == module || path.starts_with(module + separator_);
  }
  /// Whether the module has any array.
  bool has_module(const std::string& module) const {
    const auto first = entries_.lower_bound(module + separator_);
    return first != entries_.end() && is_within(first->first, module);
  }
  /// The paths of all modules that have every one of these arrays.
  std::set<std::string> modules_with(const std::vector<std::string>& names) const {
    std::set<std::string> modules;
    const std::string end = separator_ + names.front();
    for (const auto& [name, entry] : entries_) {
      if (name != names.front() && !name.ends_with(end)) continue;
      const std::string module = name.substr(0, name.size() - (std::min)(name.size(), end.size()));
      const auto is_in_module = [&](const std::string& other) { return has(joined(module, other)); };
      if (std::all_of(names.begin(), names.end(), is_in_module)) modules.insert(module);
    }
    return modules;
  }

 private:
  char separator_;
  std::map<std::string, Entry> entries_;
};

/// Whether an array that may be left out is there. What is written (`state` is null then) leaves nothing out.
inline bool is_there(const State* state, const std::string& name) { return state == nullptr || state->has(name); }

/// A layer whose name is no module's takes a module by elimination: if it is the only layer of its kind, the only one
/// of this form (`is_of_form(layer)`) without a module, and exactly one of `modules`, which are those of this form, is
/// of no other layer.
template <class Predicate>
void place_by_elimination(std::vector<LayerWeights>& layers, const State& state, std::set<std::string> modules,
                          const Predicate& is_of_form) {
  std::erase_if(modules, [&](const std::string& module) {
    return std::any_of(layers.begin(), layers.end(), [&](const LayerWeights& layer) {
      return layer.is_placed && state.is_within(module, layer.module);
    });
  });
  std::vector<LayerWeights*> open;
  for (LayerWeights& layer : layers)
    if (!layer.is_placed && is_of_form(layer)) open.push_back(&layer);
  if (modules.size() != 1 || open.size() != 1) return;
  LayerWeights& only = *open.front();
  const auto is_same_kind = [&](const LayerWeights& layer) { return layer.kind == only.kind; };
  if (std::count_if(layers.begin(), layers.end(), is_same_kind) > 1) return;
  only.module = *modules.begin();
  only.is_placed = true;
}

// The plan.

/// Element (r, c) of a block lies at offset + r row + c col.
struct Strides {
  Index offset = 0;
  Index row = 1;
  Index col = 0;

  std::size_t at(Index r, Index c) const { return static_cast<std::size_t>(offset + r * row + c * col); }
};

/// A block of a tensor of the model, and where the same numbers lie in an array of the other library.
struct Link {
  std::size_t tensor = 0;  ///< position in Graph::parameters()
  Index rows = 0;
  Index cols = 0;
  Strides here, there;
  bool is_addend = false;  ///< reading adds it to what an earlier link has set, writing leaves zeros
};

/// All of a tensor, in an array [rows, cols] (or [rows], of a vector) in C order.
inline Link whole(const Tensor& tensor) {
  return {tensor.position, tensor.rows, tensor.cols, {0, 1, tensor.rows}, {0, tensor.cols, 1}};
}
/// `count` entries of a vector, from `first` on, that lie one after the other from `offset` on.
inline Link entries(const Tensor& vector, Index first, Index count, Index offset) {
  return {vector.position, count, 1, {first}, {offset}};
}
/// The diagonal of a square matrix, all of it from one number.
inline Link diagonal(const Tensor& matrix) { return {matrix.position, matrix.rows, 1, {0, matrix.rows + 1}, {0, 0}}; }
inline Link added(Link link) {
  link.is_addend = true;
  return link;
}

/// An array of the other library. Without links it is demanded, or written with zeros, but has no effect.
struct ForeignArray {
  std::string name;
  std::vector<Index> shape;
  std::vector<Link> links;
  std::string likely_fix = {};  ///< where it is missing or of another shape
};

inline Index size_of(const ForeignArray& array) {
  return std::accumulate(array.shape.begin(), array.shape.end(), Index{1}, std::multiplies<>());
}

struct Plan {
  std::vector<ForeignArray> arrays;
  std::vector<Link> ones;  ///< what reading sets to 1; where no link leads, it sets 0
};

// Reading and writing along it.

/// Throws ConfigError, as `where`, if two layers have the same array.
inline void require_distinct_names(std::string_view where, const Plan& plan) {
  std::set<std::string> names;
  for (const ForeignArray& array : plan.arrays)
    if (!names.insert(array.name).second)
      fail<ConfigError>(where, "expected layers with arrays of their own, got two layers with ", array.name,
                        "; rename one");
}

/// Throws ShapeError, as `where`, unless the state has the arrays of the plan, of the same shapes, and no others; it
/// lists all differences. `naming` says how layers and modules are matched.
inline void require_fit(std::string_view where, const State& state, const Plan& plan, std::string_view naming) {
  std::string differences;
  Index count = 0;
  bool is_name_wrong = false;
  const auto append = [&](std::initializer_list<std::string_view> parts) {
    differences += "\n  ";
    for (const std::string_view part : parts) differences += part;
    ++count;
  };
  std::set<std::string> planned;
  for (const ForeignArray& array : plan.arrays) {
    planned.insert(array.name);
    const Array<double>* found = state.find(array.name);
    const std::string expected = shape_text(array.shape);
    const std::string fix = array.likely_fix.empty() ? "" : "; " + array.likely_fix;
    if (found == nullptr) {
      append({"missing ", array.name, " ", expected, fix});
      is_name_wrong = true;
    } else if (found->shape != array.shape) {
      append({array.name, ": expected ", expected, ", got ", shape_text(found->shape), fix});
    } else if (static_cast<Index>(found->values.size()) != size_of(array)) {
      append({array.name, ": expected ", expected, ", got ", std::to_string(found->values.size()), " numbers"});
    }
  }
  for (const auto& [name, entry] : state.entries()) {
    if (planned.contains(name)) continue;
    append({"unexpected ", entry.original, " ", shape_text(entry.array->shape)});
    is_name_wrong = true;
  }
  if (count == 0) return;
  fail<ShapeError>(where, "expected arrays that fit the model, got ", count,
                   count == 1 ? " difference" : " differences", differences, is_name_wrong ? "\n" : "",
                   is_name_wrong ? naming : "");
}

/// Appends `name` to `unusable` with the first of the values that no S holds: NaN, infinite or too large.
template <class S>
void append_unusable(const std::string& name, const std::vector<double>& values, std::string& unusable) {
  const auto is_unusable = [](double value) { return !(std::abs(value) <= (std::numeric_limits<S>::max)()); };
  const auto value = std::find_if(values.begin(), values.end(), is_unusable);
  if (value == values.end()) return;
  std::ostringstream text;
  text << (unusable.empty() ? "" : ", ") << *value << " in " << name;
  unusable += text.str();
}

/// Reads the numbers of an array into those of a tensor.
inline void follow(const Link& link, const std::vector<double>& array, std::vector<double>& tensor) {
  for (Index c = 0; c < link.cols; ++c)
    for (Index r = 0; r < link.rows; ++r) {
      double& value = tensor[link.here.at(r, c)];
      const double read = array[link.there.at(r, c)];
      if (!link.is_addend) {
        value = read;
      } else if (read != 0) {  // -0 + 0 is 0, and the -0 would not come back
        value += read;
      }
    }
}

/// Sets `tensors`, all parameters of the model. Throws as require_distinct_names and require_fit, and DataError for
/// numbers that are not finite; no tensor is changed then.
template <class S>
void read_weights(std::string_view where, const State& state, const Plan& plan, std::string_view naming,
                  const std::vector<NamedTensor<S>>& tensors) {
  require_distinct_names(where, plan);
  require_fit(where, state, plan, naming);
  std::vector<std::vector<double>> values;
  for (const NamedTensor<S>& tensor : tensors) values.emplace_back(static_cast<std::size_t>(tensor.size()));
  for (const Link& link : plan.ones)
    for (Index r = 0; r < link.rows; ++r) values[link.tensor][link.here.at(r, 0)] = 1;

  std::string unusable;
  for (const ForeignArray& array : plan.arrays) {
    const std::vector<double>& source = state.find(array.name)->values;
    append_unusable<S>(array.name, source, unusable);
    for (const Link& link : array.links) follow(link, source, values[link.tensor]);
  }
  if (unusable.empty())
    for (std::size_t i = 0; i < tensors.size(); ++i)  // the sums
      append_unusable<S>(tensors[i].name, values[i], unusable);
  if (!unusable.empty())
    fail<DataError>(where, "expected finite weights, none beyond ", (std::numeric_limits<S>::max)(), ", got ",
                    unusable);

  for (std::size_t i = 0; i < tensors.size(); ++i)
    std::transform(values[i].begin(), values[i].end(), tensors[i].data,
                   [](double value) { return static_cast<S>(value); });
}

/// The arrays of the plan with the numbers of `tensors`, all parameters of the model. Throws as require_distinct_names.
template <class S>
NamedArrays write_weights(std::string_view where, const Plan& plan, const std::vector<NamedTensor<const S>>& tensors) {
  require_distinct_names(where, plan);
  NamedArrays arrays;
  for (const ForeignArray& array : plan.arrays) {
    Array<double>& written = arrays[array.name];
    written.shape = array.shape;
    written.values.resize(static_cast<std::size_t>(size_of(array)));
    for (const Link& link : array.links) {
      if (link.is_addend) continue;
      for (Index c = 0; c < link.cols; ++c)
        for (Index r = 0; r < link.rows; ++r)
          written.values[link.there.at(r, c)] = static_cast<double>(tensors[link.tensor].data[link.here.at(r, c)]);
    }
  }
  return arrays;
}

}  // namespace tsattn::weight_exchange
