// One gzip member out of many blocks: each is a run of deflate blocks that ends on a byte and looks
// back to nothing before it.
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <array>
#include <stdexcept>

#include "host/packer.h"

namespace ballast {

namespace {

constexpr unsigned level = 2;  // as the program igzip; 3 takes four times as long for 0.3 %

std::uint8_t* bytes_of(const char* text) {
  return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text));
}

std::string little_endian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8)
    bytes += static_cast<char>(static_cast<unsigned char>(number >> shift));
  return bytes;
}

class DeflatePacker : public BlockPacker {
 public:
  void pack(std::string_view block, std::vector<char>& packed) override {
    // Stored blocks are what cannot be packed: 5 bytes for each 64 kB, and the flush at the end.
    packed.resize(block.size() + block.size() / 1024 + 1024);
    isal_deflate_init(stream_.get());
    stream_->level = level;
    stream_->level_buf = tables_.data();
    stream_->level_buf_size = static_cast<std::uint32_t>(tables_.size());
    stream_->flush = FULL_FLUSH;
    stream_->next_in = bytes_of(block.data());
    stream_->avail_in = static_cast<std::uint32_t>(block.size());
    stream_->next_out = bytes_of(packed.data());
    stream_->avail_out = static_cast<std::uint32_t>(packed.size());
    if (isal_deflate(stream_.get()) != COMP_OK || stream_->avail_in != 0 || stream_->avail_out == 0)
      throw std::runtime_error("a block could not be compressed");
    packed.resize(stream_->total_out);
  }

 private:
  std::unique_ptr<isal_zstream> stream_ = std::make_unique<isal_zstream>();
  std::vector<std::uint8_t> tables_ = std::vector<std::uint8_t>(ISAL_DEF_LVL2_DEFAULT);
};

class GzipFormat : public PackFormat {
 public:
  std::unique_ptr<BlockPacker> packer() const override { return std::make_unique<DeflatePacker>(); }
  // RFC 1952: deflate, no flags, no time, Unix.
  std::string head() const override { return {"\x1f\x8b\x08\0\0\0\0\0\0\x03", 10}; }
  void saw(std::string_view block) override {
    checksum_ = crc32_gzip_refl(checksum_, bytes_of(block.data()), block.size());
    size_ += static_cast<std::uint32_t>(block.size());  // modulo 2^32, as the format has it
  }
  // A last block that is empty, then what was in all of them.
  std::string tail() const override {
    return std::string("\x03\0", 2) + little_endian(checksum_) + little_endian(size_);
  }

 private:
  std::uint32_t checksum_ = 0;
  std::uint32_t size_ = 0;
};

}  // namespace

std::unique_ptr<PackFormat> gzip_format() { return std::make_unique<GzipFormat>(); }

}  // namespace ballast
