// Attachment files, named by the SHA-1 of their content: "aa/aabb…", the name that Odoo keeps in
// ir_attachment.store_fname, the path below a database's filestore and the path in the pool.
// A set's list of them has one a line, sorted, each once; all lines are equally long.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ballast {

// Twenty bytes and not their text, since a server holds millions. Sorts as the text does.
struct AttachmentName {
  std::array<std::uint8_t, 20> sha1{};

  std::string text() const;  // "aa/aabb…"
  std::string hex() const;   // "aabb…"

  friend auto operator<=>(const AttachmentName&, const AttachmentName&) = default;
};

inline constexpr unsigned attachment_folders = 256;
std::string attachment_folder(unsigned number);  // "aa"

// nullopt for everything else, also for "aa/bb…" and for digits in upper case.
std::optional<AttachmentName> parse_attachment_name(std::string_view text);

// `names` sorted, each once.
std::string print_attachments(std::span<const AttachmentName> names);

// Reads a list in pieces of any length, so that its size costs no memory.
// Error(failed) "<path>:<line>: …" for what is no name, is out of order or cut off.
class AttachmentReader {
 public:
  explicit AttachmentReader(std::string path) : path_(std::move(path)) {}

  void add(std::string_view piece, std::vector<AttachmentName>& names);  // appends to `names`
  void end();

 private:
  AttachmentName next(std::string_view line);
  [[noreturn]] void refuse(std::string_view problem) const;

  std::string path_;
  std::string rest_;  // of a line that the last piece cut
  std::size_t lines_ = 0;
  AttachmentName last_;
};

}  // namespace ballast
