// Stands in for libFuzzer where only g++ is at hand: runs every seed, then mutations of them that
// are the same on every run, for as long as it is told. Usage: fuzz_x [-seconds=N]
// FOLDER-OR-FILE...
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" void __sanitizer_set_death_callback(void (*callback)());

namespace {

namespace fs = std::filesystem;
using Seeds = std::vector<std::string>;
using Random = std::mt19937_64;

std::string running;

// The process is dying: what it says now need not be safe, only helpful.
void keep_input() {
  std::ofstream("crash-input", std::ios::binary) << running;
  std::cerr << "the input that broke it is kept in " << fs::absolute("crash-input") << "\n";
}

void on_signal(int) {
  keep_input();
  std::_Exit(1);
}

void run(const std::string& input) {
  running = input;
  // The bytes are copied to a block of exactly their size, so that a read past the end is seen.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

void read_seed(const fs::path& file, Seeds& seeds) {
  std::ifstream stream(file, std::ios::binary);
  seeds.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
}

void read_seeds(const fs::path& from, Seeds& seeds) {
  if (fs::is_regular_file(from)) read_seed(from, seeds);
  if (!fs::is_directory(from)) return;
  for (const auto& entry : fs::recursive_directory_iterator(from))
    if (entry.is_regular_file()) read_seed(entry.path(), seeds);
}

std::size_t below(Random& random, std::size_t limit) {
  return limit == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
}

// Bytes that parsers treat apart, more often than chance would pick them.
char interesting(Random& random) {
  using std::string_view_literals::operator""sv;
  static constexpr std::string_view bytes = "\0\n\r\t\"'\\{}[]:,|#$%&*!-=<>/@ \x7f\x80\xc3\xff"sv;
  return below(random, 4) == 0 ? static_cast<char>(below(random, 256))
                               : bytes[below(random, bytes.size())];
}

void mutate(std::string& input, const Seeds& seeds, Random& random) {
  const std::size_t at = below(random, input.size() + 1);
  switch (below(random, 5)) {
    case 0: input.insert(at, 1, interesting(random)); break;
    case 1: input.erase(at, below(random, 8) + 1); break;
    case 2: input.resize(at); break;
    case 3: input.insert(at, input.substr(below(random, input.size()), below(random, 32))); break;
    default: {
      const std::string& other = seeds[below(random, seeds.size())];
      input.replace(at, below(random, 16),
                    other.substr(below(random, other.size()), below(random, 64)));
    }
  }
  if (!input.empty() && below(random, 2) == 0)
    input[below(random, input.size())] = interesting(random);
}

}  // namespace

int main(int count, char** arguments) {
  __sanitizer_set_death_callback(keep_input);
  for (const int signal : {SIGABRT, SIGILL, SIGTRAP}) std::signal(signal, on_signal);
  int seconds = 1;
  Seeds seeds{""};
  for (const std::string_view argument :
       std::vector<std::string_view>(arguments + 1, arguments + count)) {
    if (argument.starts_with("-seconds="))
      std::from_chars(argument.data() + 9, argument.data() + argument.size(), seconds);
    else
      read_seeds(argument, seeds);
  }
  for (const std::string& seed : seeds) run(seed);
  Random random(20240229);
  std::uint64_t runs = 0;
  const auto over = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  for (; std::chrono::steady_clock::now() < over; ++runs) {
    std::string input = seeds[below(random, seeds.size())];
    for (std::size_t steps = below(random, 6) + 1; steps > 0; --steps) mutate(input, seeds, random);
    run(input);
  }
  std::cout << seeds.size() << " seeds and " << runs << " mutations\n";
}
