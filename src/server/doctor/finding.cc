#include "server/doctor/finding.h"

#include <algorithm>

#include "types/json_text.h"

namespace millrace::doctor {
namespace {

std::string Padded(std::string_view text, size_t width) {
  std::string padded(text);
  padded.resize(std::max(width, text.size()) + 1, ' ');
  return padded;
}

size_t CountOf(std::span<const Finding> findings, Verdict verdict) {
  return static_cast<size_t>(std::ranges::count(findings, verdict, &Finding::verdict));
}

std::string Counted(size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return "ok";
    case Verdict::kWarning:
      return "warning";
    case Verdict::kError:
      break;
  }
  return "error";
}

Verdict WorstOf(std::span<const Finding> findings) {
  Verdict worst = Verdict::kOk;
  for (const Finding& finding : findings) worst = std::max(worst, finding.verdict);
  return worst;
}

std::string FindingsText(std::span<const Finding> findings) {
  constexpr size_t kVerdictWidth = 7;
  constexpr size_t kCheckWidth = 10;
  std::string text;
  for (const Finding& finding : findings) {
    text.append(Padded(VerdictName(finding.verdict), kVerdictWidth));
    text.append(Padded(finding.check, kCheckWidth));
    text.append(finding.message).append("\n");
    if (finding.advice.empty()) continue;
    text.append(kVerdictWidth + kCheckWidth + 2, ' ').append("to do: ");
    text.append(finding.advice).append("\n");
  }
  const size_t errors = CountOf(findings, Verdict::kError);
  const size_t warnings = CountOf(findings, Verdict::kWarning);
  if (errors + warnings == 0) return text + "everything is well\n";
  return text + Counted(errors, "error") + ", " + Counted(warnings, "warning") + "\n";
}

std::string FindingsJson(std::span<const Finding> findings) {
  std::string json = "{\"verdict\":";
  AppendJsonString(&json, VerdictName(WorstOf(findings)));
  json.append(",\"checks\":[");
  bool first = true;
  for (const Finding& finding : findings) {
    json.append(first ? "" : ",").append("{\"check\":");
    AppendJsonString(&json, finding.check);
    json.append(",\"verdict\":");
    AppendJsonString(&json, VerdictName(finding.verdict));
    json.append(",\"message\":");
    AppendJsonString(&json, finding.message);
    json.append(",\"advice\":");
    AppendJsonString(&json, finding.advice);
    json.append("}");
    first = false;
  }
  return json + "]}\n";
}

}  // namespace millrace::doctor
