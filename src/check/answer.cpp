#include "check/answer.h"

#include <fmt/format.h>

#include <algorithm>

namespace ballast {

namespace {

CheckResult answer(Verdict verdict, std::string measured, std::string hint, std::string subject) {
  return {.name = {},
          .subject = std::move(subject),
          .verdict = verdict,
          .measured = std::move(measured),
          .hint = std::move(hint)};
}

bool lies_in(const std::string& path, const std::string& folder) {
  if (path == folder || folder == "/") return true;
  return path.starts_with(folder) && path[folder.size()] == '/';
}

}  // namespace

CheckResult passes(std::string measured, std::string subject) {
  return answer(Verdict::pass, std::move(measured), {}, std::move(subject));
}

CheckResult fails(std::string measured, std::string hint, std::string subject) {
  return answer(Verdict::fail, std::move(measured), std::move(hint), std::move(subject));
}

CheckResult unsure(std::string measured, std::string hint, std::string subject) {
  return answer(Verdict::unknown, std::move(measured), std::move(hint), std::move(subject));
}

CheckResult unsure_without_engine(std::string subject) {
  return unsure("not known while the engine does not answer", {}, std::move(subject));
}

const Target& required_target(const CheckContext& context) {
  if (!context.target) throw Error(Kind::failed, "there is no container to ask");
  return *context.target;
}

const docker::Image& required_image(const CheckContext& context) {
  if (!context.image)
    throw Error(Kind::failed, fmt::format("the image of {} was not looked at", context.tag));
  return *context.image;
}

const EnvFile& required_env(const CheckContext& context) {
  if (context.env == nullptr)
    throw Error(Kind::failed, fmt::format("{}/.env could not be read", context.directory));
  return *context.env;
}

const ComposeService& required_service(const CheckContext& context) {
  const ComposeService* service = context.compose.service(context.policy.service);
  if (service == nullptr)
    throw Error(Kind::failed, fmt::format("{} has no service `{}`", context.compose_path,
                                          context.policy.service));
  return *service;
}

ComposeService resolved_service(const CheckContext& context) {
  if (context.read_compose)
    if (const ComposeReading reading = context.read_compose(); reading.resolved)
      if (const ComposeService* service = reading.resolved->service(context.policy.service))
        return *service;
  return required_service(context);
}

std::string log_hint(const Target& target) {
  return fmt::format("look at `docker logs --tail 50 {}`", target.container.name);
}

bool within(const std::string& path, const std::vector<std::string>& folders) {
  const std::string wanted = without_trailing_slash(path);
  return std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
    return lies_in(wanted, without_trailing_slash(folder));
  });
}

std::string without_trailing_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace ballast
