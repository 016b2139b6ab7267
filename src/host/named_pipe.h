#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "host/descriptor.h"
#include "host/folder.h"
#include "host/pipe_writer.h"

namespace ballast {

class NamedPipe : public PipeWriter {
 public:
  // nullptr where the file system has no pipes, or no room.
  static std::unique_ptr<NamedPipe> create(const std::string& path);
  ~NamedPipe() override;
  NamedPipe(const NamedPipe&) = delete;
  NamedPipe& operator=(const NamedPipe&) = delete;

  std::size_t offer(std::string_view bytes) override;
  void end() override;

 private:
  explicit NamedPipe(Place place) : place_(std::move(place)) {}
  bool has_reader();

  Place place_;
  Descriptor pipe_;
};

}  // namespace ballast
