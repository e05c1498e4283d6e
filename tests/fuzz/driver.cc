// Runs a fuzz target for a fixed number of seeded, mutated inputs: the short run
// in the test suite. `./dev fuzz` builds the same targets with libFuzzer instead.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/random.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
// A target may offer seeds: one input per call, until it returns null.
extern "C" __attribute__((weak)) const char* MillraceFuzzSeed(size_t index);

namespace {

std::vector<std::string> Seeds() {
  std::vector<std::string> seeds = {""};
  if (MillraceFuzzSeed != nullptr) {
    for (size_t i = 0; const char* seed = MillraceFuzzSeed(i); ++i) seeds.emplace_back(seed);
  }
  return seeds;
}

std::string Mutate(std::string input, const std::vector<std::string>& seeds,
                   millrace::Random& random) {
  const uint64_t rounds = random.Below(8);
  for (uint64_t i = 0; i < rounds; ++i) {
    const size_t at = input.empty() ? 0 : random.Below(input.size());
    const std::string& other = seeds[random.Below(seeds.size())];
    switch (random.Below(5)) {
      case 0:
        input.insert(at, 1, static_cast<char>(random.Below(256)));
        break;
      case 1:
        if (!input.empty()) input.erase(at, 1 + random.Below(8));
        break;
      case 2:
        if (!input.empty()) input[at] = static_cast<char>(random.Below(256));
        break;
      case 3:
        input.insert(at, other.substr(other.empty() ? 0 : random.Below(other.size())));
        break;
      default:
        input.append(input.substr(at));
    }
    if (input.size() > 65536) input.resize(65536);
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  const long runs = argc > 1 ? std::atol(argv[1]) : 20000;
  millrace::SeededRandom random(42);
  const std::vector<std::string> seeds = Seeds();
  for (long i = 0; i < runs; ++i) {
    std::string input = seeds[random.Below(seeds.size())];
    if (i >= static_cast<long>(seeds.size())) input = Mutate(std::move(input), seeds, random);
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
  }
  std::printf("%ld inputs\n", runs);
}
