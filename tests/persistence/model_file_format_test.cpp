#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <tsattn/core/matrix.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/formats/safetensors.hpp>
#include <tsattn/persistence/model_file_format.hpp>

#include "support/io_error.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::model_file_parts;

TEST_CASE("weights are told from probes and states, and our metadata from others'") {
  CHECK(is_weight("lstm.w_x"));
  CHECK(!is_weight("probe/output"));
  CHECK(!is_weight("state/adam"));
  CHECK(is_weight("probes.w"));
  CHECK(is_our_key("format"));
  CHECK(is_our_key("tsattn.model"));
  CHECK(!is_our_key("forecaster"));
}

/// A file with the tensor "d.w" [2, 1] and what else is written into it.
SafetensorsFile file_with(const std::filesystem::path& path, const Metadata& metadata, bool has_checksum = false) {
  const float values[] = {1, 2};
  SafetensorsWriter writer;
  writer.add<float>("d.w", {2, 1}, values);
  writer.metadata = metadata;
  if (has_checksum) writer.checksum_key = kChecksumKey;
  writer.save(path);
  return SafetensorsFile(path);
}

TEST_CASE("a model says its version and has an architecture") {
  const test::TemporaryFolder folder;
  const auto error_of = [&](const Metadata& metadata) {
    const SafetensorsFile file = file_with(folder / "m", metadata);
    return test::io_error([&] { require_model(file); });
  };
  for (const std::string version : {"1", "2"}) CHECK(error_of({{kVersionKey, version}, {kModelKey, "{}"}}) == "");
  CHECK(error_of({{kVersionKey, "3"}, {kModelKey, "{}"}}).find("written by a newer library") != std::string::npos);
  CHECK(error_of({{kVersionKey, "1"}}).find("got weights alone") != std::string::npos);
  CHECK(error_of({}).find("got weights alone") != std::string::npos);
}

TEST_CASE("weights that are missing, mis-shaped and left over are listed together") {
  const test::TemporaryFolder folder;
  const SafetensorsFile file = file_with(folder / "m", {});
  Matrix<float> w(2, 1), v(3, 1);
  CHECK_NOTHROW(require_weights<float>(file, {named_tensor("d.w", w)}));
  CHECK(test::io_error([&] {
          require_weights<float>(file, {named_tensor("d.w", v), named_tensor("e.w", w)});
        })
            .ends_with("] expected the weights of the model, got other tensors:\n"
                       "  mis-shaped: d.w, expected (3, 1), got (2, 1)\n"
                       "  missing: e.w (2, 1)"));
  CHECK(test::io_error([&] { require_weights<float>(file, {}); }).ends_with("\n  unexpected: d.w (2, 1)"));
}

TEST_CASE("numbers go where they are asked to, and the checksum is compared whether they are kept or not") {
  const test::TemporaryFolder folder;
  SafetensorsFile good = file_with(folder / "good", {{"tsattn.x", "a"}}, true);
  Matrix<float> w(2, 1);
  read_tensors<float>(good, [&](const TensorEntry&) { return named_tensor("d.w", w); });
  CHECK((w(0, 0) == 1 && w(1, 0) == 2));
  CHECK_NOTHROW(require_checksum(good));

  Metadata changed = good.metadata();
  changed["tsattn.x"] = "b";
  SafetensorsFile bad = file_with(folder / "bad", changed);
  CHECK(test::io_error([&] { require_checksum(bad); }).find("expected the checksum ") != std::string::npos);
  SafetensorsFile without = file_with(folder / "without", {{"tsattn.x", "a"}});
  CHECK(test::io_error([&] { require_checksum(without); }).find("got none; the file was damaged") != std::string::npos);
  SafetensorsFile other = file_with(folder / "other", {{"x", "a"}});
  CHECK_NOTHROW(require_checksum(other));  // of another program
}

TEST_CASE("metadata as JSON says where it is wrong") {
  const test::TemporaryFolder folder;
  const SafetensorsFile file = file_with(folder / "m", {{"a", "{\"b\": 3}"}, {"c", "{"}});
  CHECK(json_of(file, "a")["b"] == 3);
  CHECK(test::io_error([&] { json_of(file, "c"); }).find(", c] expected JSON") != std::string::npos);
}

}  // namespace
