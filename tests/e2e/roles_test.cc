// Who may do what, every cell of it: each statement is run by each role on each kind of
// table, and docs/user_guide/roles.md says exactly what came of it. With
// MILLRACE_UPDATE_GOLDEN=1 in the environment the page is written anew: read the
// difference before committing it, for a wrong cell is a hole.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "test_server.h"

namespace millrace::e2e {
namespace {

constexpr char kPage[] = "docs/user_guide/roles.md";
constexpr char kBegin[] = "<!-- made by tests/e2e/roles_test.cc: begin -->\n";
constexpr char kEnd[] = "<!-- made by tests/e2e/roles_test.cc: end -->\n";

struct Kind {
  std::string title;
  std::string word;     // between CREATE and TABLE
  std::string options;  // in WITH (…)
};
const std::vector<Kind> kKinds = {
    {"USER", "USER", ""},
    {"STREAM", "STREAM", "TTL_SECONDS = 60"},
    {"SHARED public", "SHARED", "ACCESS_LEVEL = 'PUBLIC'"},
    {"SHARED private", "SHARED", "ACCESS_LEVEL = 'PRIVATE'"},
    {"SHARED restricted", "SHARED", "ACCESS_LEVEL = 'RESTRICTED'"},
    {"SHARED dba", "SHARED", "ACCESS_LEVEL = 'DBA'"},
};

std::string CreateTable(const Kind& kind, const std::string& name) {
  return "CREATE " + kind.word + " TABLE " + name + " (id INT PRIMARY KEY, body TEXT)" +
         (kind.options.empty() ? "" : " WITH (" + kind.options + ")");
}

struct Case {
  std::string title;
  std::string sql;  // T is the table
};
// In this order on one table: each leaves what the next needs.
const std::vector<Case> kTableCases = {
    {"SELECT", "SELECT * FROM T"},
    {"SELECT in a subquery", "SELECT 1 WHERE EXISTS (SELECT 1 FROM T)"},
    {"SELECT in a CTE", "WITH c AS (SELECT * FROM T) SELECT count(*) FROM c"},
    {"SELECT in a join", "SELECT count(*) FROM T a JOIN T b ON a.id = b.id"},
    {"SELECT of a missing column", "SELECT nothing_of_that_name FROM T"},
    {"EXPLAIN SELECT", "EXPLAIN SELECT * FROM T"},
    {"DESCRIBE", "DESCRIBE TABLE T"},
    {"SHOW STATS", "SHOW STATS FOR TABLE T"},
    {"INSERT", "INSERT INTO T VALUES (10, 'x')"},
    {"INSERT … RETURNING", "INSERT INTO T VALUES (11, 'x') RETURNING id"},
    {"INSERT … SELECT from it", "INSERT INTO own SELECT id, body FROM T"},
    {"INSERT … ON CONFLICT UPDATE",
     "INSERT INTO T VALUES (10, 'y') ON CONFLICT (id) DO UPDATE SET body = excluded.body"},
    {"UPDATE", "UPDATE T SET body = 'z' WHERE id = 10"},
    {"DELETE", "DELETE FROM T WHERE id = 10"},
    {"EXPLAIN DELETE", "EXPLAIN DELETE FROM T WHERE id = 1"},
    {"ALTER TABLE", "ALTER TABLE T ADD COLUMN more INT"},
    {"EXECUTE AS USER (SELECT)", "EXECUTE AS USER 'victim' (SELECT * FROM T)"},
    {"GRANT on it", "GRANT SELECT ON T TO ROLE user"},
    {"DROP TABLE", "DROP TABLE T"},
};

// {n} is a number that no other case has.
const std::vector<Case> kOtherCases = {
    {"CREATE NAMESPACE", "CREATE NAMESPACE space{n}"},
    {"ALTER NAMESPACE", "ALTER NAMESPACE app SET DESCRIPTION 'x'"},
    {"DROP NAMESPACE", "DROP NAMESPACE IF EXISTS space{n}"},
    {"SHOW NAMESPACES", "SHOW NAMESPACES"},
    {"SHOW TABLES", "SHOW TABLES"},
    {"SHOW USERS", "SHOW USERS"},
    {"SHOW JOBS", "SHOW JOBS"},
    {"SHOW GRANTS", "SHOW GRANTS"},
    {"SHOW GRANTS FOR another user", "SHOW GRANTS FOR victim"},
    {"SHOW API KEYS", "SHOW API KEYS"},
    {"SELECT FROM system.users", "SELECT count(*) FROM system.users"},
    {"SELECT FROM system.tables", "SELECT count(*) FROM system.tables"},
    {"SELECT FROM system.jobs", "SELECT count(*) FROM system.jobs"},
    {"SELECT FROM system.audit_log", "SELECT count(*) FROM system.audit_log"},
    {"SELECT FROM system.grants", "SELECT count(*) FROM system.grants"},
    {"SELECT FROM system.api_keys", "SELECT count(*) FROM system.api_keys"},
    {"SELECT FROM information_schema.tables", "SELECT count(*) FROM information_schema.tables"},
    {"INSERT INTO system.users", "INSERT INTO system.users VALUES ('x')"},
    {"CREATE USER (user)", "CREATE USER u{n} WITH PASSWORD 'correct horse battery' ROLE user"},
    {"CREATE USER (dba)", "CREATE USER u{n} WITH PASSWORD 'correct horse battery' ROLE dba"},
    {"CREATE USER (system)", "CREATE USER u{n} WITH PASSWORD 'correct horse battery' ROLE system"},
    {"ALTER USER … SET PASSWORD", "ALTER USER victim SET PASSWORD 'correct horse battery'"},
    {"ALTER USER … SET ROLE", "ALTER USER victim SET ROLE user"},
    {"ALTER USER … UNLOCK", "ALTER USER victim UNLOCK"},
    {"ALTER USER … REVOKE SESSIONS", "ALTER USER victim REVOKE SESSIONS"},
    {"ALTER USER root", "ALTER USER root SET EMAIL 'root@example.org'"},
    {"DROP USER", "DROP USER IF EXISTS u{n}"},
    {"CREATE API KEY", "CREATE API KEY k{n} FOR USER victim"},
    {"DROP API KEY", "DROP API KEY IF EXISTS '0123456789abcdef'"},
    {"GRANT on a namespace", "GRANT SELECT ON NAMESPACE app TO victim"},
    {"REVOKE on a namespace", "REVOKE SELECT ON NAMESPACE app FROM victim"},
    {"ALTER SYSTEM ROTATE KEY", "ALTER SYSTEM ROTATE KEY"},
};

const std::vector<std::string> kRoles = {"user", "service", "dba", "system"};

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// As a word of its own.
std::string OnTable(const std::string& sql, const std::string& table) {
  std::string padded = " " + sql + " ";
  for (const char* after : {" ", "\n", ")", " "}) {
    padded = Replaced(padded, std::string(" T") + after, " " + table + after);
  }
  return padded.substr(1, padded.size() - 2);
}

std::string Cell(const SqlAnswer& answer) { return answer.ok() ? "yes" : answer.sqlstate; }

class RolesTest : public ::testing::Test {
 protected:
  RolesTest() {
    SqlClient root = server_.Root();
    for (const std::string& role : kRoles) {
      server_.TokenOf("the_" + role, role);
      server_.TokenOf("as_" + role, role);  // to be acted for
    }
    server_.TokenOf("granted");
    server_.TokenOf("victim");
    EXPECT_TRUE(root.Run("CREATE NAMESPACE app").ok());
    EXPECT_TRUE(root.Run("CREATE USER TABLE own (id INT PRIMARY KEY, body TEXT)").ok());
  }

