#pragma once

#include <concepts>
#include <cstdint>

namespace tsattn {

/// What can be written to .npy and .npz files and read from them.
template <class Value>
concept NpyValue = std::same_as<Value, float> || std::same_as<Value, double> || std::same_as<Value, std::int32_t> ||
    std::same_as<Value, std::int64_t> || std::same_as<Value, bool>;

}  // namespace tsattn
