#pragma once

#include <span>
#include <string>
#include <string_view>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>

/// The files that TensorBoard reads: a sequence of records, each an `Event`, encoded by hand as Protocol Buffers.
/// docs/training.md lists the bytes.
/// Sources: TensorFlow, core/lib/io/record_writer.h and core/lib/hash/crc32c.h (records and their masked checksums),
/// core/util/event.proto and core/framework/summary.proto (field numbers); Protocol Buffers, "Encoding".
namespace tsattn {

/// A number with the name under which TensorBoard draws it; a slash makes groups.
struct EventScalar {
  std::string_view tag;
  double value;
};

/// Returns the record that holds `data`: its length, the masked checksum of that, the data, and their masked checksum.
std::string event_record(std::string_view data);

/// Returns the record that an event file begins with. `wall_time` is in seconds since 1970 UTC.
std::string version_record(double wall_time);

/// Returns the record of numbers at one step. TensorBoard has them as floats.
std::string scalars_record(double wall_time, Index step, std::span<const EventScalar> scalars);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/formats/event_file.inl>
#endif
