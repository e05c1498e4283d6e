// The shell's backslash commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "client/result.h"

namespace millrace::cli {

class Shell;

struct MetaCommandInfo {
  std::string_view section;    // "Statements"
  std::string_view name;       // "\\dt"
  std::string_view arguments;  // "[NAMESPACE]"
  std::string_view help;
};

// All commands in the order of the help page, aliases left out.
const std::vector<MetaCommandInfo>& AllMetaCommands();

// Runs one command line on a shell. Lives for the call only.
class MetaCommands {
 public:
  explicit MetaCommands(Shell& shell) : shell_(shell) {}

  // `line` begins with the backslash.
  void Run(std::string_view line);

 private:
  struct ShownColumn {
    std::string_view column;
    std::string_view title;
  };

  bool RunSetting(std::string_view name, const std::string& argument);
  bool RunListing(std::string_view name, const std::string& argument);
  bool RunOther(std::string_view name, const std::string& argument);
  bool RunInput(std::string_view name, const std::string& argument);
  void Help();
  std::string Shown(const std::string& sql) const;
  void RunLast();
  void Expand(const std::string& argument);
  void RunExpanded();
  void Watch(const std::string& argument);
  void Edit(const std::string& file);
  void Copy(const std::string& argument);
  int CopyTo(const struct CopyCommand& command);
  int CopyFrom(const struct CopyCommand& command);
  void History();
  void ConnectionInfo();
  void Use(const std::string& name);
  void Format(const std::string& name);
  void Cut(const std::string& argument);
  // Runs a statement and shows these columns of its answer under these titles.
  void Show(const std::string& sql, const std::vector<ShownColumn>& columns);
  void Describe(const std::string& table);
  void ListTables(const std::string& name_space);
  void Complain(std::string message, std::string hint);
  bool CheckName(const std::string& name);

  Shell& shell_;
};

}  // namespace millrace::cli
