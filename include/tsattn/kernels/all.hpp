#pragma once

// The list of all kernels: tsattn::compiled holds these, and tests/kernels/all_test.cpp wants a case for each.
#include <tsattn/kernels/activation/activation.hpp>
#include <tsattn/kernels/adam/adam.hpp>
#include <tsattn/kernels/attention/attention.hpp>
#include <tsattn/kernels/dense/dense.hpp>
#include <tsattn/kernels/finite/finite.hpp>
#include <tsattn/kernels/gru/gru.hpp>
#include <tsattn/kernels/layer_norm/layer_norm.hpp>
#include <tsattn/kernels/lstm/lstm.hpp>
#include <tsattn/kernels/product/product.hpp>
#include <tsattn/kernels/rms_prop/rms_prop.hpp>
#include <tsattn/kernels/rnn/rnn.hpp>
#include <tsattn/kernels/sgd/sgd.hpp>
#include <tsattn/kernels/softmax/softmax.hpp>
#include <tsattn/kernels/sums/sums.hpp>
