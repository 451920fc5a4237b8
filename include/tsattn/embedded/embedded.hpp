#pragma once

// Trained models with sizes known at compile time, for programs that take one step at a time and have nothing to spare:
// microcontrollers, audio, control. C++17, freestanding: no heap, no exceptions, no RTTI, no library, single precision.
// docs/embedded.md shows how it is used.
//
// A layer is a type, Lstm<F, H>; a model is the type of its chain of layers, Model<Lstm<1, 16>, Dense<16, 1>>. The
// parts know nothing of the library; write_embedded_header (writer.hpp) copies those that a model needs into its
// header.

#include <tsattn/embedded/parts/activation.hpp>
#include <tsattn/embedded/parts/attention_pooling.hpp>
#include <tsattn/embedded/parts/dense.hpp>
#include <tsattn/embedded/parts/gru.hpp>
#include <tsattn/embedded/parts/layer_norm.hpp>
#include <tsattn/embedded/parts/lstm.hpp>
#include <tsattn/embedded/parts/model.hpp>
#include <tsattn/embedded/parts/rnn.hpp>