  SqlAnswer RunAs(const std::string& user, const std::string& sql) {
    return SqlClient(server_.port(), server_.TokenOf(user)).Run(sql);
  }

  std::string FreshTable(const Kind& kind) {
    std::string name = "app.t" + std::to_string(++count_);
    SqlClient root = server_.Root();
    EXPECT_TRUE(root.Run(CreateTable(kind, name)).ok());
    return name;
  }

  // One table for all statements of one role, made by root.
  std::vector<std::string> Column(const std::string& user, const Kind& kind) {
    const std::string table = FreshTable(kind);
    if (user == "granted") {
      SqlClient root = server_.Root();
      EXPECT_TRUE(root.Run("GRANT ALL ON " + table + " TO USER granted").ok());
    }
    std::vector<std::string> cells;
    const std::string own = "app.made" + std::to_string(++count_);
    cells.push_back(Cell(RunAs(user, CreateTable(kind, own))));
    RunAs(user, "DELETE FROM own WHERE TRUE");
    for (const Case& one : kTableCases) cells.push_back(Cell(RunAs(user, OnTable(one.sql, table))));
    return cells;
  }

  std::string TablesOf(const std::string& title, const std::string& user) {
    std::vector<std::vector<std::string>> columns;
    std::string page = "\n### " + title + "\n\n| statement |";
    std::string rule = "\n|---|";
    for (const Kind& kind : kKinds) {
      columns.push_back(Column(user, kind));
      page += " " + kind.title + " |";
      rule += "---|";
    }
    page += rule + "\n";
    for (size_t row = 0; row <= kTableCases.size(); ++row) {
      page += "| " + (row == 0 ? std::string("CREATE TABLE") : kTableCases[row - 1].title) + " |";
      for (const auto& column : columns) page += " " + column[row] + " |";
      page += "\n";
    }
    return page;
  }

  std::string Others() {
    std::string page = "\n### Everything else\n\n| statement | user | service | dba | system |\n";
    page += "|---|---|---|---|---|\n";
    for (const Case& one : kOtherCases) {
      page += "| " + one.title + " |";
      for (const std::string& role : kRoles) {
        const std::string number = std::to_string(++count_);
        page += " " + Cell(RunAs("the_" + role, Replaced(one.sql, "{n}", number))) + " |";
      }
      page += "\n";
    }
    return page;
  }

