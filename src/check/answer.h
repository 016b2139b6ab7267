// Short forms of the three verdicts. run_checks() adds the check's name.
#pragma once

#include <string>
#include <vector>

#include "check/check.h"

namespace ballast {

using Answers = std::vector<CheckResult>;

CheckResult passes(std::string measured, std::string subject = {});
CheckResult fails(std::string measured, std::string hint, std::string subject = {});
CheckResult unsure(std::string measured, std::string hint, std::string subject = {});
CheckResult unsure_without_engine(std::string subject);  // `engine` tells why, and what to type

// What a check needs of its context; Error(failed), which becomes `unknown`, where it is not there.
const Target& required_target(const CheckContext& context);
const docker::Image& required_image(const CheckContext& context);
const EnvFile& required_env(const CheckContext& context);
const ComposeService& required_service(const CheckContext& context);
// As Compose itself reads it, with what an override or an included file adds.
ComposeService resolved_service(const CheckContext& context);

// "look at `docker logs --tail 50 shop_web_1`"
std::string log_hint(const Target& target);

// True when `path` is one of the folders or lies in one.
bool within(const std::string& path, const std::vector<std::string>& folders);
std::string without_trailing_slash(std::string path);

}  // namespace ballast
