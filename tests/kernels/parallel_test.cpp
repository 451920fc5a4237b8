#include <atomic>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/kernels/parallel.hpp>

namespace {

using namespace tsattn;

constexpr int kThreadLimits[] = {0, 1, 2, 3, 8};

TEST_CASE("work is called once for every i, on any number of threads") {
  for (const int threads : kThreadLimits)
    for (const Index count : {0, 1, 2, 7, 100}) {
      CAPTURE(threads);
      CAPTURE(count);
      std::vector<std::atomic<int>> calls(static_cast<std::size_t>(count + 1));
      kernels::parallel_for(count, threads, [&](Index i, Index) { ++calls.at(static_cast<std::size_t>(i)); });
      for (Index i = 0; i < count; ++i) CHECK(calls[static_cast<std::size_t>(i)] == 1);
      CHECK(calls[static_cast<std::size_t>(count)] == 0);
    }
}

TEST_CASE("two calls of one worker never overlap") {
  for (const int threads : kThreadLimits) {
    CAPTURE(threads);
    const Index count = 100, workers = kernels::worker_count(count, threads);
    CHECK(workers >= 1);
    if (threads > 0) CHECK(workers <= threads);
    std::vector<std::atomic<int>> running(static_cast<std::size_t>(workers));
    std::atomic<int> overlaps = 0;
    kernels::parallel_for(count, threads, [&](Index, Index worker) {
      std::atomic<int>& mine = running.at(static_cast<std::size_t>(worker));
      if (++mine != 1) ++overlaps;
      --mine;
    });
    CHECK(overlaps == 0);
  }
}

TEST_CASE("what one i writes can be read after the call") {
  std::vector<double> squares(1000);
  kernels::parallel_for(1000, 4,
                        [&](Index i, Index) { squares[static_cast<std::size_t>(i)] = static_cast<double>(i * i); });
  double sum = 0;
  for (const double square : squares) sum += square;
  CHECK(sum == 332833500);  // n (n - 1) (2 n - 1) / 6
}

TEST_CASE("the exception of the smallest i comes out, on any number of threads") {
  for (const int threads : kThreadLimits) {
    CAPTURE(threads);
    const auto run = [&] {
      kernels::parallel_for(100, threads, [](Index i, Index) {
        if (i % 10 == 7) throw std::out_of_range("i = " + std::to_string(i));
      });
    };
    CHECK_THROWS_WITH_AS(run(), "i = 7", std::out_of_range);
  }
}

TEST_CASE("a call inside a call runs on the thread that makes it") {
  for (const int threads : kThreadLimits) {
    CAPTURE(threads);
    std::vector<std::atomic<int>> calls(12);
    std::atomic<bool> is_nested = false;
    kernels::parallel_for(3, threads, [&](Index i, Index) {
      if (threads > 1 && kernels::thread_limit(8) > 1) is_nested = true;
      Index expected = 0;  // one thread goes in order
      kernels::parallel_for(4, 8, [&](Index j, Index) {
        if (threads > 1 && j != expected++) is_nested = true;
        ++calls[static_cast<std::size_t>(4 * i + j)];
      });
    });
    CHECK(!is_nested);
    for (const std::atomic<int>& n : calls) CHECK(n == 1);
  }
}

TEST_CASE("the limit on threads is kept") {
#ifdef _OPENMP
  CHECK(kernels::thread_limit(3) == 3);
  CHECK(kernels::thread_limit(0) == omp_get_max_threads());
  if (omp_get_dynamic() != 0 || omp_get_thread_limit() < 3) return;  // OpenMP may give fewer, then
  for (const Index count : {2, 3, 50}) {
    CAPTURE(count);
    std::atomic<int> team = 0;
    kernels::parallel_for(count, 3, [&](Index, Index) { team = omp_get_num_threads(); });
    CHECK(team == (count < 3 ? 2 : 3));
  }
#else
  CHECK(kernels::thread_limit(3) == 1);
  CHECK(kernels::thread_limit(0) == 1);
#endif
}

}  // namespace