  std::string Impersonation() {
    std::string page = "\n### EXECUTE AS USER\n\n| for a user of the role |";
    for (const std::string& role : kRoles) page += " " + role + " |";
    page += "\n|---|---|---|---|---|\n";
    for (const std::string& target : kRoles) {
      page += "| " + target + " |";
      for (const std::string& role : kRoles) {
        const SqlAnswer answer =
            RunAs("the_" + role, "EXECUTE AS USER 'as_" + target + "' (SELECT CURRENT_ROLE)");
        // Inside one is a user, whoever one is.
        page += " " + (answer.ok() ? "yes, as " + answer.Text() : answer.sqlstate) + " |";
      }
      page += "\n";
    }
    return page;
  }

  TestServer server_;
  int count_ = 0;
};

std::string ReadPage() {
  std::ifstream file(kPage);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST_F(RolesTest, EveryCellIsAsTheUserGuideSays) {
  std::string made = kBegin;
  for (const std::string& role : kRoles) made += TablesOf("Role " + role, "the_" + role);
  made += TablesOf("Role user, after GRANT ALL on the table", "granted");
  made += Others() + Impersonation() + kEnd;

  std::string page = ReadPage();
  const size_t begin = page.find(kBegin);
  const size_t end = page.find(kEnd);
  ASSERT_NE(begin, std::string::npos) << kPage << " has no place for the tables";
  ASSERT_NE(end, std::string::npos);
  const size_t size = end + std::string(kEnd).size() - begin;
  if (std::getenv("MILLRACE_UPDATE_GOLDEN") != nullptr) {
    page.replace(begin, size, made);
    std::ofstream(kPage) << page;
    return;
  }
  EXPECT_EQ(page.substr(begin, size), made);
}

// Not by any statement, role or grant.
TEST_F(RolesTest, RowsOfUserAndStreamTablesAreTheirOwnersWhateverIsGranted) {
  for (const Kind& kind : {kKinds[0], kKinds[1]}) {
    const std::string table = FreshTable(kind);
    ASSERT_TRUE(RunAs("victim", "INSERT INTO " + table + " VALUES (1, 'secret')").ok());
    SqlClient root = server_.Root();
    for (const char* to : {"USER granted", "ROLE user", "ROLE service", "ROLE dba"}) {
      ASSERT_TRUE(root.Run("GRANT ALL ON " + table + " TO " + to).ok());
      ASSERT_TRUE(root.Run("GRANT ALL ON NAMESPACE app TO " + std::string(to)).ok());
    }
    for (const std::string& user :
         {std::string("granted"), std::string("the_user"), std::string("the_service"),
          std::string("the_dba"), std::string("the_system")}) {
      EXPECT_EQ(RunAs(user, "SELECT count(*) FROM " + table).Text(), "0") << user;
      RunAs(user, "DELETE FROM " + table + " WHERE TRUE");
      RunAs(user, "INSERT INTO " + table + " VALUES (1, 'mine')");
    }
    EXPECT_EQ(RunAs("victim", "SELECT body FROM " + table).Text(), "secret");
  }
}

// What is wrong with a statement is told only to those who may use its tables.
TEST_F(RolesTest, ErrorsDoNotTellOfTablesOneMayNotUse) {
  SqlClient root = server_.Root();
  ASSERT_TRUE(root.Run("CREATE TABLE app.payroll (id INT PRIMARY KEY, salary INT)").ok());
  ASSERT_TRUE(root.Run("INSERT INTO app.payroll VALUES (1, 5)").ok());
  for (const char* sql :
       {"SELECT salari FROM app.payroll", "SELECT id || salary FROM app.payroll",
        "UPDATE app.payroll SET id = 2 WHERE id = 1",
        "UPDATE app.payroll SET salari = 2 WHERE id = 1",
        "INSERT INTO app.payroll (id, salari) VALUES (1, 2)",
        "INSERT INTO app.payroll VALUES (1, 2)", "DELETE FROM app.payroll WHERE salari = 1",
        "INSERT INTO own SELECT id, salari FROM app.payroll",
        "EXPLAIN SELECT salari FROM app.payroll"}) {
    const SqlAnswer answer = RunAs("the_user", sql);
    EXPECT_EQ(answer.sqlstate, "42501") << sql << answer;
    EXPECT_EQ(answer.body.find("salary"), std::string::npos) << answer.body;
  }
  const SqlAnswer missing = RunAs("the_user", "SELECT * FROM app.payrol");
  EXPECT_EQ(missing.sqlstate, "42P01");
  EXPECT_EQ(missing.body.find("payroll"), std::string::npos) << missing.body;
  EXPECT_NE(RunAs("the_dba", "SELECT * FROM app.payrol").body.find("payroll"), std::string::npos);
}

}  // namespace
}  // namespace millrace::e2e
