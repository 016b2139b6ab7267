// `ballast drill`: a set restored into throw-away containers, proved, run, verified and timed. The
// live stack is not touched, and nothing of it stays but its report.
#pragma once

#include <string>

#include "backup/drill_report.h"
#include "live/work.h"

namespace ballast {

struct DrillRequest {
  std::string stack;
  std::string set = "latest";
  std::string operator_name;
  Duration wait{};
};

// A drill that fails is a report that did not pass, not an Error.
DrillReport drill(Server& server, Progress& progress, const DrillRequest& request);
Course drill_course(Work& work);

}  // namespace ballast
