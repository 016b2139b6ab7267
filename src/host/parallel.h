// A loop on many threads.
#pragma once

#include <cstddef>
#include <functional>
#include <future>

namespace ballast {

// For work that waits for the disk as often as it computes: twice the cores.
unsigned copy_threads();

// For std::async: on a thread of its own, or by whoever asks for the answer where none can be had.
// Name the function that is given: a thread that could not be started has taken a temporary one.
inline constexpr std::launch beside_if_possible = std::launch::async | std::launch::deferred;

// Calls work(0) … work(count - 1), each once, in no order. The first exception stops the loop, what
// is under way ends, and it is thrown here.
void parallel_for(std::size_t count, unsigned threads,
                  const std::function<void(std::size_t)>& work);

}  // namespace ballast
