// A function of every element of one or two arrays.

/// to_i = function(from_i)
template <class S, class Function>
TSATTN_INLINE void map(Index size, const S* from, S* to, const Function& function) {
  using P = Pack<S>;
  for_packs<S>(size, [&](Index i, Index n) { P::store(to + i, function(P::load(from + i, n)), n); });
}
/// to_i = function(a_i, b_i)
template <class S, class Function>
TSATTN_INLINE void map(Index size, const S* a, const S* b, S* to, const Function& function) {
  using P = Pack<S>;
  for_packs<S>(size, [&](Index i, Index n) { P::store(to + i, function(P::load(a + i, n), P::load(b + i, n)), n); });
}
