#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/state_visitor.hpp>
#include <tsattn/training/history.hpp>

namespace {

using namespace tsattn;

/// Writes the state of a history to a map, or reads it from there.
class MapVisitor final : public StateVisitor {
 public:
  bool reads = false;
  std::map<std::string, std::variant<Index, double, std::string>> state;

 private:
  template <class T>
  void visit_value(const std::string& name, T& value) {
    if (reads) value = std::get<T>(state.at(name));
    if (!reads) state[name] = value;
  }
  void on_integer(const std::string& name, Index& value) override { visit_value(name, value); }
  void on_number(const std::string& name, double& value) override { visit_value(name, value); }
  void on_text(const std::string& name, std::string& value) override { visit_value(name, value); }
  void on_bits(const std::string&, std::uint64_t&) override { FAIL("a history has no bits"); }
  void on_floats(const std::string&, AlignedBuffer<float>&) override { FAIL("a history has no floats"); }
  void on_doubles(const std::string&, AlignedBuffer<double>&) override { FAIL("a history has no doubles"); }
  void on_integers(const std::string&, std::vector<Index>&) override { FAIL("a history has no lists of integers"); }
};

TEST_CASE("a history that is written is read, with what is there and what is not") {
  History history;
  history.epochs = {{.epoch = 1, .loss = 0.5, .seconds = 2, .learning_rate = 0.1, .gradient_norm = 3},
                    {.epoch = 2, .loss = 0.25, .validation_loss = 0.75}};
  history.best_epoch = 2;
  history.stop_reason = "enough";
  MapVisitor visitor;
  history.visit_state(visitor);

  History other;
  other.epochs.resize(5);
  other.epochs[0].validation_loss = 9;
  visitor.reads = true;
  other.visit_state(visitor);
  REQUIRE(other.epochs.size() == 2);
  CHECK(other.epochs[0].epoch == 1);
  CHECK(other.epochs[0].loss == 0.5);
  CHECK(!other.epochs[0].validation_loss);
  CHECK(other.epochs[0].seconds == 2);
  CHECK(other.epochs[0].learning_rate == 0.1);
  CHECK(other.epochs[0].gradient_norm == 3);
  CHECK(other.epochs[1].validation_loss == 0.75);
  CHECK(other.best_epoch == 2);
  CHECK(other.stop_reason == "enough");
}

TEST_CASE("a history of nothing replaces one of something") {
  MapVisitor visitor;
  History none, history;
  none.visit_state(visitor);
  history.epochs.resize(3), history.best_epoch = 1, history.stop_reason = "enough";
  visitor.reads = true;
  history.visit_state(visitor);
  CHECK(history.epochs.empty());
  CHECK(!history.best_epoch);
  CHECK(history.stop_reason.empty());
}

}  // namespace
