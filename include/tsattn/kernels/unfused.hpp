#pragma once

// Between TSATTN_UNFUSED_BEGIN and TSATTN_UNFUSED_END no multiplication is fused with an addition: for plain loops.
// GCC would fuse in some of these loops and not in others, and the last bits would depend on how a product is cut into
// calls. (Clang fuses within an expression only, always alike.)
#if defined(__GNUC__) && !defined(__clang__)
#define TSATTN_UNFUSED_BEGIN _Pragma("GCC push_options") _Pragma("GCC optimize(\"fp-contract=off\")")
#define TSATTN_UNFUSED_END _Pragma("GCC pop_options")
#else
#define TSATTN_UNFUSED_BEGIN
#define TSATTN_UNFUSED_END
#endif
