// A stream compressed by many threads into one file.
#pragma once

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "host/file_writer.h"
#include "host/packer.h"

namespace ballast {

// The caller fills blocks in a ring, the threads pack them, and the caller writes each packed one
// when its place in the ring is needed again. So the order stays, memory is bounded, and a slow
// disk slows the caller.
class PackedFile {
 public:
  PackedFile(std::unique_ptr<FileWriter> file, std::unique_ptr<PackFormat> format);
  PackedFile(const PackedFile&) = delete;
  PackedFile& operator=(const PackedFile&) = delete;
  ~PackedFile();

  void append(std::string_view bytes);
  WrittenFile finish();

 private:
  struct Block {
    std::vector<char> content;
    std::vector<char> packed;
    bool in_work = false;
  };

  Block& at(std::size_t number) { return ring_[number % ring_.size()]; }
  void hand_over();
  void write_packed(std::size_t number);
  void work();
  void pack_blocks(BlockPacker& packer);

  std::unique_ptr<FileWriter> file_;
  std::unique_ptr<PackFormat> format_;
  std::vector<Block> ring_;

  // Blocks by number: written_ <= those in the ring < filled_; the threads take taken_ < filled_.
  std::size_t written_ = 0;
  std::size_t filled_ = 0;
  std::size_t taken_ = 0;
  bool stopped_ = false;
  std::exception_ptr failure_;
  std::mutex mutex_;
  std::condition_variable work_there_;
  std::condition_variable work_done_;
  std::vector<std::jthread> threads_;  // last, so that they end before what they use
};

}  // namespace ballast
