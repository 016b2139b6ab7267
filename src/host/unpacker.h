// A compressed file as the stream that it was made from.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace ballast {

class Unpacker {
 public:
  virtual ~Unpacker() = default;
  // The next piece, valid until the next call; empty at the end, and where the file is damaged.
  virtual std::string_view next() = 0;
  // Empty while there is none.
  virtual const std::string& damage() const = 0;
};

// gzip (any number of members) or zstd (any number of frames), told apart by their first bytes. An
// Error when the file cannot be read.
std::unique_ptr<Unpacker> unpack(const std::string& path);

}  // namespace ballast
