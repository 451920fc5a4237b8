#pragma once

#include <cstdint>
#include <limits>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/options.hpp>
#include <tsattn/formats/strict_json.hpp>
#include <tsattn/persistence/architecture_json.hpp>

namespace tsattn {

template <class S>
nlohmann::ordered_json to_json(const Graph<S>& model) {
  if (model.nodes().size() == model.inputs().size())
    fail<ConfigError>("to_json", "expected a model with a layer, got none");
  nlohmann::ordered_json json = {{"inputs", nlohmann::ordered_json::array()},
                                 {"layers", nlohmann::ordered_json::array()}};
  for (const Node<S>& node : model.nodes()) {
    nlohmann::ordered_json item = {{"name", node.name}};
    if (!node.layer) {
      item["features"] = node.shape.features;
      if (node.shape.time != kAnyTime) item["time"] = node.shape.time;
      json["inputs"].push_back(std::move(item));
      continue;
    }
    if (!node.options)
      fail<ConfigError>("to_json", "expected layers that list their options (core/options.hpp), got ", node.name,
                        ", whose description does not");
    item["kind"] = node.kind;
    for (const NodeId input : node.inputs) item["inputs"].push_back(model.name(input));
    for (const Option& option : *node.options)
      std::visit([&](const auto& value) { item[option.name] = value; }, option.value);
    json["layers"].push_back(std::move(item));
  }
  json["output"] = model.node(model.output()).name;
  return json;
}

namespace architecture_json_parts {

/// Builds one model. Every message begins with `where` and says which layer it is about.
template <class S>
class Builder {
 public:
  Builder(std::string where, const LayerRegistry<S>& registry, const ArchitectureOptions& options)
      : where_(std::move(where)), registry_(registry), options_(options), model_(options.seed) {}

  Graph<S> build(const nlohmann::json& json) {
    require_object(where_, json);
    for (const auto& [key, value] : json.items())
      if (key != "inputs" && key != "layers" && key != "output")
        fail<ConfigError>(where_, "expected the keys inputs, layers and output, got \"", key, '"');
    for (const nlohmann::json& item : list(json, "inputs")) add_input(item);
    for (const nlohmann::json& item : list(json, "layers")) add_layer(item);
    if (json.contains("output")) set_output(text(where_, "output", json["output"]));
    return std::move(model_);
  }

 private:
  static void require_object(const std::string& where, const nlohmann::json& json) {
    if (!json.is_object()) fail<ConfigError>(where, "expected an object, got ", json.type_name());
  }

  const nlohmann::json& list(const nlohmann::json& json, const char* key) const {
    if (!json.contains(key) || !json[key].is_array() || json[key].empty())
      fail<ConfigError>(where_, "expected a list of at least one as \"", key, '"');
    return json[key];
  }

  static std::string text(const std::string& where, std::string_view key, const nlohmann::json& value) {
    if (!value.is_string()) fail<ConfigError>(where, "expected a text as ", key, ", got ", excerpt(value));
    return value.get<std::string>();
  }

  static Index integer(const std::string& where, std::string_view key, const nlohmann::json& value, Index smallest,
                       Index largest) {
    if (!is_integer(value, smallest, largest))
      fail<ConfigError>(where, "expected an integer from ", smallest, " to ", largest, " as ", key, ", got ",
                        excerpt(value));
    return value.get<Index>();
  }

  NodeId find(const std::string& where, const std::string& name) const {
    return with_place(where, [&] { return model_.find(name); });
  }

  void set_output(const std::string& name) {
    const NodeId output = find(where_, name);
    with_place(where_, [&] { model_.set_output(output); });
  }

  void add_input(const nlohmann::json& json) {
    const std::string where = where_ + ", input " + std::to_string(model_.inputs().size() + 1);
    require_object(where, json);
    SampleShape shape;
    std::string name;
    for (const auto& [key, value] : json.items()) {
      if (key == "name") {
        name = text(where, key, value);
      } else if (key == "features") {
        shape.features = integer(where, key, value, 0, kMostFeatures);
      } else if (key == "time") {
        shape.time = integer(where, key, value, 0, kMostFeatures);
      } else {
        fail<ConfigError>(where, "expected the keys name, features and time, got \"", key, '"');
      }
    }
    with_place(where, [&] { return model_.input(shape, name); });
  }

