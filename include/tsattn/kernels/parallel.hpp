#pragma once

#include <algorithm>
#include <exception>
#include <vector>

#ifdef _OPENMP
#include <omp.h>
#endif

#include <tsattn/core/index.hpp>

namespace tsattn::kernels {

/// The number of threads that a call with the limit `threads` may use; 0 means as many as OpenMP would. 1 without
/// OpenMP, and 1 inside a parallel region of the caller's: never nested.
inline int thread_limit([[maybe_unused]] int threads) {
#ifdef _OPENMP
  if (omp_in_parallel() != 0) return 1;
  return threads > 0 ? threads : omp_get_max_threads();
#else
  return 1;
#endif
}

/// How many workers parallel_for uses.
inline Index worker_count(Index count, int threads) { return std::clamp<Index>(count, 1, thread_limit(threads)); }

/// Calls work(i, worker) for every i in {0, ..., count - 1} on at most `threads` threads (see thread_limit). Each
/// thread is one worker in {0, ..., worker_count(count, threads) - 1}, so memory per worker is nobody else's, and i
/// goes to the worker i % worker_count: what one call has sized, the next finds. Work must leave nothing behind that
/// another i reads. When calls throw, the exception of the smallest i is thrown again, the same one for any number of
/// threads; which later calls were made is not specified.
template <class Work>
void parallel_for(Index count, int threads, const Work& work) {
  const Index workers = worker_count(count, threads);
  if (workers == 1) {
    for (Index i = 0; i < count; ++i) work(i, Index{0});
    return;
  }
#ifdef _OPENMP
  std::exception_ptr first_error;
  Index first_failed = count;
#pragma omp parallel for num_threads(static_cast <int>(workers)) schedule(static, 1)
  for (Index i = 0; i < count; ++i) {
    try {
      work(i, static_cast<Index>(omp_get_thread_num()));
    } catch (...) {
#pragma omp critical(tsattn_parallel_for)
      if (i < first_failed) {
        first_failed = i;
        first_error = std::current_exception();
      }
    }
  }
  if (first_error) std::rethrow_exception(first_error);
#endif
}

}  // namespace tsattn::kernels
