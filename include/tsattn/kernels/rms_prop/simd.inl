// See kernels/rms_prop/rms_prop.hpp. Equation numbers: optimizers/rms_prop.hpp.

template <class S>
TSATTN_NOINLINE void rms_prop(Index size, const RmsPropStep<S>& a, const S* g, S* v, S* m, S* p) {
  using P = Pack<S>;
  using V = typename P::Type;
  const V scale = P::set(a.gradient_scale), learning_rate = P::set(a.learning_rate), momentum = P::set(a.momentum);
  const V alpha = P::set(a.alpha), rest = P::set(1 - a.alpha), epsilon = P::set(a.epsilon);
  for_packs<S>(size, [&](Index i, Index n) {
    const V gradient = scale * P::load(g + i, n);
    const V v_i = P::fma(alpha, P::load(v + i, n), rest * gradient * gradient);  // (1)
    P::store(v + i, v_i, n);
    V direction = gradient / (P::sqrt(v_i) + epsilon);
    if (m != nullptr) {
      direction = P::fma(momentum, P::load(m + i, n), direction);  // (2)
      P::store(m + i, direction, n);
    }
    P::store(p + i, P::fnma(learning_rate, direction, P::load(p + i, n)), n);  // (3)
  });
}
