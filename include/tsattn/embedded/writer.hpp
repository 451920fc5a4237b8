#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/embedded/chain.hpp>
#include <tsattn/model/graph.hpp>

namespace tsattn {

struct EmbeddedHeaderOptions {
  std::string name = "model";  ///< of the namespace that the header defines: letters, digits and single _
  std::string source = {};     ///< where the model comes from, for the comment at the beginning; empty: not said
  Index attention_steps = 0;   ///< how many steps attention looks back on; 0: as many as the input has
};

/// Writes a model as one C++17 header that needs nothing else, <stddef.h> and <stdint.h> aside: those of the texts in
/// embedded/parts/ that the model needs, its weights, and `name`::Model, which takes one step at a time
/// (docs/embedded.md). The same model gives the same bytes; weights of double are rounded to float.
///
/// A layer of one's own is written too if it has a member `embed` (layers/embedded_layer.hpp). The text that it gives
/// defines its type as embedded/parts/layer.hpp demands, in a namespace of its own, and may say
/// `#include <tsattn/embedded/parts/math.hpp>` and so on: these parts are put before it. It is guarded by its part's
/// name, so that several headers with it fit into one program.
///
/// Throws as embedded::chain_of; ConfigError for a name that cannot be one, and for a part that is unknown or of which
/// there are two texts; IoError if the file cannot be written, which then is as it was before.
template <class S>
void write_embedded_header(const Graph<S>& model, std::ostream& out, const EmbeddedHeaderOptions& options = {});
template <class S>
void write_embedded_header(const Graph<S>& model, const std::filesystem::path& path,
                           const EmbeddedHeaderOptions& options = {});

namespace embedded {

/// Throws ConfigError, as `where`, unless `name` can be that of a namespace of an exported header.
void require_header_name(std::string_view where, std::string_view name);

/// What a header has around its model, for those who write more than a model.
struct HeaderSurroundings {
  std::string usage = {};               ///< lines of the comment at the beginning, in place of those for a model
  std::vector<std::string> parts = {};  ///< of embedded/parts/
  std::string code = {};                ///< in the namespace, behind the class Model
};
void write_header(const ModelChain& chain, const HeaderSurroundings& surroundings, std::ostream& out,
                  const EmbeddedHeaderOptions& options);

/// Returns the shortest text that reads back to the same float, in C++: "-0.25F".
std::string float_literal(float value);

}  // namespace embedded

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/embedded/writer.inl>
#endif
