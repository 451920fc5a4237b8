#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/state_visitor.hpp>

namespace {

using namespace tsattn;

using Value = std::variant<Index, std::uint64_t, double, std::string, std::vector<float>, std::vector<double>,
                           std::vector<Index>>;
using Values = std::map<std::string, Value>;

template <class S>
std::vector<S> to_vector(const AlignedBuffer<S>& buffer) {
  return {buffer.data(), buffer.data() + buffer.size()};
}

/// Writes to a map of names and values.
class Writer final : public StateVisitor {
 public:
  Values stored;

 private:
  void put(const std::string& name, Value value) { REQUIRE(stored.emplace(name, std::move(value)).second); }
  void on_integer(const std::string& name, Index& value) override { put(name, value); }
  void on_bits(const std::string& name, std::uint64_t& value) override { put(name, value); }
  void on_number(const std::string& name, double& value) override { put(name, value); }
  void on_text(const std::string& name, std::string& value) override { put(name, value); }
  void on_floats(const std::string& name, AlignedBuffer<float>& values) override { put(name, to_vector(values)); }
  void on_doubles(const std::string& name, AlignedBuffer<double>& values) override { put(name, to_vector(values)); }
  void on_integers(const std::string& name, std::vector<Index>& values) override { put(name, values); }
};

/// Reads from one; throws std::out_of_range for a name that is not there, as a reader of files does.
class Reader final : public StateVisitor {
 public:
  explicit Reader(Values values) : stored(std::move(values)) {}
  Values stored;

 private:
  template <class T>
  const T& get(const std::string& name) const {
    return std::get<T>(stored.at(name));
  }
  template <class S>
  void fill(const std::string& name, AlignedBuffer<S>& buffer) {
    const auto& numbers = get<std::vector<S>>(name);
    buffer.resize(static_cast<Index>(numbers.size()));
    std::copy(numbers.begin(), numbers.end(), buffer.data());
  }
  void on_integer(const std::string& name, Index& value) override { value = get<Index>(name); }
  void on_bits(const std::string& name, std::uint64_t& value) override { value = get<std::uint64_t>(name); }
  void on_number(const std::string& name, double& value) override { value = get<double>(name); }
  void on_text(const std::string& name, std::string& value) override { value = get<std::string>(name); }
  void on_floats(const std::string& name, AlignedBuffer<float>& values) override { fill(name, values); }
  void on_doubles(const std::string& name, AlignedBuffer<double>& values) override { fill(name, values); }
  void on_integers(const std::string& name, std::vector<Index>& values) override {
    values = get<std::vector<Index>>(name);
  }
};

struct Point {
  double x = 0, y = 0;

  void visit_state(StateVisitor& visitor) { visitor.visit("x", x), visitor.visit("y", y); }
  friend bool operator==(const Point&, const Point&) = default;
};

/// Something with a state of every kind.
struct Everything {
  Index count = 0;
  std::uint64_t bits = 0;
  double number = 0;
  std::string text;
  AlignedBuffer<float> floats;
  AlignedBuffer<double> doubles;
  std::vector<Index> order;
  std::optional<double> limit;
  std::vector<Point> points;

  void visit_state(StateVisitor& visitor) {
    visitor.visit("count", count), visitor.visit("bits", bits), visitor.visit("number", number);
    visitor.visit("text", text), visitor.visit("floats", floats), visitor.visit("doubles", doubles);
    visitor.visit("order", order);
    visit_optional(visitor, "limit", limit);
    visit_list(visitor, "points", points);
  }
};

TEST_CASE("what was written is read, of every kind, into what held other values") {
  Everything original;
  original.count = -3, original.bits = ~std::uint64_t{0}, original.number = 0.1, original.text = "a.b";
  original.floats = AlignedBuffer<float>(2), original.floats.data()[1] = 0.5F;
  original.doubles = AlignedBuffer<double>(1), original.doubles.data()[0] = -0.25;
  original.order = {2, 0, 1}, original.limit = 7, original.points = {{1, 2}, {3, 4}};
  Writer writer;
  original.visit_state(writer);
  CHECK(writer.stored.size() == 8 + 1 + 1 + 2 * 2);

  Everything other;
  other.floats = AlignedBuffer<float>(5), other.order = {9}, other.points.resize(4);
  Reader reader(writer.stored);
  other.visit_state(reader);
  CHECK(other.count == -3);
  CHECK(other.bits == ~std::uint64_t{0});
  CHECK(other.number == 0.1);
  CHECK(other.text == "a.b");
  CHECK(to_vector(other.floats) == std::vector{0.0F, 0.5F});
  CHECK(to_vector(other.doubles) == std::vector{-0.25});
  CHECK(other.order == std::vector<Index>{2, 0, 1});
  CHECK(other.limit == 7);
  CHECK(other.points == std::vector<Point>{{1, 2}, {3, 4}});
}

TEST_CASE("an optional that is written empty is read empty, and one that is read is made") {
  std::optional<double> none, value = 3;
  Writer writer;
  visit_optional(writer, "limit", none);
  CHECK(writer.stored == Values{{"limit.count", Index{0}}});
  Reader empty(writer.stored), full({{"limit.count", Index{1}}, {"limit.value", 2.5}});
  visit_optional(empty, "limit", value);
  CHECK(!value);
  visit_optional(full, "limit", value);
  CHECK(value == 2.5);
}

TEST_CASE("names have the scopes that live before them, the outer first") {
  Writer writer;
  Index value = 1;
  {
    const StateVisitor::Scope outer(writer, "a");
    {
      const StateVisitor::Scope inner(writer, "b");
      writer.visit("c", value);
    }
    writer.visit("c", value);
  }
  writer.visit("c", value);
  CHECK(writer.stored == Values{{"a.b.c", Index{1}}, {"a.c", Index{1}}, {"c", Index{1}}});
}

TEST_CASE("a scope ends with an exception too") {
  Reader reader({{"c", Index{5}}});
  Index value = 0;
  try {
    const StateVisitor::Scope scope(reader, "a");
    reader.visit("c", value);  // there is no a.c
  } catch (const std::out_of_range&) {
  }
  reader.visit("c", value);
  CHECK(value == 5);
}

TEST_CASE("a number of elements that is nonsense ends where there are no more of them") {
  std::vector<Point> points;
  Reader huge({{"points.count", Index{1} << 60}, {"points.0.x", 1.0}, {"points.0.y", 2.0}});
  CHECK_THROWS_AS(visit_list(huge, "points", points), std::out_of_range);
  CHECK(points.size() == 2);  // the one that is there, and the one that is not
  Reader negative({{"points.count", Index{-1}}});
  visit_list(negative, "points", points);
  CHECK(points.empty());
}

}  // namespace
