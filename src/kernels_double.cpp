// Every kernel for double: a part of the library tsattn::compiled, see kernels/kernel.hpp.
#define TSATTN_COMPILED_SCALAR double

#include <tsattn/kernels/all.hpp>
