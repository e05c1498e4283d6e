// Prints for people and writes for programs.
#include "report.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>

#include "base/assert.h"

namespace millrace::bench {
namespace {

// Whole numbers for rates, more digits the smaller it is.
std::string Figure(std::optional<double> value) {
  if (!value) return "-";
  const double size = std::abs(*value);
  const int digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  std::array<char, 40> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), *value,
                                 std::chars_format::fixed, digits);
  return {text.data(), end.ptr};
}

std::string JsonNumber(std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return "null";
  std::array<char, 40> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), *value);
  return {text.data(), end.ptr};
}

std::string JsonBoolean(std::optional<bool> value) {
  if (!value) return "null";
  return *value ? "true" : "false";
}

std::string Verdict(std::optional<bool> holds) {
  if (!holds) return "no peer";
  return *holds ? "yes" : "NO";
}

std::string Wanted(const Goal& goal) {
  if (goal.target == Target::kLimit) return "under " + Figure(goal.at_least);
  return Figure(goal.at_least) + "x";
}

void PrintCells(const std::array<std::string, 7>& cells) {
  std::printf("%-26s %-12s %10s %10s %7s %12s  %s\n", cells[0].c_str(), cells[1].c_str(),
              cells[2].c_str(), cells[3].c_str(), cells[4].c_str(), cells[5].c_str(),
              cells[6].c_str());
  std::fflush(stdout);
}

}  // namespace

std::optional<double> Row::ratio() const {
  if (!ours || !peer) return std::nullopt;
  const double over = goal.better == Better::kMore ? *ours : *peer;
  const double under = goal.better == Better::kMore ? *peer : *ours;
  if (under <= 0) return std::nullopt;
  return over / under;
}

std::optional<bool> Row::holds() const {
  if (!ours) return false;
  if (goal.target == Target::kLimit) return *ours < goal.at_least;
  if (const std::optional<double> reached = ratio()) return *reached >= goal.at_least;
  return std::nullopt;
}

void Report::PrintHeading() const {
  PrintCells({"name", "unit", "ours", "peer", "ratio", "at least", "holds"});
}

void Report::Add(const Row& row) {
  PrintCells({std::string(row.goal.name), std::string(row.goal.unit), Figure(row.ours),
              Figure(row.peer), Figure(row.ratio()), Wanted(row.goal), Verdict(row.holds())});
  rows_.push_back(row);
}

bool Report::AllHold() const {
  return std::all_of(rows_.begin(), rows_.end(),
                     [](const Row& row) { return row.holds().value_or(false); });
}

Status Report::WriteJson(const std::string& path) const {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  for (const Row& row : rows_) {
    // Names and units are our own words: nothing in them needs escaping.
    file << R"({"name":")" << row.goal.name << R"(","unit":")" << row.goal.unit << R"(","ours":)"
         << JsonNumber(row.ours) << R"(,"peer":)" << JsonNumber(row.peer) << R"(,"ratio":)"
         << JsonNumber(row.ratio()) << R"(,"at_least":)" << JsonNumber(row.goal.at_least)
         << R"(,"holds":)" << JsonBoolean(row.holds()) << "}\n";
  }
  file.close();
  if (!file) return Internal("cannot write \"" + path + "\"");
  return Status::Ok();
}

double Median(std::vector<double> values) {
  MR_ASSERT(!values.empty(), "nothing has no median");
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

}  // namespace millrace::bench
