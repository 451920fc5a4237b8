// A program of two files that both include the library: what its headers define must not clash when they are linked.
#include <tsattn/tsattn.hpp>

#ifdef INCLUDE_NLOHMANN_JSON_HPP_
#error "tsattn.hpp includes nlohmann-json; a user of the library needs Eigen and nothing else"
#endif

double uniform_number_of_other_file();

int main() {
  const tsattn::Matrix<float> m(2, 3);
  tsattn::Random random(1);
  const bool runs_kernels = tsattn::kernels::sum_of_squares(m.size(), m.data()) == 0;
  return runs_kernels && random.uniform() == uniform_number_of_other_file() ? 0 : 1;
}
