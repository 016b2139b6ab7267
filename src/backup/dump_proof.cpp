#include "backup/dump_proof.h"

#include <fmt/format.h>

#include <algorithm>

#include "host/parallel.h"
#include "operation/interruption.h"

namespace ballast {

namespace {

constexpr std::uint64_t piece_size = 256U << 10;
constexpr std::chrono::milliseconds pause{2};

template <typename Result>
bool is_deferred(const std::future<Result>& future) {
  return future.wait_for(std::chrono::seconds(0)) == std::future_status::deferred;
}

}  // namespace

DumpProof::DumpProof(Server& server, const std::string& operation, const std::string& image,
                     const std::string& folder)
    : server_(server), folder_(folder) {
  const auto make = [&server, operation, image, folder] {
    return std::make_shared<DumpReader>(server, operation, image, folder);
  };
  reader_ = std::async(beside_if_possible, make).share();
}

DumpProof::~DumpProof() {
  try {
    abandon();
  } catch (const std::exception&) {
    return;  // its container goes with it
  }
}

void DumpProof::abandon() {
  if (pipe_) end();
}

void DumpProof::begin(const std::string& dump) {
  abandon();
  dump_ = dump;
  written_ = pushed_ = 0;
  const std::string name = dump + ".pipe";
  pipe_ = server_.host.trees.create_pipe(fmt::format("{}/{}", folder_, name));
  const auto read = [reader = reader_, name] {
    try {
      reader.get()->read(name);
      return true;
    } catch (const std::exception&) {
      return false;  // the dump itself will tell why
    }
  };
  reading_ = std::async(beside_if_possible, read);
  if (is_deferred(reading_)) pipe_.reset();
}

void DumpProof::grown(std::uint64_t bytes) {
  written_ += bytes;
  if (pipe_ && written_ - pushed_ >= piece_size && !has_ended()) push();
}

void DumpProof::push() {
  while (pushed_ < written_) {
    const auto piece = server_.host.trees.read_part({folder_, dump_}, pushed_,
                                                    std::min(piece_size, written_ - pushed_));
    const std::size_t taken = piece ? pipe_->offer(*piece) : 0;
    pushed_ += taken;
    if (taken < piece_size) return;
  }
}

void DumpProof::whole() {
  if (!pipe_) return;
  while (pushed_ < written_ && !has_ended()) {
    stop_when_interrupted(server_.host, "reading back " + dump_);
    push();
    if (pushed_ < written_) reading_.wait_for(pause);
  }
  const bool is_all = pushed_ == written_;
  if (end() && is_all) proved_.insert(dump_);
}

bool DumpProof::has_ended() const {
  return reading_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

bool DumpProof::end() {
  do pipe_->end();
  while (reading_.wait_for(pause) != std::future_status::ready);
  pipe_.reset();
  return reading_.get();
}

void DumpProof::require(const std::string& dump) {
  if (!proved_.contains(dump)) reader_.get()->read(dump);
}

}  // namespace ballast
