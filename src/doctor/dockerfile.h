// What a Dockerfile does, as far as weaknesses can be seen in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ballast::doctor {

struct Instruction {
  int line = 0;
  std::string name;                // "copy", in lower case
  std::vector<std::string> words;  // of either form, flags left out
};

// Of the last stage: what is in the image.
std::vector<Instruction> instructions_of(std::string_view dockerfile);
std::vector<Instruction> named(const std::vector<Instruction>& instructions, std::string_view name);

// Whether the text of .dockerignore keeps this file out of what is sent to be built.
bool is_ignored(std::string_view docker_ignore, std::string_view file);

}  // namespace ballast::doctor
