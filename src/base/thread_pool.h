// One pool for everything that is proportional to weights. Results never depend on the number of threads.
#pragma once

#include <cstddef>
#include <functional>

namespace tolite {

/// Sets how many threads parallel_for uses, the caller's included; 0 = one a core. Takes effect at the next call.
void set_thread_count(unsigned count);
unsigned thread_count();

/// Calls body(i) for each i in [0, count), in any order, on several threads; returns when all are done.
/// The first exception is rethrown. A call from within a body runs on its own thread.
void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body);

/// The same where a call does about `work` elementary operations: on the caller's thread alone if all of them together
/// are too few to pay for starting others.
void parallel_for(std::size_t count, std::size_t work, const std::function<void(std::size_t)>& body);

/// Splits [0, count) into ranges of at least `grain` and calls body(begin, end) for each.
void parallel_ranges(std::size_t count, std::size_t grain, const std::function<void(std::size_t, std::size_t)>& body);

}  // namespace tolite
