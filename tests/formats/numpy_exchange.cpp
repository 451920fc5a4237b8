// Reads files of NumPy, prints what is in them and saves it anew, for numpy_exchange_test.py. Each line of standard
// input is one job:
//   <float32|float64|int32|int64|bool> <stored|deflated> <file to read> <file to write>
// Each array of a file becomes one line "name|shape|values", each IoError a line "error|text", each job ends with
// "end".

#include <concepts>
#include <cstdint>
#include <exception>
#include <iomanip>
#include <iostream>
#include <limits>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <tsattn/core/errors.hpp>
#include <tsattn/formats/array.hpp>
#include <tsattn/formats/npy.hpp>
#include <tsattn/formats/npz.hpp>

namespace {

using namespace tsattn;

struct Job {
  std::string type, compression, in, out;
};

template <class Value>
void print(const std::string& name, const Array<Value>& array) {
  std::cout << name << '|' << shape_text(array.shape) << '|';
  if constexpr (std::floating_point<Value>) std::cout << std::setprecision(std::numeric_limits<Value>::max_digits10);
  for (const Value value : array.values) std::cout << value << ' ';
  std::cout << '\n';
}

template <class Value>
void exchange(const Job& job) {
  if (job.in.ends_with(".npz")) {
    const std::map<std::string, Array<Value>> arrays = load_npz<Value>(job.in);
    for (const auto& [name, array] : arrays) print(name, array);
    save_npz(job.out, arrays, job.compression == "stored" ? NpzCompression::stored : NpzCompression::deflated);
  } else {
    const Array<Value> array = load_npy<Value>(job.in);
    print("", array);
    save_npy(job.out, array);
  }
}

void run(const Job& job) {
  if (job.type == "float32") return exchange<float>(job);
  if (job.type == "float64") return exchange<double>(job);
  if (job.type == "int32") return exchange<std::int32_t>(job);
  if (job.type == "int64") return exchange<std::int64_t>(job);
  if (job.type == "bool") return exchange<bool>(job);
  throw std::runtime_error("unknown type " + job.type);
}

}  // namespace

int main() {
  try {
    for (std::string line; std::getline(std::cin, line);) {
      std::istringstream words(line);
      Job job;
      if (!(words >> job.type >> job.compression >> job.in >> job.out)) throw std::runtime_error("no job: " + line);
      try {
        run(job);
      } catch (const IoError& error) {
        std::cout << "error|" << error.what() << '\n';
      }
      std::cout << "end\n";
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
