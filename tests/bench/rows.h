// The rows that every work writes and reads: made from their id alone, so that
// both sides hold the same ones and each answer can be checked without a copy.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::bench {

// Both sides take it as it stands. A row is about 150 bytes.
inline constexpr std::string_view kTableColumns =
    "(id BIGINT PRIMARY KEY, owner TEXT NOT NULL, category INT NOT NULL, "
    "amount BIGINT NOT NULL, note TEXT NOT NULL)";
inline constexpr uint64_t kCategories = 100;

uint64_t Category(uint64_t id);
uint64_t Amount(uint64_t id);
void AppendOwner(uint64_t id, std::string& out);
// Unlike every other row's.
void AppendNote(uint64_t id, std::string& out);
void AppendNumber(uint64_t number, std::string& out);

// INSERT INTO `table` VALUES with the rows of ids first..first+count-1.
std::string InsertStatement(std::string_view table, uint64_t first, uint64_t count);

// A number that looks random: the same for the same input, in every run.
uint64_t Scatter(uint64_t number);

// What SELECT count(*), sum(id), sum(amount) must answer for ids 1..count.
struct Totals {
  uint64_t count = 0;
  uint64_t ids = 0;
  uint64_t amounts = 0;
  bool operator==(const Totals&) const = default;
};
Totals TotalsOf(uint64_t count);

}  // namespace millrace::bench
