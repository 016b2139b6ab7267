#include "model/pool_plan.h"

#include <algorithm>

namespace ballast {

PoolPlan::PoolPlan(std::span<const PoolFile> files) : files_(files), named_(files.size()) {}

// The first file that is not before `name`. Strides double from where the last search ended: a full
// list costs one pass over the pool, and a short one does not walk through all of it.
std::size_t PoolPlan::find(const AttachmentName& name) const {
  const bool goes_on = position_ == 0 || files_[position_ - 1].name < name;
  std::size_t begin = goes_on ? position_ : 0;
  std::size_t stride = 1;
  while (begin + stride <= files_.size() && files_[begin + stride - 1].name < name) {
    begin += stride;
    stride *= 2;
  }
  const auto rest = files_.subspan(begin, std::min(stride, files_.size() - begin));
  const auto found = std::ranges::lower_bound(rest, name, {}, &PoolFile::name);
  return begin + static_cast<std::size_t>(found - rest.begin());
}

std::vector<AttachmentName> PoolPlan::keep(std::span<const AttachmentName> names) {
  std::vector<AttachmentName> absent;
  for (const AttachmentName& name : names) {
    position_ = find(name);
    if (position_ < files_.size() && files_[position_].name == name)
      named_[position_++] = true;
    else
      absent.push_back(name);
  }
  return absent;
}

std::vector<PoolFile> PoolPlan::removable(Time now, Duration safety) const {
  std::vector<PoolFile> files;
  for (std::size_t index = 0; index < files_.size(); ++index) {
    const Time modified{std::chrono::seconds(files_[index].modified)};
    if (!named_[index] && now - modified > safety) files.push_back(files_[index]);
  }
  return files;
}

}  // namespace ballast
