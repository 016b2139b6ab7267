// For tests: a plain tar archive, written by hand so that it may hold anything.
#pragma once

#include <fmt/format.h>

#include <numeric>
#include <string>

namespace ballast {

// Types as tar has them: '0' a file, '1' a hard link, '2' a symlink, '5' a folder, '3' a device.
class TestTar {
 public:
  TestTar& add(const std::string& name, char type, const std::string& content = {},
               const std::string& target = {}) {
    std::string header(512, '\0');
    const auto put = [&](std::size_t at, const std::string& text) {
      header.replace(at, text.size(), text);
    };
    put(0, name);
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, fmt::format("{:011o}", content.size()));
    put(136, "00000000000");
    put(148, "        ");
    header[156] = type;
    put(157, target);
    put(257, "ustar");
    put(263, "00");
    const int sum = std::accumulate(header.begin(), header.end(), 0, [](int total, char byte) {
      return total + static_cast<unsigned char>(byte);
    });
    put(148, fmt::format("{:06o}", sum));
    header[154] = '\0';
    bytes_ += header + content + std::string((512 - content.size() % 512) % 512, '\0');
    return *this;
  }
  std::string text() const { return bytes_ + std::string(1024, '\0'); }

 private:
  std::string bytes_;
};

}  // namespace ballast
