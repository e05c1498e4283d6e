// Gives libFuzzer the seeds of a target: before the first input it writes each
// of MillraceFuzzSeed's texts into the folder named by MILLRACE_FUZZ_SEEDS.
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

extern "C" __attribute__((weak)) const char* MillraceFuzzSeed(size_t index);

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  const char* folder = std::getenv("MILLRACE_FUZZ_SEEDS");
  if (folder == nullptr || MillraceFuzzSeed == nullptr) return 0;
  for (size_t i = 0; const char* seed = MillraceFuzzSeed(i); ++i) {
    const std::string path = std::string(folder) + "/seed-" + std::to_string(i);
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) {
      std::fprintf(stderr, "cannot write the seed %s\n", path.c_str());
      std::exit(1);
    }
    std::fwrite(seed, 1, std::strlen(seed), file);
    std::fclose(file);
  }
  return 0;
}
