#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "cli/program.h"

int main(int argc, char** argv) {
  try {
    ballast::RealHost host;
    const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    return ballast::run_program(host.get(), words, ballast::features_of_server);
  } catch (const ballast::Error& error) {
    std::fputs(error.text().c_str(), stderr);
    return ballast::exit_status(error.kind());
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "error: internal error: %s\n", exception.what());
    return 1;
  }
}
