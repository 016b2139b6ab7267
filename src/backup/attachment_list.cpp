#include "backup/attachment_list.h"

#include <algorithm>

#include "base/error.h"

namespace ballast {

namespace {

constexpr std::size_t piece_size = 16U << 10;  // hundreds of lists are read side by side

}  // namespace

AttachmentList::AttachmentList(Trees& trees, const Below& file)
    : trees_(trees), file_(file), reader_(file.whole()) {}

std::vector<AttachmentName> AttachmentList::names_in(unsigned folder) {
  while (!ended_ && (ahead_.empty() || ahead_.back().sha1.front() <= folder)) read_on();
  const auto first = std::ranges::partition_point(
      ahead_, [&](const AttachmentName& name) { return name.sha1.front() < folder; });
  const auto last = std::partition_point(
      first, ahead_.end(), [&](const AttachmentName& name) { return name.sha1.front() == folder; });
  std::vector<AttachmentName> names(first, last);
  ahead_.erase(ahead_.begin(), last);
  return names;
}

std::vector<AttachmentName> AttachmentList::all() {
  std::vector<AttachmentName> names;
  for (unsigned folder = 0; folder < attachment_folders; ++folder) {
    const auto some = names_in(folder);
    names.insert(names.end(), some.begin(), some.end());
  }
  return names;
}

void AttachmentList::read_on() {
  const auto piece = trees_.read_part(file_, offset_, piece_size);
  if (!piece) throw Error(Kind::failed, file_.whole() + " is missing");
  offset_ += piece->size();
  reader_.add(*piece, ahead_);
  ended_ = piece->empty();
  if (ended_) reader_.end();
}

}  // namespace ballast
