#pragma once

#include <ostream>
#include <string>

#include <tsattn/embedded/chain.hpp>

/// Throws ConfigError unless `name` can name a namespace of an exported header.
void require_namespace_name(const std::string& name);

/// Writes a C++17 header that needs nothing else: the text of embedded.hpp, the weights, and name::Model. `source` is
/// the name of the file that the model comes from, for the comment at the beginning.
void write_embedded_header(std::ostream& out, const tsattn::embedded::ModelChain& chain, const std::string& source,
                           const std::string& name);
