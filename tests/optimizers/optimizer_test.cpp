// What all optimizers have in common, and that their state can be stored and continued.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/optimizers/adam.hpp>
#include <tsattn/optimizers/adam_w.hpp>
#include <tsattn/optimizers/optimizer.hpp>
#include <tsattn/optimizers/rms_prop.hpp>
#include <tsattn/optimizers/sgd.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"

using namespace tsattn;

namespace {

template <class S>
struct OptimizerCase {
  std::string name;
  std::function<AnyOptimizer<S>()> make;
};

template <class S>
std::vector<OptimizerCase<S>> optimizer_cases() {
  return {{"sgd", [] { return Sgd{}; }},
          {"sgd, momentum", [] { return Sgd{.momentum = 0.9}; }},
          {"sgd, nesterov", [] { return Sgd{.momentum = 0.8, .nesterov = true}; }},
          {"rms_prop", [] { return RmsProp{}; }},
          {"rms_prop, momentum", [] { return RmsProp{.momentum = 0.9}; }},
          {"adam", [] { return Adam{}; }},
          {"adam_w", [] { return AdamW{}; }}};
}

/// Tensors "t0", "t1", ... of these sizes, and random gradients that are the same in every Training of the same sizes.
template <class S>
class Training {
 public:
  explicit Training(const std::vector<Index>& sizes) {
    for (const Index size : sizes) {
      p_.emplace_back(size), g_.emplace_back(size);
      test::randomize(p_.back().data(), size, random_);
    }
  }

  std::vector<NamedTensor<S>> parameters() { return list(p_); }

  void step(AnyOptimizer<S>& optimizer, double gradient_scale = 1, S gradient_factor = 1) {
    for (Vector<S>& g : g_) {
      test::randomize(g.data(), g.size(), random_);
      for (S* value = g.data(); value != g.data() + g.size(); ++value) *value *= gradient_factor;
    }
    optimizer.step(list(p_), list(g_), gradient_scale);
  }
  void steps(AnyOptimizer<S>& optimizer, int count) {
    for (int i = 0; i < count; ++i) step(optimizer);
  }
  bool same_parameters(const Training& other) const {
    for (std::size_t i = 0; i < p_.size(); ++i)
      if (!std::equal(p_[i].data(), p_[i].data() + p_[i].size(), other.p_[i].data())) return false;
    return true;
  }

 private:
  static std::vector<NamedTensor<S>> list(std::vector<Vector<S>>& vectors) {
    std::vector<NamedTensor<S>> tensors;
    for (Vector<S>& vector : vectors) tensors.push_back(named_tensor("t" + std::to_string(tensors.size()), vector));
    return tensors;
  }

  Random random_{1};
  std::vector<Vector<S>> p_, g_;
};

/// A state in memory, by name.
using Stored = std::map<std::string, std::variant<Index, std::uint64_t, double, std::string, AlignedBuffer<float>,
                                                  AlignedBuffer<double>, std::vector<Index>>>;

/// Calls visit(name, value) for whatever is visited.
template <class Visit>
class EachValue final : public StateVisitor {
 public:
  explicit EachValue(Visit visit) : visit_(std::move(visit)) {}

 private:
  void on_integer(const std::string& name, Index& value) override { visit_(name, value); }
  void on_bits(const std::string& name, std::uint64_t& value) override { visit_(name, value); }
  void on_number(const std::string& name, double& value) override { visit_(name, value); }
  void on_text(const std::string& name, std::string& value) override { visit_(name, value); }
  void on_floats(const std::string& name, AlignedBuffer<float>& values) override { visit_(name, values); }
  void on_doubles(const std::string& name, AlignedBuffer<double>& values) override { visit_(name, values); }
  void on_integers(const std::string& name, std::vector<Index>& values) override { visit_(name, values); }

