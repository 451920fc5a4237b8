#pragma once

// Where definitions are compiled. The declarations of a topic are in <name>.hpp, its definitions in <name>.inl:
//
//   <name>.hpp ends with      #if !defined(TSATTN_COMPILED_LIBRARY)
//                             #include <tsattn/.../<name>.inl>
//                             #endif
//
// In a header-only program nothing is defined, and each translation unit compiles what it uses. Linking
// tsattn::compiled defines TSATTN_COMPILED_LIBRARY: definitions are then compiled once, in the sources that
// cmake/TsattnCompiled.cmake makes, one for each .inl, and a program parses declarations only. What uses nlohmann-json
// says TSATTN_COMPILED_JSON instead, which is defined where that library was found too. TSATTN_COMPILED_KERNELS alone
// says that of all only the kernels are compiled elsewhere (kernels/kernel.hpp). All are choices of the build and
// change no result.
//
// A function that is no template is declared without a word and defined as `TSATTN_LIBRARY_FUNCTION int f() {...}`.
// Templates whose definitions are in an .inl can be used with float and double alone where the library is linked; the
// .inl ends with a list of them:
//
//   TSATTN_LIBRARY_INSTANCE(class Graph);               // template class Graph<float>; template class Graph<double>
//   TSATTN_LIBRARY_FUNCTION_INSTANCE(save_model);       // a function template that is not overloaded
//   TSATTN_LIBRARY_LAYER(Dense, DenseLayer);            // a layer, what holds it, and the build of its description
//
//   TSATTN_LIBRARY_LOSS(Huber);                         // a loss
//
// The header of such a layer includes layers/held_layer.hpp and says TSATTN_COMPILED_LAYER(DenseLayer) behind it.
//
// What is a template of the user's types (layers, losses, callbacks) is defined in the .hpp.

#if defined(TSATTN_COMPILED_LIBRARY) && !defined(TSATTN_COMPILED_KERNELS)
#define TSATTN_COMPILED_KERNELS
#endif

#if defined(TSATTN_COMPILED_LIBRARY)
#define TSATTN_LIBRARY_FUNCTION
#define TSATTN_LIBRARY_INSTANCE(name) \
  template name<float>;               \
  template name<double>
#define TSATTN_LIBRARY_FUNCTION_INSTANCE(function)    \
  template decltype(function<float>) function<float>; \
  template decltype(function<double>) function<double>
#define TSATTN_LIBRARY_BUILD(description, layer)                              \
  template layer<float> description::build<float>(const BuildContext&) const; \
  template layer<double> description::build<double>(const BuildContext&) const
#define TSATTN_LIBRARY_LOSS(loss)                                                                              \
  template double loss::value(const Sequence<float>&, const Sequence<float>&, Index) const;                    \
  template double loss::value(const Sequence<double>&, const Sequence<double>&, Index) const;                  \
  template void loss::gradient(const Sequence<float>&, const Sequence<float>&, Index, Sequence<float>&) const; \
  template void loss::gradient(const Sequence<double>&, const Sequence<double>&, Index, Sequence<double>&) const
#else
#define TSATTN_LIBRARY_FUNCTION inline
#define TSATTN_LIBRARY_INSTANCE(name) static_assert(true)
#define TSATTN_LIBRARY_FUNCTION_INSTANCE(function) static_assert(true)
#define TSATTN_LIBRARY_BUILD(description, layer) static_assert(true)
#define TSATTN_LIBRARY_LOSS(loss) static_assert(true)
#endif
#define TSATTN_LIBRARY_LAYER(description, layer) \
  TSATTN_LIBRARY_INSTANCE(class layer);          \
  TSATTN_LIBRARY_HELD_LAYER(layer);              \
  TSATTN_LIBRARY_BUILD(description, layer)

#if defined(TSATTN_COMPILED_JSON)
#define TSATTN_JSON_FUNCTION
#define TSATTN_JSON_INSTANCE(name) \
  template name<float>;            \
  template name<double>
#define TSATTN_JSON_FUNCTION_INSTANCE(function)       \
  template decltype(function<float>) function<float>; \
  template decltype(function<double>) function<double>
#else
#define TSATTN_JSON_FUNCTION inline
#define TSATTN_JSON_INSTANCE(name) static_assert(true)
#define TSATTN_JSON_FUNCTION_INSTANCE(function) static_assert(true)
#endif
