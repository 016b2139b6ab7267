// Proves that dumps can be read to their end: pg_restore reads each one back from the disk while it
// is still being written, so that the proof takes hardly any time of its own.
#pragma once

#include <future>
#include <memory>
#include <set>
#include <string>

#include "backup/dump_reader.h"

namespace ballast {

class DumpProof {
 public:
  // As those of DumpReader.
  DumpProof(Server& server, const std::string& operation, const std::string& image,
            const std::string& folder);
  ~DumpProof();
  DumpProof(const DumpProof&) = delete;
  DumpProof& operator=(const DumpProof&) = delete;

  // One dump at a time: its file is there, has grown by so many bytes, is whole; or it never will
  // be.
  void begin(const std::string& dump);
  void grown(std::uint64_t bytes);
  void whole();
  void abandon();

  // Error(failed) with pg_restore's words. A dump that was not read while it was written, for
  // whatever reason, is read now.
  void require(const std::string& dump);

 private:
  using Reader = std::shared_ptr<DumpReader>;

  void push();
  bool has_ended() const;
  bool end();

  Server& server_;
  std::string folder_;
  std::shared_future<Reader> reader_;
  std::set<std::string> proved_;

  // Of the one that is being written.
  std::string dump_;
  std::uint64_t written_ = 0;
  std::uint64_t pushed_ = 0;
  std::unique_ptr<PipeWriter> pipe_;
  std::future<bool> reading_;  // whether it ended well; valid as long as there is a pipe
};

}  // namespace ballast
