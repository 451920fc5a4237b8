// Every kernel for float: a part of the library tsattn::compiled, see kernels/kernel.hpp.
#define TSATTN_COMPILED_SCALAR float

#include <tsattn/kernels/all.hpp>
