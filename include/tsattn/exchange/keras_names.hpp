#pragma once

#include <string>

namespace tsattn {

/// The name of a Keras variable, "lstm/lstm_cell/kernel:0", in the form "lstm/kernel": without ":0" at its end; without
/// the second of two equal names at its beginning (of .h5 files); without the cell; and with "forward" and "backward"
/// for "forward_lstm" and "backward_lstm" behind the name of a Bidirectional layer.
std::string keras_name(const std::string& name);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/exchange/keras_names.inl>
#endif
