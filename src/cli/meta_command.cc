#include "cli/meta_command.h"

#include <algorithm>

#include "cli/highlight.h"
#include "cli/projecting_sink.h"
#include "cli/shell.h"

namespace millrace::cli {
namespace {

std::string_view TrimSpace(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

// "on", "off" or the opposite of now.
bool Toggled(const std::string& argument, bool now) {
  if (argument == "on") return true;
  if (argument == "off") return false;
  return !now;
}

}  // namespace

const std::vector<MetaCommandInfo>& AllMetaCommands() {
  constexpr std::string_view kGeneral = "General";
  constexpr std::string_view kStatements = "Statements";
  constexpr std::string_view kFiles = "Files";
  constexpr std::string_view kNames = "Names";
  constexpr std::string_view kOutput = "Output";
  static const std::vector<MetaCommandInfo> kCommands = {
      {kGeneral, "\\?", "", "this help (also \\h)"},
      {kGeneral, "\\q", "", "quit (also Ctrl-D)"},
      {kGeneral, "\\c", "NAMESPACE", "change the namespace (also \\use)"},
      {kGeneral, "\\conninfo", "", "show the connection"},
      {kStatements, "\\g", "", "run the statement typed so far (as ';' does)"},
      {kStatements, "\\gx", "", "the same with one line per value"},
      {kStatements, "\\watch", "[SECONDS] [COUNT]", "run it, or the last one, again and again"},
      {kStatements, "\\e", "[FILE]", "edit it, or the last one, or a file, in $VISUAL or $EDITOR"},
      {kStatements, "\\p", "", "show the statement typed so far"},
      {kStatements, "\\r", "", "forget the statement typed so far (as Ctrl-C does)"},
      {kStatements, "\\history", "", "show what was typed (also \\s)"},
      {kFiles, "\\i", "FILE", "run the statements of a file"},
      {kFiles, "\\copy", "TABLE from 'FILE'", "load a file into a table [csv|jsonl]"},
      {kFiles, "\\copy", "TABLE|(QUERY) to 'FILE'", "write rows to a file [csv|jsonl]"},
      {kNames, "\\d", "[TABLE]", "describe a table, or list all"},
      {kNames, "\\dt", "[NAMESPACE]", "list tables"},
      {kNames, "\\dn", "", "list namespaces"},
      {kNames, "\\du", "", "list users"},
      {kOutput, "\\format", "table|json|csv", "choose how results are printed"},
      {kOutput, "\\x", "[on|off|auto]", "one line per value; auto: when a table is too wide"},
      {kOutput, "\\pager", "[on|off]", "show what is longer than the screen in $PAGER"},
      {kOutput, "\\timing", "[on|off]", "show how long statements take"},
      {kOutput, "\\null", "[TEXT]", "what stands for NULL in tables"},
      {kOutput, "\\cut", "[on|off]", "cut tables to the width of the terminal"},
  };
  return kCommands;
}

void MetaCommands::Run(std::string_view line) {
  const size_t space = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view name = line.substr(0, space);
  std::string_view rest = TrimSpace(line.substr(space));
  while (rest.ends_with(';')) rest = TrimSpace(rest.substr(0, rest.size() - 1));
  const std::string argument(rest);
  if (RunSetting(name, argument) || RunListing(name, argument)) return;
  if (RunInput(name, argument) || RunOther(name, argument)) return;
  Complain("unknown command '" + std::string(name) + "'", "Type \\? for help.");
}

bool MetaCommands::RunSetting(std::string_view name, const std::string& argument) {
  ShellSettings& settings = shell_.settings_;
  if (name == "\\format") {
    Format(argument);
  } else if (name == "\\x") {
    Expand(argument);
  } else if (name == "\\pager") {
    settings.paging = Toggled(argument, settings.paging);
    shell_.out_ << "The pager is " << (settings.paging ? "on" : "off") << ".\n";
  } else if (name == "\\timing") {
    settings.timing = Toggled(argument, settings.timing);
    shell_.out_ << "Timing is " << (settings.timing ? "on" : "off") << ".\n";
  } else if (name == "\\null") {
    settings.print.null_text = argument;
    shell_.out_ << "NULL is shown as \"" << argument << "\".\n";
  } else if (name == "\\cut") {
    Cut(argument);
  } else {
    return false;
  }
  return true;
}

bool MetaCommands::RunListing(std::string_view name, const std::string& argument) {
  if (name == "\\d" && !argument.empty()) {
    Describe(argument);
  } else if (name == "\\d" || name == "\\dt") {
    ListTables(argument);
  } else if (name == "\\dn") {
    Show("SHOW NAMESPACES",
         {{"name", "Namespace"}, {"table_count", "Tables"}, {"created_at", "Created"}});
  } else if (name == "\\du") {
    Show("SELECT user_id, role, email, created_at FROM system.users ORDER BY user_id",
         {{"user_id", "User"}, {"role", "Role"}, {"email", "Email"}, {"created_at", "Created"}});
  } else if (name == "\\conninfo") {
    ConnectionInfo();
  } else if (name == "\\history" || name == "\\s") {
    History();
  } else {
    return false;
  }
  return true;
}

bool MetaCommands::RunInput(std::string_view name, const std::string& argument) {
  if (name == "\\g") {
    shell_.has_pending() ? shell_.RunPending() : RunLast();
  } else if (name == "\\gx") {
    RunExpanded();
  } else if (name == "\\watch") {
    Watch(argument);
  } else if (name == "\\e" || name == "\\edit") {
    Edit(argument);
  } else if (name == "\\copy") {
    Copy(argument);
  } else if (name == "\\p") {
    shell_.out_ << Shown(std::string(shell_.splitter_.pending()));
  } else if (name == "\\r") {
    shell_.ClearPending();
  } else if (name == "\\i" || name == "\\include") {
    argument.empty() ? Complain("\\i needs the name of a file", {}) : shell_.RunFile(argument);
  } else {
    return false;
  }
  return true;
}

bool MetaCommands::RunOther(std::string_view name, const std::string& argument) {
  if (name == "\\?" || name == "\\h" || name == "\\help") {
    Help();
  } else if (name == "\\q" || name == "\\quit") {
    shell_.quit_ = true;
  } else if (name == "\\c" || name == "\\use" || name == "\\connect") {
    Use(argument);
  } else {
    return false;
  }
  return true;
}

void MetaCommands::Complain(std::string message, std::string hint) {
  Status status = InvalidArgument(std::move(message)).WithSqlState("42601");
  if (!hint.empty()) status = std::move(status).WithHint(std::move(hint));
  shell_.Report(status, {}, 0);
}

// Names go into statements as they are typed, so they must be nothing but names.
bool MetaCommands::CheckName(const std::string& name) {
  const bool good = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '"';
  });
  if (!good) Complain("'" + name + "' is not a name", {});
  return good;
}

