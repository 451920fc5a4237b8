#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/index.hpp>

namespace peers {

using tsattn::Index;

/// gru resets after the product W_hn h (PyTorch's cell, oneDNN's lbr_gru), gru_before before it (oneDNN's gru).
enum class Cell { lstm, gru, gru_before };

/// train is forward + backward of the layer; step is the whole training step of the sine-wave model: gathering, layer,
/// attention, head, loss, all gradients, Adam. stream is one step of one sample: ours with the state kept from step to
/// step, a peer's over a sequence of one step.
enum class Mode { infer, train, step, stream };

struct Sizes {
  std::string_view name;
  Index features, hidden, steps, batch;
};

/// What one row of the table measures.
struct Task {
  Cell cell;
  Sizes sizes;
  int threads;
  Mode mode;
};

/// One call does a task once and returns a number of its result, so that nothing of it can be left out.
using Work = std::function<double()>;

/// One of the libraries that are compared.
struct Library {
  std::string_view name;         ///< as in the table
  std::string description;       ///< version and instruction set
  void (*set_threads)(int);      ///< for all work that is made and done from then on
  Work (*prepare)(const Task&);  ///< weights, inputs, memory, plans; no work where the library has no such task
};

Library tsattn_library();
Library onednn_library();    // only where CMake found it: PEERS_ONEDNN
Library libtorch_library();  // only where CMake found it: PEERS_LIBTORCH

}  // namespace peers

template <>
struct tsattn::EnumNames<peers::Cell> {
  static constexpr std::string_view kOption = "cell";
  static constexpr std::pair<std::string_view, peers::Cell> kNames[] = {
      {"lstm", peers::Cell::lstm}, {"gru", peers::Cell::gru}, {"gru_before", peers::Cell::gru_before}};
};

template <>
struct tsattn::EnumNames<peers::Mode> {
  static constexpr std::string_view kOption = "mode";
  static constexpr std::pair<std::string_view, peers::Mode> kNames[] = {{"infer", peers::Mode::infer},
                                                                        {"train", peers::Mode::train},
                                                                        {"step", peers::Mode::step},
                                                                        {"stream", peers::Mode::stream}};
};
