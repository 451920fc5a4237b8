#pragma once

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <tsattn/model/graph.hpp>
#include <tsattn/model/summary.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION std::string with_thousands_separators(Index number) {
  std::string digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) digits.insert(i -= 3, 1, ',');
  return digits;
}

template <class S>
std::string summary(const Graph<S>& model) {
  struct Row {
    std::string layer, inputs, shape, parameters;
  };
  std::vector<Row> rows{{"Layer", "Reads", "Output of a sample", "Parameters"}};
  bool is_chain = true;
  for (std::size_t i = 0; i < model.nodes().size(); ++i) {
    const auto& node = model.nodes()[i];
    Row row;
    row.layer = node.name == node.kind ? node.name : node.name + " (" + std::string(node.kind) + ')';
    for (const NodeId input : node.inputs) row.inputs.append(row.inputs.empty() ? "" : ", ").append(model.name(input));
    std::ostringstream shape;
    shape << node.shape;
    row.shape = shape.str();
    row.parameters = with_thousands_separators(node.layer ? node.layer->parameter_count() : 0);
    const bool reads_the_one_before = node.inputs.size() == 1 && node.inputs[0] == NodeId{static_cast<Index>(i) - 1};
    is_chain = is_chain && (i == 0 || reads_the_one_before);
    rows.push_back(std::move(row));
  }
  std::size_t layer = 0, inputs = 0, shape = 0, parameters = 0;
  for (const Row& row : rows) {
    layer = (std::max)(layer, row.layer.size());
    inputs = (std::max)(inputs, row.inputs.size());
    shape = (std::max)(shape, row.shape.size());
    parameters = (std::max)(parameters, row.parameters.size());
  }
  const auto padded = [](const std::string& text, std::size_t width) {
    return text + std::string(width - text.size() + 2, ' ');
  };
  const std::string rule(layer + 2 + (is_chain ? 0 : inputs + 2) + shape + 2 + parameters, '-');
  std::string table;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    table += padded(row.layer, layer) + (is_chain ? "" : padded(row.inputs, inputs)) + padded(row.shape, shape);
    table += std::string(parameters - row.parameters.size(), ' ') + row.parameters + '\n';
    if (i == 0) table += rule + '\n';
  }
  return table + rule + "\nTotal parameters: " + with_thousands_separators(model.parameter_count()) + '\n';
}

TSATTN_LIBRARY_FUNCTION_INSTANCE(summary);

}  // namespace tsattn
