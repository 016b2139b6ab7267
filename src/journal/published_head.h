// The head of the audit chain as it is told to the outside.
#pragma once

#include <string>

namespace ballast {

// "57:3f9a…"; empty where no journal is there, or it cannot be read: what tells of it goes out all
// the same.
std::string published_head(const std::string& journal);

}  // namespace ballast
