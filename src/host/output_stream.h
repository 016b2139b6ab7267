// One of a child's output streams: kept up to a limit and told line by line, or handed on as it is.
// Private to this room.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "host/descriptor.h"

namespace ballast {

class OutputStream {
 public:
  using Listener = std::function<void(std::string_view line)>;
  using Sink = std::function<void(std::string_view bytes)>;

  OutputStream(Descriptor descriptor, std::size_t limit, Listener listener, Sink sink = nullptr)
      : descriptor_(std::move(descriptor)),
        limit_(limit),
        listener_(std::move(listener)),
        sink_(std::move(sink)) {}

  bool is_open() const { return static_cast<bool>(descriptor_); }
  int number() const { return descriptor_.get(); }
  // What is there, without waiting, and not for ever when it never stops.
  void take();
  // Tells the last line, even when no line break ends it.
  void close();

  std::string& kept() { return kept_; }
  bool truncated() const { return truncated_; }

 private:
  void add(std::string_view bytes);
  void tell(std::string_view bytes);
  void tell_line();

  Descriptor descriptor_;
  std::size_t limit_;
  Listener listener_;
  Sink sink_;
  std::string kept_;
  std::string line_;
  bool truncated_ = false;
};

}  // namespace ballast
