// Each check's question, one file a check; table.cpp names them.
#pragma once

#include "check/answer.h"

namespace ballast::checks {

Answers addons(const CheckContext& context);
Answers addons_served(const CheckContext& context);
Answers compose_valid(const CheckContext& context);
Answers container_health(const CheckContext& context);
Answers container_running(const CheckContext& context);
Answers data_volumes(const CheckContext& context);
Answers disk_space(const CheckContext& context);
Answers engine(const CheckContext& context);
Answers files_by_hand(const CheckContext& context);
Answers files_label(const CheckContext& context);
Answers files_policy(const CheckContext& context);
Answers files_privileges(const CheckContext& context);
Answers files_variables(const CheckContext& context);
Answers memory(const CheckContext& context);
Answers moved_tag(const CheckContext& context);
Answers port_open(const CheckContext& context);
Answers project_folder(const CheckContext& context);
Answers revision_label(const CheckContext& context);
Answers stack_files(const CheckContext& context);
Answers tag_pattern(const CheckContext& context);
Answers urls(const CheckContext& context);
Answers variables(const CheckContext& context);
Answers web_asset(const CheckContext& context);
Answers web_health(const CheckContext& context);
Answers web_login(const CheckContext& context);
Answers websocket_handshake(const CheckContext& context);
Answers websocket_health(const CheckContext& context);

}  // namespace ballast::checks