void MetaCommands::Help() {
  constexpr size_t kHelpColumn = 34;
  std::string text;
  std::string_view section;
  for (const MetaCommandInfo& command : AllMetaCommands()) {
    if (command.section != section) {
      text.append(text.empty() ? "" : "\n").append(command.section).append("\n");
    }
    section = command.section;
    std::string line = "  " + std::string(command.name) + " " + std::string(command.arguments);
    line.append(line.size() < kHelpColumn ? kHelpColumn - line.size() : 1, ' ');
    text.append(line).append(command.help).append("\n");
  }
  text.append(
      "\nA statement ends with ';'. \\g, \\gx, \\watch and \\e may also end its line. The Tab key\n"
      "completes keywords and names, Ctrl-R searches what was typed, Ctrl-C ends a running\n"
      "statement. NO_COLOR or --no-color turns colours off.\n");
  shell_.PrintPaged(text);
}

// With colours when there are any.
std::string MetaCommands::Shown(const std::string& sql) const {
  return shell_.settings_.print.coloring == Coloring::kColored ? Highlight(sql) : sql;
}

void MetaCommands::History() {
  if (!shell_.hooks_.history) return;
  std::string text;
  for (const std::string& line : shell_.hooks_.history()) text.append(Shown(line)).append("\n");
  shell_.PrintPaged(text);
}

void MetaCommands::ConnectionInfo() {
  const auto& info = shell_.info_;
  shell_.out_ << "You are connected to " << info.url << " ";
  if (info.user.empty()) {
    shell_.out_ << "without a login";
  } else {
    shell_.out_ << "as user \"" << info.user << "\"";
    if (!info.role.empty()) shell_.out_ << " (role " << info.role << ")";
  }
  shell_.out_ << ", namespace \"" << shell_.settings_.namespace_id << "\".\n";
}

// The server says whether the namespace is there; remembering it is our part.
void MetaCommands::Use(const std::string& name) {
  if (!CheckName(name)) return;
  client::CollectingSink ignored;
  if (shell_.RunInto("USE NAMESPACE " + name, 0, ignored)) {
    shell_.out_ << "The namespace is now \"" << shell_.settings_.namespace_id << "\".\n";
  }
}

void MetaCommands::Format(const std::string& name) {
  const auto format = ParseOutputFormat(name);
  if (!format) return Complain("unknown format '" + name + "'", "Use table, json or csv.");
  shell_.settings_.print.format = *format;
  shell_.out_ << "Output format is " << name << ".\n";
}

void MetaCommands::Cut(const std::string& argument) {
  ShellSettings& settings = shell_.settings_;
  const bool on = Toggled(argument, settings.print.width_max > 0);
  settings.print.width_max = on ? settings.terminal_width : 0;
  shell_.out_ << "Cutting to the terminal is " << (settings.print.width_max > 0 ? "on" : "off")
              << ".\n";
}

void MetaCommands::Show(const std::string& sql, const std::vector<ShownColumn>& columns) {
  std::vector<ProjectedColumn> projected;
  for (const ShownColumn& shown : columns) {
    projected.push_back({std::string(shown.column), std::string(shown.title)});
  }
  std::unique_ptr<client::ResultSink> printer;
  shell_.RunPaged(sql, 0, [&](std::ostream& out) {
    printer = MakePrinter(shell_.settings_.print, out, shell_.errors_);
    return std::make_unique<ProjectingSink>(*printer, projected);
  });
}

void MetaCommands::Describe(const std::string& table) {
  if (!CheckName(table)) return;
  Show("DESCRIBE TABLE " + table, {{"column_name", "Column"},
                                   {"data_type", "Type"},
                                   {"is_nullable", "Nullable"},
                                   {"is_primary_key", "Key"},
                                   {"column_default", "Default"},
                                   {"column_comment", "Comment"}});
}

void MetaCommands::ListTables(const std::string& name_space) {
  if (!name_space.empty() && !CheckName(name_space)) return;
  Show(name_space.empty() ? "SHOW TABLES" : "SHOW TABLES IN NAMESPACE " + name_space,
       {{"namespace_id", "Namespace"},
        {"table_name", "Table"},
        {"table_type", "Type"},
        {"access_level", "Access"}});
}

}  // namespace millrace::cli
