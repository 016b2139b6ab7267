#include "host/unpacker.h"

#include <isa-l/igzip_lib.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <optional>
#include <vector>

#include "host/folder.h"
#include "host/posix_error.h"

namespace ballast {

namespace {

constexpr std::size_t piece_size = 256U << 10;
constexpr std::string_view gzip_magic = "\x1f\x8b";
constexpr std::string_view zstd_magic = "\x28\xb5\x2f\xfd";
constexpr const char* cut_off = "it is cut off";

Descriptor open_packed(const std::string& path) {
  struct stat status {};
  Descriptor file = Place(path).open_regular(status);
  if (!file) throw system_error("cannot read " + path, ENOENT);
  return file;
}

// The file's bytes, in pieces.
class Input {
 public:
  explicit Input(const std::string& path)
      : path_(path), file_(open_packed(path)), piece_(piece_size) {}

  // What is there already, or the next piece; empty at the end.
  std::string_view rest() {
    if (rest_.empty()) rest_ = read_piece();
    return rest_;
  }
  void taken(std::size_t size) { rest_.remove_prefix(size); }

 private:
  std::string_view read_piece() {
    ssize_t got = 0;
    do got = read(file_.get(), piece_.data(), piece_.size());
    while (got < 0 && errno == EINTR);
    if (got < 0) throw system_error("cannot read " + path_, errno);
    return {piece_.data(), static_cast<std::size_t>(got)};
  }

  std::string path_;
  Descriptor file_;
  std::vector<char> piece_;
  std::string_view rest_;
};

class UnpackerOfInput : public Unpacker {
 public:
  explicit UnpackerOfInput(Input input) : input_(std::move(input)), output_(piece_size) {}

  std::string_view next() override {
    while (damage_.empty()) {
      const std::string_view packed = input_.rest();
      if (packed.empty() && between_) return {};
      if (const std::size_t size = step(packed); size > 0) return {output_.data(), size};
      if (packed.empty() && !between_ && damage_.empty()) damage_ = cut_off;
    }
    return {};
  }
  const std::string& damage() const override { return damage_; }

 protected:
  // Unpacks some of `packed` (empty: what it still holds) into the output; returns how much came
  // out.
  virtual std::size_t step(std::string_view packed) = 0;

  Input input_;
  std::vector<char> output_;
  bool between_ = true;  // two members or frames: the file may end here
  std::string damage_;
};

class Gunzip : public UnpackerOfInput {
 public:
  explicit Gunzip(Input input) : UnpackerOfInput(std::move(input)) { begin(); }

 private:
  void begin() {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;
  }

  std::size_t step(std::string_view packed) override {
    if (between_) begin();
    between_ = false;
    state_->next_in =
        const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(packed.data()));
    state_->avail_in = static_cast<std::uint32_t>(packed.size());
    state_->next_out = reinterpret_cast<std::uint8_t*>(output_.data());
    state_->avail_out = static_cast<std::uint32_t>(output_.size());
    const int result = isal_inflate(state_.get());
    input_.taken(packed.size() - state_->avail_in);
    if (result == ISAL_INCORRECT_CHECKSUM)
      damage_ = "the checksum of what is in it is wrong";
    else if (result < 0)
      damage_ = "its compressed data are damaged";
    between_ = state_->block_state == ISAL_BLOCK_FINISH;
    return output_.size() - state_->avail_out;
  }

  std::unique_ptr<inflate_state> state_ = std::make_unique<inflate_state>();
};

class Unzstd : public UnpackerOfInput {
 public:
  explicit Unzstd(Input input)
      : UnpackerOfInput(std::move(input)), context_(ZSTD_createDCtx(), ZSTD_freeDCtx) {
    if (!context_) throw std::bad_alloc();
  }

 private:
  std::size_t step(std::string_view packed) override {
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    ZSTD_outBuffer out{output_.data(), output_.size(), 0};
    const std::size_t result = ZSTD_decompressStream(context_.get(), &out, &in);
    input_.taken(in.pos);
    if (ZSTD_isError(result) != 0)
      damage_ = std::string("its compressed data are damaged: ") + ZSTD_getErrorName(result);
    between_ = result == 0;
    return out.pos;
  }

  std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context_;
};

class Unknown : public Unpacker {
 public:
  explicit Unknown(bool empty)
      : damage_(empty ? "it is empty"
                      : "it is neither gzip nor zstd, or its beginning is damaged") {}
  std::string_view next() override { return {}; }
  const std::string& damage() const override { return damage_; }

 private:
  std::string damage_;
};

}  // namespace

std::unique_ptr<Unpacker> unpack(const std::string& path) {
  Input input(path);
  const std::string_view head = input.rest();
  if (head.starts_with(gzip_magic)) return std::make_unique<Gunzip>(std::move(input));
  if (head.starts_with(zstd_magic)) return std::make_unique<Unzstd>(std::move(input));
  return std::make_unique<Unknown>(head.empty());
}

}  // namespace ballast
