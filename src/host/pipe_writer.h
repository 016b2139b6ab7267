// A pipe with a name, so that a program elsewhere reads what is written while it is written.
// Nothing here waits; gone at the end.
#pragma once

#include <cstddef>
#include <string_view>

namespace ballast {

class PipeWriter {
 public:
  virtual ~PipeWriter() = default;

  // How many of the bytes it took. 0: nobody reads, or not fast enough: offer them again later.
  virtual std::size_t offer(std::string_view bytes) = 0;
  // The end, for whoever reads now. One that opens the pipe later would wait: call it until there
  // is no such one.
  virtual void end() = 0;
};

}  // namespace ballast
