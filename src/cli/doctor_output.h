// What `ballast doctor` found, for people and for programs.
#pragma once

#include "cli/output.h"
#include "doctor/examine.h"

namespace ballast {

void show_examined(Output& output, const doctor::Report& report);
Json doctor_json(const doctor::Report& report, int status);

}  // namespace ballast