  Visit visit_;
};

template <class S>
Stored state_of(AnyOptimizer<S>& optimizer) {
  Stored stored;
  EachValue visitor([&](const std::string& name, const auto& value) { REQUIRE(stored.emplace(name, value).second); });
  optimizer.visit_state(visitor);
  return stored;
}

/// Reads all of `stored`, each name once.
template <class S>
void restore(AnyOptimizer<S>& optimizer, Stored stored) {
  EachValue visitor([&](const std::string& name, auto& value) {
    INFO(name);
    const auto found = stored.find(name);
    REQUIRE(found != stored.end());
    value = std::get<std::remove_reference_t<decltype(value)>>(found->second);
    stored.erase(found);
  });
  optimizer.visit_state(visitor);
  CHECK(stored.empty());
}

template <class S>
std::vector<std::string> names_of(AnyOptimizer<S> optimizer) {
  std::vector<std::string> names;
  for (const auto& [name, value] : state_of(optimizer)) names.push_back(name);
  return names;
}

}  // namespace

TEST_CASE_TEMPLATE("an optimizer multiplies the gradients by gradient_scale", S, float, double) {
  for (const OptimizerCase<S>& optimizer_case : optimizer_cases<S>()) {
    INFO(optimizer_case.name);
    AnyOptimizer<S> scaling = optimizer_case.make(), plain = optimizer_case.make();
    Training<S> scaled({3, 20}), small({3, 20});
    for (int step = 0; step < 5; ++step) {
      scaled.step(scaling, 0.25);
      small.step(plain, 1, S(0.25));
    }
    CHECK(test::same_bits(scaled.parameters(), small.parameters()));
  }
}

TEST_CASE_TEMPLATE("an optimizer moves a tensor alike, whichever others there are", S, float, double) {
  for (const OptimizerCase<S>& optimizer_case : optimizer_cases<S>()) {
    INFO(optimizer_case.name);
    AnyOptimizer<S> optimizer = optimizer_case.make(), optimizer_alone = optimizer_case.make();
    Vector<S> a(2), b(3), g(3), alone(2);
    for (int step = 1; step <= 5; ++step) {
      for (Index i = 0; i < 3; ++i) g(i) = static_cast<S>(step * (i + 1));
      const NamedTensor<S> first_of_g{"a", g.data(), 2, 1, true};
      optimizer.step(std::vector{named_tensor("b", b), named_tensor("a", a)},
                     std::vector{named_tensor("b", g), first_of_g}, 1);
      optimizer_alone.step(std::vector{named_tensor("a", alone)}, std::vector{first_of_g}, 1);
    }
    CHECK(alone(0) < 0);
    CHECK(alone(0) == a(0));
    CHECK(alone(1) == a(1));
  }
}

TEST_CASE_TEMPLATE("a learning rate that was set is that of the next step, and state and bounds stay", S, float,
                   double) {
  const auto check = [](const std::string& name, auto description) {
    INFO(name);
    description.learning_rate = 0.25;
    AnyOptimizer<S> made = description;
    description.learning_rate = 0.5;
    AnyOptimizer<S> changed = description;
    CHECK(changed.learning_rate() == 0.5);
    changed.set_learning_rate(0.25);
    CHECK(changed.learning_rate() == 0.25);

    Training<S> a({3, 4}), b({3, 4});
    a.steps(made, 3);
    b.steps(changed, 3);
    CHECK(a.same_parameters(b));
    changed.set_learning_rate(0.125);
    a.step(made), b.step(changed);
    CHECK_FALSE(a.same_parameters(b));

    for (const auto& [value, text] : {std::pair{0.0, "0"}, {-1.0, "-1"}, {HUGE_VAL, "inf"}, {std::nan(""), "nan"}})
      CHECK_THROWS_WITH_AS(changed.set_learning_rate(value),
                           ("[" + name + "] expected a learning_rate above 0 and finite, got " + text).c_str(),
                           ConfigError);
    CHECK(changed.learning_rate() == 0.125);
  };
  check("Sgd", Sgd{});
  check("Sgd", Sgd{.momentum = 0.9});
  check("RmsProp", RmsProp{});
  check("Adam", Adam{});
  check("AdamW", AdamW{});
}

TEST_CASE("the names in an optimizer's state") {
  AnyOptimizer<float> adam = Adam{};
  using Names = std::vector<std::string>;
  Training<float>({3, 20}).steps(adam, 1);
  CHECK(names_of(std::move(adam)) == Names{"m.0", "m.1", "m.tensors", "time_step", "v.0", "v.1", "v.tensors"});
  CHECK(names_of<float>(AdamW{}) == Names{"m.tensors", "time_step", "v.tensors"});
  CHECK(names_of<float>(RmsProp{}) == Names{"m.tensors", "v.tensors"});
  CHECK(names_of<float>(Sgd{}) == Names{"m.tensors"});
}

