// Every kernel for float: a part of the library tsattn::compiled, see kernels/compiled.hpp.
#define TSATTN_COMPILED_SCALAR float

#include <tsattn/kernels/activation.hpp>
#include <tsattn/kernels/adam.hpp>
#include <tsattn/kernels/attention.hpp>
#include <tsattn/kernels/dense.hpp>
#include <tsattn/kernels/finite.hpp>
#include <tsattn/kernels/gru.hpp>
#include <tsattn/kernels/lstm.hpp>
#include <tsattn/kernels/product.hpp>
#include <tsattn/kernels/rms_prop.hpp>
#include <tsattn/kernels/rnn.hpp>
#include <tsattn/kernels/sgd.hpp>
#include <tsattn/kernels/softmax.hpp>
#include <tsattn/kernels/sums.hpp>
