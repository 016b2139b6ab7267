// How deploy, rollback and adopt show their plan and their result.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/features.h"
#include "cli/output.h"
#include "deploy/deploy.h"

namespace ballast {

// Both return the exit status.
int show_result(Output& output, const OperationResult& result, std::string_view kind);
// 3 when a gate would refuse; `overrides` are the gates that would be passed over.
int show_preview(Output& output, const Preview& preview,
                 const std::vector<std::string>& overrides = {});

// One row a check; below them the hints of those that do not pass.
std::string checks_text(Output& output, const std::vector<CheckResult>& results,
                        const std::vector<std::string>& overrides = {});

}  // namespace ballast
