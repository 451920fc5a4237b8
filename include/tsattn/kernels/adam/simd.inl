// See kernels/adam/adam.hpp. Equation numbers: optimizers/adam.hpp; with a decay optimizers/adam_w.hpp.

template <class S>
TSATTN_NOINLINE void adam(Index size, const AdamStep<S>& a, const S* g, S* m, S* v, S* p) {
  using P = Pack<S>;
  using V = typename P::Type;
  const V scale = P::set(a.gradient_scale), beta1 = P::set(a.beta1), beta2 = P::set(a.beta2);
  const V rest1 = P::set(1 - a.beta1), rest2 = P::set(1 - a.beta2);
  for_packs<S>(size, [&](Index i, Index n) {
    const V gradient = scale * P::load(g + i, n);
    const V m_i = P::fma(beta1, P::load(m + i, n), rest1 * gradient);             // (1)
    const V v_i = P::fma(beta2, P::load(v + i, n), rest2 * gradient * gradient);  // (2)
    const V root = P::sqrt(v_i) / P::set(a.root_correction2) + P::set(a.epsilon);
    P::store(m + i, m_i, n);
    P::store(v + i, v_i, n);
    const V p_i = P::load(p + i, n);
    P::store(p + i, p_i - P::fma(P::set(a.decay), p_i, P::set(a.step_size) * m_i / root), n);  // (3)
  });
}
