// Each block a zstd frame with a checksum. (The filter of libarchive writes none, and a flipped bit
// would go unnoticed.)
#include <zstd.h>

#include <stdexcept>

#include "host/packer.h"

namespace ballast {

namespace {

class FramePacker : public BlockPacker {
 public:
  FramePacker() : context_(ZSTD_createCCtx(), ZSTD_freeCCtx) {
    if (!context_) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, ZSTD_CLEVEL_DEFAULT);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
  }
  void pack(std::string_view block, std::vector<char>& packed) override {
    packed.resize(ZSTD_compressBound(block.size()));
    const std::size_t size =
        ZSTD_compress2(context_.get(), packed.data(), packed.size(), block.data(), block.size());
    if (ZSTD_isError(size) != 0) throw std::runtime_error("a block could not be compressed");
    packed.resize(size);
  }

 private:
  std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context_;
};

class ZstdFormat : public PackFormat {
 public:
  std::unique_ptr<BlockPacker> packer() const override { return std::make_unique<FramePacker>(); }
  std::string head() const override { return {}; }
  void saw(std::string_view) override {}
  std::string tail() const override { return {}; }
};

}  // namespace

std::unique_ptr<PackFormat> zstd_format() { return std::make_unique<ZstdFormat>(); }

}  // namespace ballast