  void add_layer(const nlohmann::json& json) {
    const std::size_t number = model_.nodes().size() - model_.inputs().size() + 1;
    typename LayerRegistry<S>::Request request;
    request.where = where_ + ", layer " + std::to_string(number);
    require_object(request.where, json);
    request.initialization = options_.initialization;
    request.most_weights = options_.most_weights;
    request.weights_before = weights_;
    for (const auto& [key, value] : json.items()) {
      if (key == "kind") {
        request.kind = text(request.where, key, value);
      } else if (key == "name") {
        request.name = text(request.where, key, value);
      } else if (key == "inputs") {
        request.inputs = inputs(request.where, value);
      } else if (key == "initialization") {
        const std::string name = text(request.where, key, value);
        const auto found = with_place(request.where, [&] { return from_name<Initialization>(name); });
        if (!request.initialization) request.initialization = found;
      } else {
        request.options.push_back({key, option(request.where, key, value)});
      }
    }
    if (request.kind.empty()) fail<ConfigError>(request.where, "expected a \"kind\", such as \"lstm\"");
    request.where += " \"" + (request.name.empty() ? request.kind : request.name) + '"';
    if (request.inputs.empty()) request.inputs = {node_before(request.where)};
    const Node<S>& added = model_.node(with_place(request.where, [&] { return registry_.build(model_, request); }));
    // A row of layers that concatenate could double it again and again.
    if (added.shape.features > kMostFeatures)
      fail<ConfigError>(request.where, "expected at most ", kMostFeatures, " features, got ", added.shape.features);
    weights_ += added.layer->parameter_count();
  }

  /// The layer before, or for the first layer the only input.
  NodeId node_before(const std::string& where) const {
    const bool is_first = model_.nodes().size() == model_.inputs().size();
    if (is_first && model_.inputs().size() > 1)
      fail<ConfigError>(where, "expected \"inputs\", for the model has ", model_.inputs().size(), " of them");
    return {static_cast<Index>(model_.nodes().size()) - 1};
  }

  std::vector<NodeId> inputs(const std::string& where, const nlohmann::json& value) const {
    if (value.is_string()) return {find(where, value.get<std::string>())};
    if (!value.is_array() || value.empty())
      fail<ConfigError>(where, "expected a name or a list of names as inputs, got ", excerpt(value));
    std::vector<NodeId> ids;
    for (const nlohmann::json& name : value) ids.push_back(find(where, text(where, "a name in inputs", name)));
    return ids;
  }

  OptionValue option(const std::string& where, const std::string& key, const nlohmann::json& value) const {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number_float()) return value.get<double>();
    if (value.is_string()) return value.get<std::string>();
    return integer(where, key, value, -options_.largest_size, options_.largest_size);
  }

  /// What `call` gives; its errors with `where` in front.
  template <class Call>
  static auto with_place(const std::string& where, const Call& call) {
    try {
      return call();
    } catch (const Error& error) {
      fail<ConfigError>(where, without_place(error));
    } catch (const std::bad_alloc&) {
      fail<ConfigError>(where, "expected weights that fit into memory; there is not enough of it");
    }
  }

  static constexpr Index kMostFeatures = (std::numeric_limits<std::int32_t>::max)();  // and steps

  std::string where_;
  const LayerRegistry<S>& registry_;
  ArchitectureOptions options_;
  Graph<S> model_;
  Index weights_ = 0;  // of all layers together
};

}  // namespace architecture_json_parts

template <class S>
Graph<S> graph_from_json(std::string where, const nlohmann::json& json, const ArchitectureOptions& options,
                         const LayerRegistry<S>& registry) {
  return architecture_json_parts::Builder<S>(std::move(where), registry, options).build(json);
}

TSATTN_JSON_FUNCTION_INSTANCE(to_json);
TSATTN_JSON_FUNCTION_INSTANCE(graph_from_json);

}  // namespace tsattn
