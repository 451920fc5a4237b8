// A pack is one register of scalars. Everything here is the same for every instruction set; only the width differs.
// No expression multiplies and then adds: where a product is added, `fma` says so. So no compiler has a choice that
// would change the last bit.

template <class S>
struct Pack {
  static constexpr Index kWidth = kBytes / static_cast<Index>(sizeof(S));
  using Type = PackOf<S, kBytes>;
  using Integer = std::conditional_t<sizeof(S) == 4, std::int32_t, std::int64_t>;
  using Bits = PackOf<Integer, kBytes>;

  static TSATTN_INLINE Type zero() { return Type{}; }
  static TSATTN_INLINE Type set(S value) { return value - Type{}; }  // the difference keeps the sign of -0
  static TSATTN_INLINE Type load(const S* from) {
    Type pack;
    __builtin_memcpy(&pack, from, sizeof(pack));
    return pack;
  }
  static TSATTN_INLINE void store(S* to, Type pack) { __builtin_memcpy(to, &pack, sizeof(pack)); }
  /// The first `count` <= kWidth scalars, then zeros. Reads nothing else.
  static TSATTN_INLINE Type load(const S* from, Index count) {
    return count == kWidth ? load(from) : Type(load_first(from, count));
  }
  /// Writes the first `count` <= kWidth scalars.
  static TSATTN_INLINE void store(S* to, Type pack, Index count) {
    if (count == kWidth) {
      store(to, pack);
    } else {
      store_first(to, pack, count);
    }
  }

  /// a b + c, and c - a b, each rounded once (generic on x86-64: twice)
  static TSATTN_INLINE Type fma(Type a, Type b, Type c) { return TSATTN_SIMD_NAMESPACE::fma(a, b, c); }
  static TSATTN_INLINE Type fnma(Type a, Type b, Type c) { return TSATTN_SIMD_NAMESPACE::fnma(a, b, c); }
  static TSATTN_INLINE Type sqrt(Type a) { return TSATTN_SIMD_NAMESPACE::square_root(a); }

  /// NaN for NaN in x: comparisons with it are false, and then the instructions give their second operand.
  static TSATTN_INLINE Type at_least(S bound, Type x) { return TSATTN_SIMD_NAMESPACE::larger(set(bound), x); }
  static TSATTN_INLINE Type at_most(S bound, Type x) { return TSATTN_SIMD_NAMESPACE::smaller(set(bound), x); }
  static TSATTN_INLINE Type abs(Type x) { return Type(Bits(x) & ~sign_bit()); }
  static TSATTN_INLINE Type negative_abs(Type x) { return Type(Bits(x) | sign_bit()); }
  static TSATTN_INLINE Type copy_sign(Type magnitude, Type sign) {
    return Type(Bits(magnitude) | (Bits(sign) & sign_bit()));  // of a magnitude without a sign
  }

 private:
  static TSATTN_INLINE Bits sign_bit() { return Bits(set(S(-0.0))); }
};
