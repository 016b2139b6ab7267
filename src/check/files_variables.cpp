#include <fmt/format.h>

#include "base/text.h"
#include "check/carried_files.h"
#include "check/checks.h"

namespace ballast::checks {

Answers files_variables(const CheckContext& context) {
  const CarriedFiles& files = required_files(context);
  const std::string path = context.directory + "/.env";
  if (!files.example) return {passes("the image carries no .env.example", path)};
  const EnvFile& env = required_env(context);
  std::vector<std::string> lacking;
  for (const auto& [name, value] : EnvFile(".env.example of the image", *files.example).values())
    if (!env.value(name)) lacking.push_back(name);
  if (lacking.empty()) return {passes("has every variable of the image's .env.example", path)};
  return {
      fails("lacks " + join(lacking, ", "),
            fmt::format("set {} in it: the image's .env.example names {}",
                        lacking.size() == 1 ? "it" : "them", lacking.size() == 1 ? "it" : "them"),
            path)};
}

}  // namespace ballast::checks
