// A file descriptor that closes itself, and the loops that every read and write needs.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ballast {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { close(); }

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  int release() { return std::exchange(number_, -1); }
  void close();

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor reader;
  Descriptor writer;
};

Pipe make_pipe();

// False, with errno set, when not all of it could be written.
bool write_all(int descriptor, std::string_view bytes);
// Up to `limit` bytes; nullopt, with errno set, on a failure.
std::optional<std::string> read_up_to(int descriptor, std::size_t limit);

}  // namespace ballast
