#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/foreign_arrays.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/recurrent.hpp>
#include <tsattn/layers/recurrent_description.hpp>
#include <tsattn/layers/recurrent_foreign_arrays.hpp>
#include <tsattn/layers/stream_layer.hpp>
#include <tsattn/layers/weight_count.hpp>

namespace tsattn {

/// Two recurrent layers `L` (LstmLayer, ...) of one kind and size over one sequence: one reads it from the first step
/// to the last, the other from the last to the first, so that y_t knows what is before step t and what is after it.
/// rev x is the sequence in the opposite order: (rev x)_t = x_{T+1-t}.
///   forward   (1) h_forward = L_forward(x)              (2) h_backward = rev L_backward(rev x)
///             (3) all_steps: y_t = [h_forward_t ; h_backward_t],     last_step: y = [h_forward_T ; h_backward_1]
///   backward  (4) dh_forward, dh_backward = the upper and the lower H rows of dy
///             (5) dx_forward, from L_forward given dh_forward;  dx_backward, from L_backward given rev dh_backward
///             (6) dx = dx_forward + rev dx_backward
///
/// Inputs: x [T, B, F], then either nothing (zero initial states) or every initial state, [1, B, H] each: h_forward and
/// h_backward, for the LSTM h_forward, c_forward, h_backward, c_backward. The backward direction starts from its own
/// before it reads x_T. Output: [T, B, 2H], or [1, B, 2H], the final states of both directions: PyTorch's h_n, Keras'
/// return_sequences=False. (PyTorch's y[-1] is something else: its lower half has read x_T alone.)
/// Source: Schuster & Paliwal 1997. Derivation: docs/layers/bidirectional.md.
template <class L>
class BidirectionalLayer {
 public:
  using Scalar = typename L::Scalar;
  using S = Scalar;
  static constexpr std::string_view kWhere = "Bidirectional";
  static constexpr std::string_view kWhereBackward = "Bidirectional::backward";
  static constexpr Index kStates = 2 * L::kStates;
  static constexpr std::string_view kInputs =
      L::kStates == 1 ? "x, or x and the initial states h_forward and h_backward"
                      : "x, or x and the initial states h_forward, c_forward, h_backward and c_backward";

  /// The weights of both directions. A recurrent layer owns its weights, so it is two layers that are held.
  class Parameters {
   public:
    Parameters(L forward, L backward) : forward_(std::move(forward)), backward_(std::move(backward)) {}

    typename L::Parameters& forward() { return forward_.parameters(); }
    const typename L::Parameters& forward() const { return forward_.parameters(); }
    typename L::Parameters& backward() { return backward_.parameters(); }
    const typename L::Parameters& backward() const { return backward_.parameters(); }

    template <class Self, class Visitor>
    static void visit(Self& self, Visitor&& visitor) {
      visit_direction("forward.", self.forward(), visitor);
      visit_direction("backward.", self.backward(), visitor);
    }

   private:
    friend class BidirectionalLayer;

    template <class Weights, class Visitor>
    static void visit_direction(std::string_view prefix, Weights& weights, Visitor& visitor) {
      L::Parameters::visit(weights, [&](std::string_view name, auto& tensor) {
        visitor(std::string(prefix).append(name), tensor);  // so short that the string allocates nothing
      });
    }

    L forward_, backward_;
  };
  using Gradients = Parameters;

  struct Cache {
    /// One direction, in the order in which it reads.
    struct Direction {
      typename L::Cache layer;
      Sequence<S> y;   // [T, B, H] or [1, B, H]
      Sequence<S> dy;  // the same, backward's own
    };
    Direction forward, backward;
    Sequence<S> reversed_x;    // [T, B, F]   rev x
    Sequence<S> d_reversed_x;  // [T, B, F]   backward's own

    /// Decides which states the calls of forward that follow drop; the two directions drop others.
    void seed(std::uint64_t seed) {
      Random random(seed);
      forward.layer.seed(random.bits());
      backward.layer.seed(random.bits());
    }
  };

  /// Throws ConfigError unless the two layers have one size and return the same.
  BidirectionalLayer(L forward, L backward);

  Index features() const { return parameters_.forward_.features(); }
  Index hidden() const { return parameters_.forward_.hidden(); }  ///< of each direction
  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const {
    return {parameters_.forward_.output_shape(inputs).time, 2 * hidden()};
  }

  /// Throws ShapeError if x has other features or no step, or a state is not [time=1, batch=B, features=H].
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const { run(&L::forward, inputs, y, cache); }

  /// As forward; neither direction keeps what only backward would need.
  void infer(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const { run(&L::infer, inputs, y, cache); }

  void backward(Inputs<S> inputs, const Sequence<S>&, const Sequence<S>& dy, Cache& cache, Gradients& gradients,
                InputGradients<S> d_inputs) const;

  std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const requires HasForeignArrays<L> {
    return bidirectional_foreign_arrays(context, parameters_.forward_.foreign_arrays(context),
                                        parameters_.backward_.foreign_arrays(context));
  }

  /// Throws ConfigError.
  StreamedLayer<S> stream(const StreamContext& context) const;

 private:
  /// `call` is L::forward or L::infer.
  void run(void (L::*call)(Inputs<S>, Sequence<S>&, typename L::Cache&) const, Inputs<S> inputs, Sequence<S>& y,
           Cache& cache) const;

  Parameters parameters_;
};

/// "bidirectional_" and the kind of the layer inside.
template <class Description>
inline constexpr auto kBidirectionalKind = [] {
  constexpr std::string_view kPrefix = "bidirectional_";
  std::array<char, kPrefix.size() + Description::kKind.size()> letters{};
  std::copy(Description::kKind.begin(), Description::kKind.end(),
            std::copy(kPrefix.begin(), kPrefix.end(), letters.begin()));
  return letters;
}();

/// Describes a BidirectionalLayer of the recurrent layer that is described: Bidirectional{Lstm{.units = 64}}, where
/// `units` and all other options are those of each direction. Every direction draws initial weights of its own, the
/// forward one first.
template <class Description>
struct Bidirectional {
  static constexpr std::string_view kKind{kBidirectionalKind<Description>.data(),
                                          kBidirectionalKind<Description>.size()};

  Description layer = {};
  std::string name = {};  ///< in the model; that of `layer` stays empty

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    Description::visit(self.layer, visitor);
  }

  SaturatedCount weight_count(const InputSizes& inputs) const requires DeclaresWeightCount<Description> {
    return 2 * layer.weight_count(inputs);
  }
  void set_initialization(Initialization scheme) { tsattn::set_initialization(layer, scheme); }

  /// Throws ConfigError for units below 1 or a name in `layer`, ShapeError for inputs other than those of the layer.
  template <class S>
  auto build(const BuildContext& context) const {
    using Layer = BidirectionalLayer<decltype(layer.template build<S>(context))>;
    if (!layer.name.empty())
      fail<ConfigError>(context.where, "expected no name in the layer inside Bidirectional, got \"", layer.name,
                        "\"; the name belongs behind it: Bidirectional{..., \"", layer.name, "\"}");
    require_recurrent_inputs<Layer>(context, layer.units);
    const BuildContext of_direction{context.where, context.inputs.first(1), context.random};
    auto forward = layer.template build<S>(of_direction);
    auto backward = layer.template build<S>(of_direction);
    return Layer(std::move(forward), std::move(backward));
  }
};
template <class Description>
Bidirectional(Description, std::string = {}) -> Bidirectional<Description>;

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/bidirectional.inl>
#endif
