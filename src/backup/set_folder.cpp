#include "backup/set_folder.h"

#include <fmt/format.h>

#include <algorithm>

#include "backup/store.h"

namespace ballast {

namespace {

constexpr std::size_t names_printed_at_once = 4096;

}  // namespace

SetFolder::SetFolder(Host& host, std::string folder) : host_(host), folder_(std::move(folder)) {}

std::string SetFolder::path_of(const std::string& file) const {
  return fmt::format("{}/{}", folder_, file);
}

void SetFolder::make_directories() {
  for (const char* below : {"", "/databases", "/volumes", "/stack"})
    host_.disk.make_directories(folder_ + below, 0700);
}

std::unique_ptr<FileWriter> SetFolder::create(const std::string& file) {
  return host_.trees.create(path_of(file));
}

void SetFolder::record(const std::string& file, const WrittenFile& written) {
  files_.push_back({.path = file, .size = written.size, .sha256 = written.sha256});
}

void SetFolder::put(const std::string& file, std::string_view text) {
  auto writer = create(file);
  writer->append(text);
  record(file, writer->finish());
}

void SetFolder::put_list(const std::string& file, std::span<const AttachmentName> names) {
  auto writer = create(file);
  for (std::size_t first = 0; first < names.size(); first += names_printed_at_once)
    writer->append(print_attachments(
        names.subspan(first, std::min(names_printed_at_once, names.size() - first))));
  record(file, writer->finish());
}

}  // namespace ballast
