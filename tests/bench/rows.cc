// Everything about a row comes from a hash of its id.
#include "rows.h"

#include <charconv>

namespace millrace::bench {
namespace {

constexpr uint64_t kOwners = 1000;
constexpr uint64_t kAmountBelow = 10'000;
constexpr size_t kNoteIdDigits = 12;
constexpr std::string_view kNoteText =
    " the quick brown fox jumps over the lazy dog while the water turns the wheel of the mill";

}  // namespace

uint64_t Scatter(uint64_t number) {
  // SplitMix64 (Steele, Lea, Flood 2014).
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

uint64_t Category(uint64_t id) { return Scatter(id) % kCategories; }
uint64_t Amount(uint64_t id) { return Scatter(id) / kCategories % kAmountBelow; }

void AppendNumber(uint64_t number, std::string& out) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof(digits), number).ptr);
}

void AppendOwner(uint64_t id, std::string& out) {
  out += "user-";
  AppendNumber(id % kOwners, out);
}

void AppendNote(uint64_t id, std::string& out) {
  char digits[20];
  const auto count =
      static_cast<size_t>(std::to_chars(digits, digits + sizeof(digits), id).ptr - digits);
  out += "note-";
  if (count < kNoteIdDigits) out.append(kNoteIdDigits - count, '0');
  out.append(digits, count);
  out += kNoteText;
}

std::string InsertStatement(std::string_view table, uint64_t first, uint64_t count) {
  std::string sql = "INSERT INTO " + std::string(table) + " VALUES ";
  for (uint64_t id = first; id < first + count; ++id) {
    sql += id == first ? "(" : ", (";
    AppendNumber(id, sql);
    sql += ", '";
    AppendOwner(id, sql);
    sql += "', ";
    AppendNumber(Category(id), sql);
    sql += ", ";
    AppendNumber(Amount(id), sql);
    sql += ", '";
    AppendNote(id, sql);
    sql += "')";
  }
  return sql;
}

Totals TotalsOf(uint64_t count) {
  Totals totals;
  totals.count = count;
  for (uint64_t id = 1; id <= count; ++id) {
    totals.ids += id;
    totals.amounts += Amount(id);
  }
  return totals;
}

}  // namespace millrace::bench
