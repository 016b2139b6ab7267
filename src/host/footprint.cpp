#include "host/footprint.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace ballast {

namespace {

constexpr int arenas = 1;  // else there are eight for each core, none of them ever full
constexpr int trim_from = 256 << 10;

// Of the code of programs and libraries; what was written to while they were loaded is not of it.
int give_code_back(dl_phdr_info* loaded, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  for (int index = 0; index < loaded->dlpi_phnum; ++index) {
    const ElfW(Phdr)& part = loaded->dlpi_phdr[index];
    const bool is_code =
        part.p_type == PT_LOAD && (part.p_flags & PF_X) != 0 && (part.p_flags & PF_W) == 0;
    if (!is_code) continue;
    const std::uintptr_t begin = (loaded->dlpi_addr + part.p_vaddr + page - 1) / page * page;
    const std::uintptr_t end = (loaded->dlpi_addr + part.p_vaddr + part.p_filesz) / page * page;
    if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void keep_footprint_small() {
  mallopt(M_ARENA_MAX, arenas);
  mallopt(M_TRIM_THRESHOLD, trim_from);
}

// Most code is needed only at the start. What is needed again is mapped again out of the cache.
void give_memory_back() {
  malloc_trim(0);
  dl_iterate_phdr(give_code_back, nullptr);
}

}  // namespace ballast
