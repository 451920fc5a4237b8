#include <map>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/exchange/keras_names.hpp>

namespace {

TEST_CASE("names of Keras' variables, of version 2, of version 3 and of .h5 files, are understood") {
  for (const auto& [name, normalised] :
       std::map<std::string, std::string>{{"lstm/kernel", "lstm/kernel"},
                                          {"lstm/lstm_cell/kernel:0", "lstm/kernel"},
                                          {"lstm_1/lstm_cell_12/recurrent_kernel:0", "lstm_1/recurrent_kernel"},
                                          {"gru/gru_cell/bias", "gru/bias"},
                                          {"rnn/simple_rnn_cell/kernel", "rnn/kernel"},
                                          {"lstm/lstm/lstm_cell/kernel:0", "lstm/kernel"},
                                          {"dense/dense/kernel:0", "dense/kernel"},
                                          {"both/forward_lstm/lstm_cell/kernel:0", "both/forward/kernel"},
                                          {"both/both/backward_gru_2/gru_cell_5/bias:0", "both/backward/bias"},
                                          {"both/forward/kernel", "both/forward/kernel"},
                                          {"forward_net/kernel", "forward_net/kernel"},  // a layer's own name
                                          {"lstm_cell/kernel", "lstm_cell/kernel"},
                                          {"net/lstm_cells/kernel", "net/lstm_cells/kernel"},
                                          {"net/lstm_cell_/kernel", "net/lstm_cell_/kernel"},
                                          {"net/lstm_cell_x/kernel", "net/lstm_cell_x/kernel"},
                                          {"net/lstm_cell", "net/lstm_cell"},  // an array's name
                                          {"kernel/kernel", "kernel/kernel"},
                                          {"a:b/kernel", "a:b/kernel"},
                                          {"a/kernel:", "a/kernel:"},
                                          {"kernel", "kernel"}})
    CHECK(tsattn::keras_name(name) == normalised);
}

}  // namespace