TEST_CASE_TEMPLATE("an optimizer that read another's state goes on with the same bits", S, float, double) {
  for (const OptimizerCase<S>& optimizer_case : optimizer_cases<S>()) {
    INFO(optimizer_case.name);
    for (const int steps_before : {0, 1, 5}) {
      CAPTURE(steps_before);
      Training<S> training({3, 20, 1});
      AnyOptimizer<S> optimizer = optimizer_case.make();
      training.steps(optimizer, steps_before);
      const Stored stored = state_of(optimizer);

      Training<S> continued = training, continued_by_used = training;
      training.steps(optimizer, 5);
      AnyOptimizer<S> fresh = optimizer_case.make();
      restore(fresh, stored);
      CHECK(state_of(fresh).size() == stored.size());
      continued.steps(fresh, 5);
      CHECK(test::same_bits(continued.parameters(), training.parameters()));

      AnyOptimizer<S> used = optimizer_case.make();  // which replaces what it remembers of another model
      Training<S>({7, 2, 30, 4}).steps(used, 3);
      restore(used, stored);
      continued_by_used.steps(used, 5);
      CHECK(test::same_bits(continued_by_used.parameters(), training.parameters()));
    }
  }
}

TEST_CASE_TEMPLATE("an optimizer with the state of another model throws before it moves anything", S, float, double) {
  for (const OptimizerCase<S>& optimizer_case : optimizer_cases<S>()) {
    if (optimizer_case.name == "sgd") continue;  // has no state
    INFO(optimizer_case.name);
    AnyOptimizer<S> optimizer = optimizer_case.make(), undisturbed = optimizer_case.make();
    Training<S> training({3, 20}), expected({3, 20});
    training.steps(optimizer, 1);
    expected.steps(undisturbed, 4);
    for (const std::vector<Index>& sizes : {std::vector<Index>{3, 21}, {3, 19}, {3}, {3, 20, 1}}) {
      Training<S> other(sizes), unmoved(sizes);
      CHECK_THROWS_AS(other.step(optimizer), ShapeError);
      CHECK(test::same_bits(other.parameters(), unmoved.parameters()));
    }
    training.steps(optimizer, 3);
    CHECK(test::same_bits(training.parameters(), expected.parameters()));
  }
}

TEST_CASE("the errors of a state") {
  AnyOptimizer<double> adam = Adam{}, sgd = Sgd{.momentum = 0.5}, rms_prop = RmsProp{};
  for (AnyOptimizer<double>* optimizer : {&adam, &sgd, &rms_prop}) Training<double>({3, 20}).steps(*optimizer, 1);
  CHECK_THROWS_WITH_AS(Training<double>({3, 5}).step(adam),
                       "[Adam] expected a state with 5 numbers for t1, got one with 20; it belongs to another model",
                       ShapeError);
  CHECK_THROWS_WITH_AS(Training<double>({3}).step(sgd),
                       "[Sgd] expected a state of 1 tensors, got one of 2; it belongs to another model", ShapeError);
  CHECK_THROWS_WITH_AS(Training<double>({3, 20, 1}).step(rms_prop),
                       "[RmsProp] expected a state of 3 tensors, got one of 2; it belongs to another model",
                       ShapeError);

  Stored stored = state_of(adam);  // moments that do not fit one another
  stored["v.1"] = AlignedBuffer<double>(19);
  restore(adam, stored);
  CHECK_THROWS_WITH_AS(Training<double>({3, 20}).step(adam),
                       "[Adam] expected a state with 20 numbers for t1, got one with 19; it belongs to another model",
                       ShapeError);
  CHECK(std::get<Index>(state_of(adam).at("time_step")) == 1);

  AnyOptimizer<double> adam_w = AdamW{};
  stored = state_of(adam_w);
  stored["time_step"] = Index{-1};
  CHECK_THROWS_WITH_AS(restore(adam_w, stored), "[AdamW] expected time_step of at least 0 in the state, got -1",
                       DataError);
  stored["time_step"] = Index{0};
  stored["v.tensors"] = Index{-2};
  CHECK_THROWS_WITH_AS(restore(adam_w, stored), "[AdamW] expected v.tensors of at least 0 in the state, got -2",
                       DataError);
}
