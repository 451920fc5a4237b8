#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/exchange/weight_exchange.hpp>

namespace tsattn::weight_exchange {

// The model.

TSATTN_LIBRARY_FUNCTION bool ExchangedLayer::is_stacked() const {
  const auto& arrays = forms.front().arrays;
  return std::any_of(arrays.begin(), arrays.end(),
                     [](const ForeignArray& array) { return array.name.find('#') != std::string::npos; });
}

template <class S>
std::vector<ExchangedLayer> layers_with_weights(const Graph<S>& model, ForeignLibrary library, bool is_written,
                                                std::string_view where) {
  std::vector<ExchangedLayer> layers;
  std::vector<Index> last;  // of every node: the layer with weights that its output comes from
  std::size_t position = 0;
  for (const Node<S>& node : model.nodes()) {
    last.push_back(node.inputs.empty() ? -1 : last[static_cast<std::size_t>(node.inputs[0].index)]);
    if (!node.layer || node.layer->parameter_count() == 0) continue;
    ExchangedLayer layer{.name = node.name, .kind = node.kind, .forms = {}, .tensors = {}, .previous = last.back()};
    layer.forms = node.layer->foreign_arrays({library, is_written, where, node.name, node.kind});
    if (layer.forms.empty())
      fail<ConfigError>(where, "expected layers with a counterpart in ", library_name(library), ", got ", node.name,
                        " of the kind ", node.kind);
    std::vector<NamedTensor<const S>> tensors;
    node.layer->append_parameters("", tensors);
    for (const NamedTensor<const S>& tensor : tensors) layer.tensors[tensor.name] = position++;
    last.back() = static_cast<Index>(layers.size());
    layers.push_back(std::move(layer));
  }
  return layers;
}

// The other library.

TSATTN_LIBRARY_FUNCTION State::State(std::string_view where, const NamedArrays& arrays, char separator,
                                     const std::function<std::string(const std::string&)>& normalised)
    : separator_(separator) {
  for (const auto& [name, array] : arrays) {
    const auto [entry, is_new] = entries_.try_emplace(normalised(name), Entry{name, &array});
    if (!is_new)
      fail<ConfigError>(where, "expected every array once, got ", entry->first, " as \"", entry->second.original,
                        "\" and as \"", name, '"');
  }
}

TSATTN_LIBRARY_FUNCTION const Array<double>* State::find(const std::string& name) const {
  const auto entry = entries_.find(name);
  return entry == entries_.end() ? nullptr : entry->second.array;
}

TSATTN_LIBRARY_FUNCTION bool State::has(const std::string& module, const std::string& name) const {
  return has(joined(module, separator_, name));
}

TSATTN_LIBRARY_FUNCTION bool State::is_within(const std::string& path, const std::string& module) const {
  return module.empty() || path == module || path.starts_with(module + separator_);
}

TSATTN_LIBRARY_FUNCTION bool State::has_module(const std::string& module) const {
  const auto first = entries_.lower_bound(module + separator_);
  return first != entries_.end() && is_within(first->first, module);
}

TSATTN_LIBRARY_FUNCTION std::set<std::string> State::modules_with(const std::vector<std::string>& names,
                                                                  const std::vector<std::string>& others) const {
  std::set<std::string> modules;
  const std::string end = separator_ + names.front();
  for (const auto& [name, entry] : entries_) {
    if (name != names.front() && !name.ends_with(end)) continue;
    const std::string module = name.substr(0, name.size() - (std::min)(name.size(), end.size()));
    const auto is_in_module = [&](const std::string& other) { return has(module, other); };
    if (std::all_of(names.begin(), names.end(), is_in_module) &&
        std::none_of(others.begin(), others.end(), is_in_module))
      modules.insert(module);
  }
  return modules;
}

TSATTN_LIBRARY_FUNCTION std::string numbered(std::string name, Index number) {
  const std::size_t mark = name.find('#');
  return mark == std::string::npos ? name : name.replace(mark, 1, std::to_string(number));
}

TSATTN_LIBRARY_FUNCTION std::string joined(const std::string& module, char separator, const std::string& name) {
  return module.empty() ? name : module + separator + name;
}

// Which module a layer takes.

namespace parts {

/// How many arrays tell the forms of a layer; the more, the more certain.
inline std::size_t certainty(const ExchangedLayer& layer) {
  std::size_t most = 0;
  for (const ForeignForm& form : layer.forms) most = (std::max)(most, form.found_by.size());
  return most;
}

/// Whether a module could be either layer's.
inline bool share_a_form(const ExchangedLayer& layer, const ExchangedLayer& other) {
  for (const ForeignForm& form : layer.forms)
    for (const ForeignForm& other_form : other.forms)
      if (form.found_by == other_form.found_by) return true;
  return false;
}

/// The modules of the layer's forms that are of no other layer.
inline std::set<std::string> open_modules(const std::vector<ExchangedLayer>& layers, const State& state,
                                          const ExchangedLayer& layer) {
  std::set<std::string> modules;
  for (const ForeignForm& form : layer.forms)
    if (!form.found_by.empty()) modules.merge(state.modules_with(form.found_by, form.not_with));
  std::erase_if(modules, [&](const std::string& module) {
    return std::any_of(layers.begin(), layers.end(), [&](const ExchangedLayer& other) {
      return other.is_placed && state.is_within(module, other.module);
    });
  });
  return modules;
}

}  // namespace parts

TSATTN_LIBRARY_FUNCTION void place_by_elimination(std::vector<ExchangedLayer>& layers, const State& state) {
  std::vector<ExchangedLayer*> open;
  for (ExchangedLayer& layer : layers)
    if (!layer.is_placed && !layer.is_stacked() && parts::certainty(layer) > 0) open.push_back(&layer);
  // A module that is told by more arrays holds others, which are then no more open.
  std::stable_sort(open.begin(), open.end(), [](const ExchangedLayer* layer, const ExchangedLayer* other) {
    return parts::certainty(*layer) > parts::certainty(*other);
  });
  for (ExchangedLayer* layer : open) {
    const auto is_rival = [&](const ExchangedLayer* other) {
      return other != layer && !other->is_placed && parts::share_a_form(*layer, *other);
    };
    const auto is_same_kind = [&](const ExchangedLayer& other) { return other.kind == layer->kind; };
    if (std::any_of(open.begin(), open.end(), is_rival) ||
        std::count_if(layers.begin(), layers.end(), is_same_kind) > 1)
      continue;
    const std::set<std::string> modules = parts::open_modules(layers, state, *layer);
    if (modules.size() != 1) continue;
    layer->module = *modules.begin();
    layer->is_placed = true;
  }
}

// The plan.

namespace parts {

/// The form of which the module has most arrays, the first of those.
inline const ForeignForm& form_of(const ExchangedLayer& layer, const State* state) {
  const ForeignForm* best = &layer.forms.front();
  if (state == nullptr) return *best;
  const auto count = [&](const ForeignForm& form) {
    return std::count_if(form.arrays.begin(), form.arrays.end(), [&](const ForeignArray& array) {
      return state->has(layer.module, numbered(array.name, layer.module_layer));
    });
  };
  for (const ForeignForm& form : layer.forms)
    if (count(form) > count(*best)) best = &form;
  return *best;
}

}  // namespace parts

TSATTN_LIBRARY_FUNCTION Plan plan_of(const std::vector<ExchangedLayer>& layers, const State* state, char separator) {
  Plan plan;
  for (const ExchangedLayer& layer : layers) {
    const auto full = [&](ForeignLink link) {
      link.tensor = layer.name + '.' + link.tensor;
      return link;
    };
    const ForeignForm& form = parts::form_of(layer, state);
    std::set<std::string> there;  // of arrays that may be left out
    for (const ForeignArray& array : form.arrays)
      if (state == nullptr || state->has(layer.module, numbered(array.name, layer.module_layer)))
        there.insert(array.left_out_with);
    for (ForeignArray array : form.arrays) {
      const bool is_left_out = !array.left_out_with.empty() && !there.contains(array.left_out_with);
      array.name = joined(layer.module, separator, numbered(array.name, layer.module_layer));
      for (ForeignLink& link : array.links) {
        link = full(std::move(link));
        if (is_left_out) plan.constants.emplace_back(link, 0.0);
      }
      if (!is_left_out) plan.arrays.push_back(std::move(array));
    }
    for (const auto& [link, value] : form.constants) plan.constants.emplace_back(full(link), value);
    for (const auto& [name, place] : layer.tensors) plan.places[layer.name + '.' + name] = place;
  }
  return plan;
}

// Reading and writing along it.

namespace parts {

inline Index size_of(const ForeignArray& array) {
  return std::accumulate(array.shape.begin(), array.shape.end(), Index{1}, std::multiplies<>());
}

/// Calls visit(here, there) for every number of a link.
template <class Visit>
void for_each_number(const ForeignLink& link, const Visit& visit) {
  for (Index c = 0; c < link.cols; ++c)
    for (Index r = 0; r < link.rows; ++r)
      visit(static_cast<std::size_t>(link.here.at(r, c)), static_cast<std::size_t>(link.there.at(r, c)));
}

/// Throws ConfigError, as `where`, if two layers have the same array.
inline void require_distinct_names(std::string_view where, const Plan& plan) {
  std::set<std::string> names;
  for (const ForeignArray& array : plan.arrays)
    if (!names.insert(array.name).second)
      fail<ConfigError>(where, "expected layers with arrays of their own, got two layers with ", array.name,
                        "; rename one");
}

/// Throws ConfigError, as `where`, unless every link lies within its tensor, of `sizes`, and its array, and every
/// weight is in a link or a constant: a layer's foreign_arrays may be wrong.
inline void require_sound(std::string_view where, const Plan& plan, const std::vector<Index>& sizes) {
  std::vector<std::vector<bool>> is_reached;
  for (const Index size : sizes) is_reached.emplace_back(static_cast<std::size_t>(size));
  const auto reach = [&](const ForeignLink& link, const std::string& array, Index size) {
    const auto place = plan.places.find(link.tensor);
    if (place == plan.places.end())
      fail<ConfigError>(where, "expected foreign_arrays that name tensors of the layer, got ", link.tensor);
    const auto is_within = [&](const ForeignStrides& strides, Index count) {
      const Index last = strides.at(link.rows - 1, link.cols - 1);
      return strides.offset >= 0 && strides.row >= 0 && strides.col >= 0 && last < count;
    };
    if (link.rows < 1 || link.cols < 1) return;
    std::vector<bool>& tensor = is_reached[place->second];
    if (!is_within(link.here, static_cast<Index>(tensor.size())) || !is_within(link.there, size))
      fail<ConfigError>(where, "expected foreign_arrays whose links lie within their tensors and arrays, got one of ",
                        link.tensor, " that does not, to ", array);
    for_each_number(link, [&](std::size_t here, std::size_t) { tensor[here] = true; });
  };
  for (const ForeignArray& array : plan.arrays)
    for (const ForeignLink& link : array.links) reach(link, array.name, size_of(array));
  for (const auto& [link, value] : plan.constants) {
    ForeignLink alone = link;
    alone.there = {0, 0, 0};
    reach(alone, "a constant", 1);
  }
  for (const auto& [name, place] : plan.places)
    if (std::find(is_reached[place].begin(), is_reached[place].end(), false) != is_reached[place].end())
      fail<ConfigError>(where, "expected foreign_arrays that lead to every weight of the layer, got none to all of ",
                        name);
}

/// Throws ShapeError, as `where`, unless the state has the arrays of the plan, of the same shapes, and no others; it
/// lists all differences. `naming` says how layers and modules are matched.
inline void require_fit(std::string_view where, const State& state, const Plan& plan, std::string_view naming) {
  std::string differences;
  Index count = 0;
  bool is_name_wrong = false;
  const auto append = [&](std::initializer_list<std::string_view> texts) {
    differences += "\n  ";
    for (const std::string_view text : texts) differences += text;
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
inline void follow(const ForeignLink& link, const std::vector<double>& array, std::vector<double>& tensor) {
  for_each_number(link, [&](std::size_t here, std::size_t there) {
    if (!link.is_addend) {
      tensor[here] = array[there];
    } else if (array[there] != 0) {  // -0 + 0 is 0, and the -0 would not come back
      tensor[here] += array[there];
    }
  });
}

template <class Tensor>
std::vector<Index> sizes_of(const std::vector<Tensor>& tensors) {
  std::vector<Index> sizes;
  for (const Tensor& tensor : tensors) sizes.push_back(tensor.size());
  return sizes;
}

}  // namespace parts

template <class S>
void read_weights(std::string_view where, const State& state, const Plan& plan, std::string_view naming,
                  const std::vector<NamedTensor<S>>& tensors) {
  parts::require_distinct_names(where, plan);
  parts::require_sound(where, plan, parts::sizes_of(tensors));
  parts::require_fit(where, state, plan, naming);
  std::vector<std::vector<double>> values;
  for (const NamedTensor<S>& tensor : tensors) values.emplace_back(static_cast<std::size_t>(tensor.size()));
  for (const auto& [link, value] : plan.constants)
    parts::for_each_number(link, [&, &link = link, number = value](std::size_t here, std::size_t) {
      values[plan.places.at(link.tensor)][here] = number;
    });

  std::string unusable;
  for (const ForeignArray& array : plan.arrays) {
    const std::vector<double>& source = state.find(array.name)->values;
    parts::append_unusable<S>(array.name, source, unusable);
    for (const ForeignLink& link : array.links) parts::follow(link, source, values[plan.places.at(link.tensor)]);
  }
  if (unusable.empty())
    for (std::size_t i = 0; i < tensors.size(); ++i)  // the sums
      parts::append_unusable<S>(tensors[i].name, values[i], unusable);
  if (!unusable.empty())
    fail<DataError>(where, "expected finite weights, none beyond ", (std::numeric_limits<S>::max)(), ", got ",
                    unusable);

  for (std::size_t i = 0; i < tensors.size(); ++i)
    std::transform(values[i].begin(), values[i].end(), tensors[i].data,
                   [](double value) { return static_cast<S>(value); });
}

template <class S>
NamedArrays write_weights(std::string_view where, const Plan& plan, const std::vector<NamedTensor<const S>>& tensors) {
  parts::require_distinct_names(where, plan);
  parts::require_sound(where, plan, parts::sizes_of(tensors));
  NamedArrays arrays;
  for (const ForeignArray& array : plan.arrays) {
    Array<double>& written = arrays[array.name];
    written.shape = array.shape;
    written.values.resize(static_cast<std::size_t>(parts::size_of(array)));
    for (const ForeignLink& link : array.links) {
      if (link.is_addend) continue;
      const S* numbers = tensors[plan.places.at(link.tensor)].data;
      parts::for_each_number(link, [&](std::size_t here, std::size_t there) {
        written.values[there] = static_cast<double>(numbers[here]);
      });
    }
  }
  return arrays;
}

TSATTN_LIBRARY_FUNCTION_INSTANCE(layers_with_weights);
TSATTN_LIBRARY_FUNCTION_INSTANCE(read_weights);
TSATTN_LIBRARY_FUNCTION_INSTANCE(write_weights);

}  // namespace tsattn::weight_exchange
