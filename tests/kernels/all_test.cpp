// The lists themselves: no kernel without a case, no case that no test runs.

#include "support/kernel_cases/all.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace all_test {
namespace {

using namespace tsattn;
using std::filesystem::path;
using test::GradientCase, test::KernelCase;

// The list of kernels is kernels/all.hpp, which no program can ask for its names; so these tests read it.

const path kTests = path(TSATTN_TEST_VECTORS).parent_path();
const path kKernels = kTests.parent_path() / "include/tsattn/kernels";

std::string text_of(const path& file) {
  std::ifstream stream(file);
  CAPTURE(file.string());
  REQUIRE(stream.good());
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The first group of every match.
std::vector<std::string> matches(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), regex); match != std::sregex_iterator(); ++match)
    found.push_back((*match)[1]);
  return found;
}

/// The headers that kernels/all.hpp includes, as "lstm/lstm.hpp".
std::vector<std::string> interfaces() {
  return matches(text_of(kKernels / "all.hpp"), "#include <tsattn/kernels/(.*)>");
}

/// The names of all TSATTN_KERNEL, TSATTN_PACKING_KERNEL, TSATTN_PACKED_KERNEL and TSATTN_KERNEL_CALLING.
std::set<std::string> listed_kernels() {
  std::set<std::string> names;
  for (const std::string& header : interfaces())
    for (const std::string& name :
         matches(text_of(kKernels / header),
                 "TSATTN_(?:(?:KERNEL|KERNEL_CALLING)\\(\\w+,\\s+|PACKING_KERNEL\\(|PACKED_KERNEL\\()(\\w+),"))
      names.insert(name);
  return names;
}

/// What only one of two sets has, for a message.
std::string difference(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::string names;
  for (const std::string& name : a)
    if (!b.contains(name)) names += name + ' ';
  for (const std::string& name : b)
    if (!a.contains(name)) names += name + ' ';
  return names;
}

TEST_CASE("every kernel has a case, and every case a kernel") {
  std::set<std::string> with_case;
  for (const KernelCase<float>& kernel : test::kernel_cases<float>()) {
    with_case.insert(kernel.kernel);
    if (!kernel.packing.empty()) with_case.insert(kernel.packing);
  }
  CHECK(difference(listed_kernels(), with_case) == "");
  CHECK(with_case.size() > 30);  // or the pattern finds none
}

TEST_CASE("every kernel with a backward has a gradient") {
  std::set<std::string> with_gradient;
  for (const GradientCase& gradient : test::gradient_cases()) with_gradient.insert(gradient.backward);
  std::set<std::string> backward;
  for (const std::string& name : listed_kernels())
    if (name.ends_with("_backward") && !name.ends_with("_pack_backward")) backward.insert(name);
  CHECK(difference(with_gradient, backward) == "");
}

TEST_CASE("every folder with an interface is in the list of kernels, and has plain loops and a form with packs") {
  const std::vector<std::string> listed = interfaces();
  std::set<std::string> folders;
  for (const auto& entry : std::filesystem::directory_iterator(kKernels)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() && exists(entry.path() / (name + ".hpp"))) folders.insert(name + '/' + name + ".hpp");
  }
  CHECK(difference({listed.begin(), listed.end()}, folders) == "");
  for (const std::string& header : folders) {
    CAPTURE(header);
    CHECK(exists((kKernels / header).parent_path() / "reference.hpp"));
    CHECK(exists((kKernels / header).parent_path() / "simd.inl"));
  }
}

TEST_CASE("the test of each operation runs its cases") {
  for (const std::string& header : interfaces()) {
    CAPTURE(header);
    const std::string operation = path(header).stem().string();
    const std::string test = text_of(kTests / "kernels" / (operation + "_test.cpp"));
    CHECK(test.find("check_kernels(test::" + operation + "_cases<S>())") != std::string::npos);
    if (!matches(text_of(kKernels / header), "(\\w+_backward),").empty())
      CHECK(test.find("check_gradients(test::" + operation + "_gradients())") != std::string::npos);
  }
}

}  // namespace
}  // namespace all_test
