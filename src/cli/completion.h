// What the Tab key offers: keywords, backslash commands and the names of
// namespaces, tables and columns, which are fetched at the first need.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "client/client.h"

namespace millrace::cli {

// Not thread-safe. The first call that needs names blocks on the server for at
// most a few statements; what the user may not see is simply not offered.
class Completer {
 public:
  // `current_namespace` is asked at every use.
  Completer(client::Executor& executor, std::function<std::string()> current_namespace)
      : executor_(executor), current_namespace_(std::move(current_namespace)) {}

  // The word that ends the line and would be replaced.
  static std::string_view WordAtEnd(std::string_view line);
  // Everything that could stand for the last word of `line` (the text before the
  // cursor), sorted, each at most once. Keywords follow the case of the word.
  std::vector<std::string> Candidates(std::string_view line);
  // Names are fetched anew at the next need.
  void Forget() { fetched_ = false; }

 private:
  struct Table {
    std::string name_space;
    std::string name;
    std::vector<std::string> columns;
  };

  void FetchNames();
  Table& FindOrAddTable(const std::string& name_space, const std::string& name);
  void AddTables(std::vector<std::string>& names) const;
  void AddColumns(std::vector<std::string>& names, std::string_view table) const;
  void AddQualified(std::vector<std::string>& names, std::string_view qualifier) const;

  client::Executor& executor_;
  std::function<std::string()> current_namespace_;
  bool fetched_ = false;
  std::vector<std::string> namespaces_;
  std::vector<Table> tables_;
};

// The longest text all candidates begin with.
std::string CommonPrefix(const std::vector<std::string>& candidates);

}  // namespace millrace::cli
