// Threads are made for a call and joined at its end: a conversion makes only a few such calls, idle workers would
// outlive a fork() in Python, and starting one costs some 20 microseconds.
#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace tolite {
namespace {

std::atomic<unsigned> requested_threads{0};
thread_local bool inside_parallel_for = false;

}  // namespace

void set_thread_count(unsigned count) { requested_threads = count; }

unsigned thread_count() {
  const unsigned requested = requested_threads;
  return requested != 0 ? requested : std::max(1U, std::thread::hardware_concurrency());
}

void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) {
  const std::size_t threads = std::min<std::size_t>(count, thread_count());
  if (threads <= 1 || inside_parallel_for) {
    for (std::size_t i = 0; i < count; ++i) body(i);
    return;
  }
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::exception_ptr first;
  std::mutex first_guard;
  const auto work = [&] {
    inside_parallel_for = true;
    for (std::size_t i = next++; i < count && !failed; i = next++) {
      try {
        body(i);
      } catch (...) {
        const std::lock_guard lock(first_guard);
        if (!failed.exchange(true)) first = std::current_exception();
      }
    }
    inside_parallel_for = false;
  };
  std::vector<std::thread> workers;
  workers.reserve(threads - 1);
  for (std::size_t t = 1; t < threads; ++t) workers.emplace_back(work);
  work();
  for (std::thread& worker : workers) worker.join();
  if (first) std::rethrow_exception(first);
}

void parallel_for(std::size_t count, std::size_t work, const std::function<void(std::size_t)>& body) {
  constexpr double kWorthThreads = 1 << 17;
  if (static_cast<double>(count) * static_cast<double>(work) < kWorthThreads) {
    for (std::size_t i = 0; i < count; ++i) body(i);
  } else {
    parallel_for(count, body);
  }
}

void parallel_ranges(std::size_t count, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body) {
  const std::size_t most = std::max<std::size_t>(1, count / std::max<std::size_t>(1, grain));
  const std::size_t parts = std::min<std::size_t>(most, std::size_t{thread_count()} * 4);
  parallel_for(parts, [&](std::size_t i) { body(count * i / parts, count * (i + 1) / parts); });
}

}  // namespace tolite
