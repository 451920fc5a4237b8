#include <dlfcn.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/rnn.h>
#include <torch/optim/adam.h>
#include <torch/version.h>

#include <filesystem>
#include <memory>
#include <tuple>

#include "work.hpp"

namespace peers {

namespace {

template <class Module>
Work layer_work(Module layer, const Task& task) {
  const auto& [name, features, hidden, steps, batch] = task.sizes;
  const auto x = torch::rand({steps, batch, features}) * 2 - 1;
  if (task.mode == Mode::infer)
    return [layer, x]() mutable {
      const torch::InferenceMode guard;
      return std::get<0>(layer->forward(x)).template data_ptr<float>()[0];
    };
  const auto dy = torch::rand({steps, batch, hidden}) * 2 - 1;
  return [layer, x, dy, weights = layer->parameters().front()]() mutable {
    layer->zero_grad(/*set_to_none=*/true);
    std::get<0>(layer->forward(x)).backward(dy);
    return weights.grad().template data_ptr<float>()[0];
  };
}

/// The model of the sine-wave example.
struct SineWaveModel : torch::nn::Module {
  explicit SineWaveModel(const Sizes& sizes)
      : lstm(register_module("lstm", torch::nn::LSTM(sizes.features, sizes.hidden))),
        score(register_module("score", torch::nn::Linear(sizes.hidden, 1))),
        head(register_module("head", torch::nn::Linear(sizes.hidden, 1))) {}

  torch::Tensor forward(const torch::Tensor& x) {
    const auto states = std::get<0>(lstm->forward(x));
    return head->forward((torch::softmax(score->forward(states), 0) * states).sum(0));
  }

  torch::nn::LSTM lstm;
  torch::nn::Linear score, head;
};

/// The batch lies ready: a gathering, which ours does, is not part of it.
Work step_work(const Task& task) {
  const auto& [name, features, hidden, steps, batch] = task.sizes;
  const auto model = std::make_shared<SineWaveModel>(task.sizes);
  const auto adam = std::make_shared<torch::optim::Adam>(model->parameters());
  const auto x = torch::randn({steps, batch, features}), target = torch::randn({batch, 1});
  return [model, adam, x, target] {
    model->zero_grad(/*set_to_none=*/true);
    const auto loss = torch::mse_loss(model->forward(x), target);
    loss.backward();
    adam->step();
    return loss.item<float>();
  };
}

Work prepare(const Task& task) {
  if (task.cell == Cell::gru_before) return {};  // it has no such cell
  if (task.mode == Mode::step) return step_work(task);
  if (task.mode == Mode::stream) return {};  // a call of it takes longer than many of these steps
  const auto& [name, features, hidden, steps, batch] = task.sizes;
  if (task.cell == Cell::lstm) return layer_work(torch::nn::LSTM(features, hidden), task);
  return layer_work(torch::nn::GRU(features, hidden), task);
}

/// A function of the BLAS that LibTorch has brought into the process, if it has that one.
template <class Function>
Function* blas_function(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

/// LibTorch's products are as fast as its BLAS, and which one that is the system decides.
std::string blas() {
  constexpr std::string_view kAdvice = " (**slow, install libopenblas0-openmp**)";
  std::string name = "a BLAS of its own";
  if (auto* const config = blas_function<const char*()>("openblas_get_config")) {
    name = config();
    if (name.find("USE_OPENMP") == std::string::npos) name += kAdvice;  // its threads and OpenMP's fight
  } else if (Dl_info library; dladdr(dlsym(RTLD_DEFAULT, "sgemm_"), &library) != 0) {
    name = std::filesystem::canonical(library.dli_fname).filename().string();
    name += kAdvice;
  }
  return name;
}

void set_threads(int threads) {
  at::set_num_threads(threads);
  if (auto* const set = blas_function<void(int)>("openblas_set_num_threads")) set(threads);
}

}  // namespace

Library libtorch_library() {
  torch::manual_seed(0);
  return {"libtorch", "LibTorch " TORCH_VERSION " with " + blas(), set_threads, prepare};
}

}  // namespace peers
