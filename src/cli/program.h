// The program without its main: words in, exit status out.
#pragma once

#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/features.h"
#include "host/host.h"

namespace ballast {

const Signature& program_signature();  // what `ballast` takes without a command

// Looks the command up, runs it, and prints the Error that ends it.
int run_program(Host& host, const std::vector<std::string>& words, const MakeFeatures& make);

}  // namespace ballast
