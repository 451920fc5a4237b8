#pragma once

#include <tsattn/core/index.hpp>

/// The arguments of the kernels of layer normalisation. Matrices are column-major without gaps; every column is
/// normalised by itself. Equations: layers/layer_norm.hpp.
namespace tsattn::kernels {

template <class S>
struct LayerNormForward {
  Index features, columns;
  S epsilon;
  const S* x;     // [F, columns]
  const S* gain;  // [F], or null: all 1
  const S* bias;  // [F], or null: all 0
  S* y;           // [F, columns]  assigned; not x
  S* mean;        // [columns]     assigned, unless it is null
  S* scale;       // [columns]     r, the same
};

template <class S>
struct LayerNormBackward {
  Index features, columns;
  const S* x;      // [F, columns]  as forward's
  const S* gain;   // [F], or null  as forward's
  const S* mean;   // [columns]     as forward left them
  const S* scale;  // [columns]
  const S* dy;     // [F, columns]
  S* d_gain;       // [F]           added to, unless it is null
  S* d_bias;       // [F]           the same
  S* dx;           // [F, columns]  assigned, unless it is null; may be dy
};

}  // namespace tsattn::kernels
