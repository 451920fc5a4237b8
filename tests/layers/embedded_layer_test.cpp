#include <cstddef>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/dropout.hpp>
#include <tsattn/layers/embedded_layer.hpp>

namespace {

using namespace tsattn;

TEST_CASE("a type as text: its name, sizes and names of options") {
  CHECK(embedded_type("Plain") == "Plain");
  CHECK(embedded_type("Tanh", Index{7}) == "Tanh<7>");
  CHECK(embedded_type("Gru", 1, std::size_t{16}, "GruReset::before_product") == "Gru<1, 16, GruReset::before_product>");
  CHECK(embedded_type("AttentionPooling", 4, 5, std::string("PoolingScore::tanh"), 6) ==
        "AttentionPooling<4, 5, PoolingScore::tanh, 6>");
}

struct NoEmbed {};
struct OtherEmbed {
  int embed(const EmbedContext&) const;
};

TEST_CASE("a layer embeds if it has the member") {
  CHECK(Embeds<DenseLayer<double>>);
  CHECK(Embeds<DropoutLayer<float>>);
  CHECK(!Embeds<NoEmbed>);
  CHECK(!Embeds<OtherEmbed>);
}

}  // namespace
