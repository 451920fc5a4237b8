// Runs a fuzz target, without a fuzzer, on the files of a folder: each as it is, cut off at every byte, and with one
// bit of every byte changed.
//
//   fuzz_replay_<target> <folder>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

/// Of a size that is exactly the input's, so that the address sanitizer sees every step too far.
void run(Bytes input) {
  input.shrink_to_fit();
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

void run_with_changes(const Bytes& input) {
  run(input);
  for (std::size_t i = 0; i < input.size(); ++i) {
    run(Bytes(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(i)));
    Bytes changed = input;
    changed[i] = static_cast<std::uint8_t>(changed[i] ^ (1U << (i % 8)));
    run(changed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " <folder>\n";
    return 2;
  }
  int files = 0;
  try {
    for (const auto& file : std::filesystem::directory_iterator(argv[1])) {
      std::ifstream in(file.path(), std::ios::binary);
      const Bytes input{std::istreambuf_iterator<char>(in), {}};
      std::cout << file.path().filename() << ", " << input.size() << " bytes"
                << std::endl;  // the last one, if it ends here
      run_with_changes(input);
      ++files;
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  if (files == 0) std::cerr << "no files in " << argv[1] << '\n';
  return files == 0 ? 1 : 0;
}
