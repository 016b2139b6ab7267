// How lines differ from what they should be. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ballast {

// A line that is only in one of the two, or that is another one in its place. Lines count from 0.
struct LineDifference {
  std::optional<std::size_t> there;     // in what stands there
  std::optional<std::size_t> expected;  // in what should
};

std::vector<LineDifference> line_differences(const std::vector<std::string>& there,
                                             const std::vector<std::string>& expected);

}  // namespace ballast
