#include <dnnl_debug.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dnnl.hpp>
#include <unordered_map>
#include <vector>

#include <tsattn/core/random.hpp>
#include <tsattn/layers/initialization.hpp>

#include "work.hpp"

namespace peers {

namespace {

using dnnl::memory;
using dnnl::prop_kind;
using Tag = memory::format_tag;
using Arguments = std::unordered_map<int, memory>;

constexpr auto kDirection = dnnl::rnn_direction::unidirectional_left2right;

const dnnl::engine& engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

struct LstmPrimitives {
  using Forward = dnnl::lstm_forward;
  using Backward = dnnl::lstm_backward;
  static constexpr bool kHasCellState = true;
  static constexpr memory::dim kGates = 4, kBiases = 4;
};

struct GruPrimitives {
  using Forward = dnnl::gru_forward;
  using Backward = dnnl::gru_backward;
  static constexpr bool kHasCellState = false;
  static constexpr memory::dim kGates = 3, kBiases = 3;
};

struct LbrGruPrimitives {
  using Forward = dnnl::lbr_gru_forward;
  using Backward = dnnl::lbr_gru_backward;
  static constexpr bool kHasCellState = false;
  static constexpr memory::dim kGates = 3, kBiases = 4;
};

template <class Primitives>
class Layer {
 public:
  explicit Layer(const Sizes& sizes)
      : bound_(1 / std::sqrt(static_cast<double>(sizes.hidden))),
        x_desc_(desc({sizes.steps, sizes.batch, sizes.features}, Tag::tnc)),
        y_desc_(desc({sizes.steps, sizes.batch, sizes.hidden}, Tag::tnc)),
        w_desc_(desc({1, 1, sizes.features, Primitives::kGates, sizes.hidden}, Tag::any)),
        u_desc_(desc({1, 1, sizes.hidden, Primitives::kGates, sizes.hidden}, Tag::any)),
        bias_desc_(desc({1, 1, Primitives::kBiases, sizes.hidden}, Tag::ldgo)),
        w_(random_memory(desc(w_desc_.dims(), Tag::ldigo), bound_)),
        u_(random_memory(desc(u_desc_.dims(), Tag::ldigo), bound_)) {}

  Work infer() {
    const auto plan = forward_plan(prop_kind::forward_inference);
    const Arguments arguments = forward_arguments(plan);
    return [forward = typename Primitives::Forward(plan), arguments, stream = dnnl::stream(engine())]() mutable {
      forward.execute(stream, arguments);
      stream.wait();
      return *values(arguments.at(DNNL_ARG_DST_LAYER));
    };
  }

  Work train() {
    const auto plan = forward_plan(prop_kind::forward_training);
    const auto back_plan = backward_plan(plan);
    Arguments arguments = forward_arguments(plan);
    arguments[DNNL_ARG_WORKSPACE] = memory(plan.workspace_desc(), engine());
    Arguments back_arguments = arguments;
    back_arguments[DNNL_ARG_WEIGHTS_LAYER] = packed(w_, back_plan.weights_layer_desc());
    back_arguments[DNNL_ARG_WEIGHTS_ITER] = packed(u_, back_plan.weights_iter_desc());
    back_arguments[DNNL_ARG_DIFF_DST_LAYER] = random_memory(y_desc_, 1);
    back_arguments[DNNL_ARG_DIFF_SRC_LAYER] = memory(x_desc_, engine());
    const memory dw(back_plan.diff_weights_layer_desc(), engine()), du(back_plan.diff_weights_iter_desc(), engine()),
        d_bias(bias_desc_, engine());
    back_arguments[DNNL_ARG_DIFF_WEIGHTS_LAYER] = dw;
    back_arguments[DNNL_ARG_DIFF_WEIGHTS_ITER] = du;
    back_arguments[DNNL_ARG_DIFF_BIAS] = d_bias;
    return [forward = typename Primitives::Forward(plan), backward = typename Primitives::Backward(back_plan),
            arguments, back_arguments, dw, du, d_bias, stream = dnnl::stream(engine())]() mutable {
      forward.execute(stream, arguments);
      for (const memory* gradient : {&dw, &du, &d_bias})  // to which backward adds
        std::fill_n(values(*gradient), size(*gradient), 0.0F);
      backward.execute(stream, back_arguments);
      stream.wait();
      return *values(dw);
    };
  }

