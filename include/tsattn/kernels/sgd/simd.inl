// See kernels/sgd/sgd.hpp. Equation numbers: optimizers/sgd.hpp.

template <class S>
TSATTN_NOINLINE void sgd(Index size, const SgdStep<S>& a, const S* g, S* m, S* p) {
  using P = Pack<S>;
  using V = typename P::Type;
  const V scale = P::set(a.gradient_scale), learning_rate = P::set(a.learning_rate), momentum = P::set(a.momentum);
  const bool is_nesterov = a.is_nesterov;
  for_packs<S>(size, [&](Index i, Index n) {
    V direction = scale * P::load(g + i, n);
    if (m != nullptr) {
      const V m_i = P::fma(momentum, P::load(m + i, n), direction);  // (1)
      P::store(m + i, m_i, n);
      direction = is_nesterov ? P::fma(momentum, m_i, direction) : m_i;
    }
    P::store(p + i, P::fnma(learning_rate, direction, P::load(p + i, n)), n);  // (2)
  });
}
