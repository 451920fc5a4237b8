#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/sequence.hpp>

/// What tests/vectors/generate.py took from PyTorch and stored, and how our results are compared with it.
namespace tsattn::test {

using Json = nlohmann::json;

/// The cases of vectors/<kind>.json.
inline Json stored_cases(const std::string& kind) {
  const std::string path = std::string(TSATTN_TEST_VECTORS) + "/" + kind + ".json";
  std::ifstream file(path);
  REQUIRE_MESSAGE(file.good(), "cannot read ", path, "; tests/vectors/generate.py writes it");
  Json cases = Json::parse(file).at("cases");
  REQUIRE(!cases.empty());
  return cases;
}

/// A tensor as the files hold it: flat in C order. A Sequence has the same order, a Matrix the other one.
struct StoredTensor {
  std::vector<Index> shape;
  std::vector<double> values;

  explicit StoredTensor(const Json& json)
      : shape(json.at("shape").get<std::vector<Index>>()), values(json.at("values").get<std::vector<double>>()) {
    Index size = 1;
    for (const Index extent : shape) size *= extent;
    REQUIRE(size == static_cast<Index>(values.size()));
  }
  template <class S>
  explicit StoredTensor(const Sequence<S>& x)
      : shape{x.time(), x.batch(), x.features()}, values(x.data(), x.data() + x.size()) {}
  template <class S>
  explicit StoredTensor(const NamedTensor<S>& x) : shape{x.rows} {
    if (!x.is_vector) shape.push_back(x.cols);
    for (Index row = 0; row < x.rows; ++row)
      for (Index col = 0; col < x.cols; ++col) values.push_back(static_cast<double>(x.data[col * x.rows + row]));
  }

  template <class S>
  Sequence<S> to_sequence() const {
    REQUIRE(shape.size() == 3);
    Sequence<S> x({shape[0], shape[1], shape[2]});
    std::transform(values.begin(), values.end(), x.data(), [](double value) { return static_cast<S>(value); });
    return x;
  }
  template <class S>
  void copy_to(const NamedTensor<S>& x) const {
    REQUIRE_MESSAGE(StoredTensor(x).shape == shape, "the shape of ", x.name);
    for (Index row = 0; row < x.rows; ++row)
      for (Index col = 0; col < x.cols; ++col)
        x.data[col * x.rows + row] = static_cast<S>(values[static_cast<std::size_t>(row * x.cols + col)]);
  }
};

/// How far two computations of one case may lie apart, relative to the largest magnitude of the tensor compared.
///
/// Every result is the end of a chain of roundings, each at most eps / 2 of a term of the size of the tensor's largest:
/// the numbers of the cases are of the size 1, and no result is a small difference of large ones. The longest chain
/// has, for each of T steps: one rounding for every column of every weight matrix (the products of forward), one for
/// every row (the transposed products of backward), one for every feature of the inputs (the products of attention),
/// and at most 16 for the elementwise functions, there and back. Two computations are two chains: 2 depth eps / 2. That
/// is 2e-14 to 9e-14 in double, and 1e-5 to 5e-5 in float, which holds the stored inputs and parameters exactly; what
/// is found is forty times smaller in double and twenty times in float, because roundings mostly cancel.
template <class S>
double tolerance_of(const Json& test_case) {
  Index steps = 1, per_step = 16;
  for (const Json& input : test_case.at("inputs")) {
    steps = std::max(steps, input.at("shape").at(0).get<Index>());
    per_step += input.at("shape").at(2).get<Index>();
  }
  for (const Json& parameter : test_case.at("parameters"))
    for (const Json& extent : parameter.at("shape")) per_step += extent.get<Index>();
  return static_cast<double>(steps * per_step) * static_cast<double>(std::numeric_limits<S>::epsilon());
}

inline double largest_magnitude(const StoredTensor& x) {
  double largest = 0;
  for (const double value : x.values) largest = std::max(largest, std::abs(value));
  return largest;
}

/// The comparisons of one case.
class Comparison {
 public:
  Comparison(const Json& test_case, double tolerance)
      : tolerance_(tolerance), gradient_scale_(largest_magnitude(StoredTensor(test_case.at("output_gradient")))) {}

  template <class OurTensor>
  void operator()(std::string_view what, const OurTensor& our_tensor, const Json& stored) const {
    const StoredTensor ours(our_tensor), theirs(stored);
    INFO(what);
    REQUIRE(ours.shape == theirs.shape);
    double scale = largest_magnitude(theirs);
    // The bias of the linear pooling has the gradient 0: its terms cancel and leave their roundings, in PyTorch too.
    // The terms are of the size of dy.
    if (scale < 1e-12 * gradient_scale_) scale = gradient_scale_;
    double error = 0;
    for (std::size_t i = 0; i < ours.values.size(); ++i) {
      const double difference = std::abs(ours.values[i] - theirs.values[i]);
      if (difference > error || std::isnan(difference)) error = difference;  // a NaN stays
    }
    CHECK(error / scale <= tolerance_);
  }

  template <class S>
  void gradients(const std::vector<NamedTensor<S>>& ours, const Json& stored) const {
    CHECK(ours.size() == stored.size());
    for (const NamedTensor<S>& gradient : ours)
      (*this)("gradient of " + gradient.name, gradient, stored.at(gradient.name));
  }

 private:
  double tolerance_;
  double gradient_scale_;
};

}  // namespace tsattn::test
