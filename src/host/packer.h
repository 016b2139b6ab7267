// Compression of a stream in blocks, each for itself, so that many threads can share it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ballast {

// One for each thread.
class BlockPacker {
 public:
  virtual ~BlockPacker() = default;
  // `packed` is emptied first.
  virtual void pack(std::string_view block, std::vector<char>& packed) = 0;
};

// What the packed blocks, one after another, need around them to be a file.
class PackFormat {
 public:
  virtual ~PackFormat() = default;
  virtual std::unique_ptr<BlockPacker> packer() const = 0;
  virtual std::string head() const = 0;
  virtual void saw(std::string_view block) = 0;  // each one, in order
  virtual std::string tail() const = 0;
};

std::unique_ptr<PackFormat> gzip_format();
std::unique_ptr<PackFormat> zstd_format();

}  // namespace ballast
