#include <set>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/recurrent_state.hpp>

namespace {

using namespace tsattn;

TEST_CASE("states of all times have places of their own, h of one time after the other") {
  for (const Index states : {1, 2}) {
    CAPTURE(states);
    const StateLayout layout = StateLayout::all_times(states, 6, 3);
    CHECK(layout.times() == 4);
    CHECK(layout.memory_size() == states * 4 * 6);
    std::vector<double> memory(static_cast<std::size_t>(layout.memory_size()));
    std::set<const double*> places;
    for (Index t = 0; t <= 3; ++t) {
      const RecurrentState<double> state = layout.at(memory.data(), t);
      CHECK(state.h == memory.data() + 6 * t);
      CHECK((state.c == nullptr) == (states == 1));
      for (Index s = 0; s < states; ++s) {
        CHECK(state[s] + 6 <= memory.data() + memory.size());
        places.insert(state[s]);
      }
    }
    CHECK(places.size() == static_cast<std::size_t>(4 * states));
  }
}

TEST_CASE("states of the last time: h is not written where it is read, c is; a saved stream depends on it") {
  const StateLayout layout = StateLayout::last_time(2, 6);
  CHECK(layout.memory_size() == 18);
  CHECK(StateLayout::last_time(1, 6).memory_size() == 12);
  std::vector<double> memory(18);
  for (Index t = 0; t < 5; ++t) {
    CHECK(layout.at(memory.data(), t).h == memory.data() + t % 2 * 6);
    CHECK(layout.at(memory.data(), t).c == memory.data() + 12);
  }
}

TEST_CASE("the states of a run keep what was written, and grow") {
  RecurrentStates<float> states;
  CHECK(states.times() == 0);
  states.resize(StateLayout::all_times(2, 2, 1));
  states.fill(3);
  states.at(1).c[1] = 5;
  const RecurrentStates<float> copy = states;
  states.resize(StateLayout::all_times(2, 8, 9));
  CHECK(states.times() == 10);
  CHECK(copy.at(1).c[1] == 5);
  CHECK(copy.at(0).h[0] == 3);
}

TEST_CASE("a state is copied from a value and to one") {
  Sequence<double> value({1, 2, 3}), same;
  for (Index i = 0; i < 6; ++i) value.data()[i] = static_cast<double>(i);
  std::vector<double> state(6);
  copy_state(value, state.data());
  copy_state<double>(state.data(), 2, 3, same);
  CHECK(same.shape() == value.shape());
  CHECK(same.flat() == value.flat());
}

}  // namespace
