#include <tsattn/tsattn.hpp>

double uniform_number_of_other_file();

double uniform_number_of_other_file() { return tsattn::Random(1).uniform(); }