 private:
  using ForwardPlan = typename Primitives::Forward::primitive_desc;
  using BackwardPlan = typename Primitives::Backward::primitive_desc;

  static memory::desc desc(const memory::dims& dims, Tag tag) { return {dims, memory::data_type::f32, tag}; }
  static float* values(const memory& tensor) { return static_cast<float*>(tensor.get_data_handle()); }
  static Index size(const memory& tensor) { return static_cast<Index>(tensor.get_desc().get_size() / sizeof(float)); }

  /// The weights as a plan likes them best, which is not timed. A layout of its own holds more than the numbers.
  static memory packed(memory weights, const memory::desc& layout) {
    memory result(layout, engine());
    dnnl::stream stream(engine());
    dnnl::reorder(weights, result).execute(stream, weights, result);
    stream.wait();
    return result;
  }

  memory random_memory(const memory::desc& shape, double bound) {
    const memory tensor(shape, engine());
    tsattn::fill_uniform(values(tensor), size(tensor), bound, random_);
    return tensor;
  }

  // States are left out: the initial ones are then zero, as ours are.
  ForwardPlan forward_plan(prop_kind kind) const {
    const memory::desc none;
    if constexpr (Primitives::kHasCellState)
      return {{kind, kDirection, x_desc_, none, none, w_desc_, u_desc_, bias_desc_, y_desc_, none, none}, engine()};
    else
      return {{kind, kDirection, x_desc_, none, w_desc_, u_desc_, bias_desc_, y_desc_, none}, engine()};
  }

  BackwardPlan backward_plan(const ForwardPlan& forward) const {
    const memory::desc none;
    const auto kind = prop_kind::backward;
    if constexpr (Primitives::kHasCellState)
      return {{kind, kDirection, x_desc_, none, none,    w_desc_, u_desc_,    bias_desc_, y_desc_, none,
               none, x_desc_,    none,    none, w_desc_, u_desc_, bias_desc_, y_desc_,    none,    none},
              engine(),
              forward};
    else
      return {{kind, kDirection, x_desc_, none, w_desc_, u_desc_, bias_desc_, y_desc_, none, x_desc_, none, w_desc_,
               u_desc_, bias_desc_, y_desc_, none},
              engine(),
              forward};
  }

  Arguments forward_arguments(const ForwardPlan& plan) {
    return {{DNNL_ARG_SRC_LAYER, random_memory(x_desc_, 1)},
            {DNNL_ARG_WEIGHTS_LAYER, packed(w_, plan.weights_layer_desc())},
            {DNNL_ARG_WEIGHTS_ITER, packed(u_, plan.weights_iter_desc())},
            {DNNL_ARG_BIAS, random_memory(bias_desc_, bound_)},
            {DNNL_ARG_DST_LAYER, memory(y_desc_, engine())}};
  }

  tsattn::Random random_;
  double bound_;
  memory::desc x_desc_, y_desc_, w_desc_, u_desc_, bias_desc_;
  memory w_, u_;
};

template <class Primitives>
Work layer_work(const Task& task) {
  Layer<Primitives> layer(task.sizes);
  return task.mode == Mode::train ? layer.train() : layer.infer();
}

Work prepare(const Task& task) {
  if (task.mode == Mode::step) return {};  // it has no optimizer
  switch (task.cell) {
    case Cell::lstm:
      return layer_work<LstmPrimitives>(task);
    case Cell::gru:
      return layer_work<LbrGruPrimitives>(task);  // "linear before reset"
    case Cell::gru_before:
      return layer_work<GruPrimitives>(task);
  }
  return {};
}

}  // namespace

Library onednn_library() {
  const dnnl::version_t& version = *dnnl::version();
  const auto number = [](int part) { return std::to_string(part); };
  return {"onednn",
          "oneDNN " + number(version.major) + '.' + number(version.minor) + '.' + number(version.patch) +
              ", kernels for " + dnnl_cpu_isa2str(dnnl_get_effective_cpu_isa()),
          omp_set_num_threads,  // a plan is made for the number that is set then
          prepare};
}

}  // namespace peers
