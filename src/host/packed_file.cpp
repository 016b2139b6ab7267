#include "host/packed_file.h"

#include <algorithm>

namespace ballast {

namespace {

constexpr std::size_t block_size = 1U << 20;
constexpr unsigned most_threads = 4;  // they hold some 5 MB each, and the disk is the limit by then

unsigned thread_count() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, most_threads);
}

std::string_view view(const std::vector<char>& bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

PackedFile::PackedFile(std::unique_ptr<FileWriter> file, std::unique_ptr<PackFormat> format)
    : file_(std::move(file)), format_(std::move(format)), ring_(2 * thread_count() + 1) {
  for (Block& block : ring_) block.content.reserve(block_size);
  file_->append(format_->head());
  for (unsigned number = 0; number < thread_count(); ++number)
    threads_.emplace_back([this] { work(); });
}

PackedFile::~PackedFile() {
  {
    const std::lock_guard guard(mutex_);
    stopped_ = true;
  }
  work_there_.notify_all();
}

void PackedFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    std::vector<char>& content = at(filled_).content;
    const std::string_view piece = bytes.substr(0, block_size - content.size());
    content.insert(content.end(), piece.begin(), piece.end());
    bytes.remove_prefix(piece.size());
    if (content.size() == block_size) hand_over();
  }
}

void PackedFile::hand_over() {
  format_->saw(view(at(filled_).content));
  {
    const std::lock_guard guard(mutex_);
    at(filled_).in_work = true;
    ++filled_;
  }
  work_there_.notify_one();
  if (filled_ - written_ == ring_.size()) write_packed(written_++);
}

void PackedFile::write_packed(std::size_t number) {
  Block& block = at(number);
  {
    std::unique_lock lock(mutex_);
    work_done_.wait(lock, [&] { return !block.in_work || failure_; });
    if (failure_) std::rethrow_exception(failure_);
  }
  file_->append(view(block.packed));
  block.content.clear();
}

WrittenFile PackedFile::finish() {
  if (!at(filled_).content.empty()) hand_over();
  while (written_ < filled_) write_packed(written_++);
  file_->append(format_->tail());
  return file_->finish();
}

void PackedFile::work() {
  try {
    pack_blocks(*format_->packer());
  } catch (...) {
    const std::lock_guard guard(mutex_);
    failure_ = std::current_exception();
    work_done_.notify_all();
  }
}

void PackedFile::pack_blocks(BlockPacker& packer) {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_there_.wait(lock, [this] { return stopped_ || taken_ < filled_; });
    if (stopped_) return;
    Block& block = at(taken_++);
    lock.unlock();
    packer.pack(view(block.content), block.packed);
    lock.lock();
    block.in_work = false;
    work_done_.notify_one();
  }
}

}  // namespace ballast
