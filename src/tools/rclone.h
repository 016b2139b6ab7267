// rclone, as far as Ballast uses it: what its configuration says of a remote, lists, copies and
// comparisons. Nothing of the configuration but what stands in RemoteFacts ever leaves this file.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/secrets.h"
#include "host/host.h"
#include "model/remote.h"

namespace ballast {

struct RemoteFacts {
  std::string type;  // "sftp"
  // What is stored there is encrypted: a crypt remote, and not one that leaves content as it is.
  bool is_encrypted = false;
  std::string wrapped;  // of a crypt remote: the one that it stores in, "nas:backups"
};

// How a copy is compared with what it is a copy of.
enum class Comparison {
  hashes,            // the storage tells the hash of a file
  encrypted_hashes,  // it tells that of the encrypted file, which rclone can compute here
  content            // it tells none: everything is read back
};

// What is done, of all there is to do, in bytes.
using OnTransfer = std::function<void(std::uint64_t done, std::uint64_t total)>;

class Rclone {
 public:
  // `lock` (or -1) is a descriptor that its processes inherit, so that none outlives the lock.
  // Error(refused) when rclone is not installed.
  explicit Rclone(Host& host, int lock = -1, OnTransfer on_transfer = {});

  // Each throws Error(failed) with rclone's own last words when it does not end well.

  // Error(refused) when its configuration cannot be read or does not know the remote.
  RemoteFacts facts(const Remote& remote);
  Comparison comparison(const Remote& remote, const RemoteFacts& facts);
  // Calls `on_file` for each file that lies `depth` folders down (1: in the folder itself); nothing
  // when the folder is absent.
  void list(const Remote& folder, int depth,
            const std::function<void(std::string_view path, std::uint64_t size)>& on_file);
  // Files by their paths below the two folders, one of which is on a remote. What is there already
  // in the same size is passed over, unless all is to be copied `anew`; what `from` lacks is left
  // out.
  void copy(const std::string& from, const std::string& to, const std::vector<std::string>& files,
            bool anew = false);
  // Those of `files` that `to` lacks or has with other content than the folder here.
  std::vector<std::string> differing(const std::string& folder, const std::string& to,
                                     const std::vector<std::string>& files, Comparison how);

 private:
  std::vector<std::string> differing_batch(const std::string& folder, const std::string& to,
                                           const std::vector<std::string>& files, Comparison how);
  // It is ended when too many files failed of what it `gives_up_on` (empty: it never is).
  Outcome run(std::vector<std::string> words, const std::vector<std::string>& files,
              Duration deadline, const std::function<void(std::string_view)>& on_output,
              const std::string& gives_up_on = {});
  bool hear(std::string_view line);  // true when it tells of a file that failed
  std::string last_words(const Outcome& outcome) const;
  std::string shown(const std::string& words) const;
  [[noreturn]] void give_up(const std::string& what) const;
  [[noreturn]] void fail(const Outcome& outcome, const std::string& what);

  Host& host_;
  int lock_;
  OnTransfer on_transfer_;
  Secrets secrets_;
  std::string of_a_file_;  // what it said last of one
  std::string of_all_;
};

// Pure parts.
std::vector<std::string> list_words(const Remote& folder, int depth);
// By patterns: with a list of files rclone 1.60 asks the remote for each, and when the remote fails
// meanwhile it hangs for ever, or tries them all in vain.
std::vector<std::string> copy_words(const std::string& from, const std::string& to, bool anew);
std::vector<std::string> compare_words(const std::string& folder, const std::string& to,
                                       Comparison how);
std::vector<std::string> patterns_for(const std::vector<std::string>& files);
// Of `rclone config dump`; nullopt when it has no such remote.
std::optional<RemoteFacts> facts_in_dump(const Json& dump, std::string_view name);
// What of the configuration must never be shown.
Secrets secrets_in_dump(const Json& dump);
// Empty for what is no line of a file.
struct ListedFile {
  std::string_view path;
  std::uint64_t size = 0;
};
std::optional<ListedFile> parse_listed(std::string_view line);
// What a line of stderr says, be it JSON or not; empty for what is no trouble.
std::string trouble_in(std::string_view line);
std::map<std::string, std::string> rclone_environment(Machine& machine);

}  // namespace ballast
