// The second wall: whatever text reaches the adapter, it reads no file, no
// setting, no catalog, and changes nothing.
#include <gtest/gtest.h>

#include "query/exec/engine/engine.h"
#include "query/exec/engine/functions.h"
#include "query/exec/engine/memory_source.h"

namespace millrace::engine {
namespace {

class LockDownTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto engine = Engine::Open({.short_instances_max = 1});
    ASSERT_TRUE(engine.ok()) << engine.status().ToString();
    engine_ = engine->release();
  }
  static void TearDownTestSuite() { delete engine_; }

  Status Run(std::string sql) {
    auto result = engine_->Execute({.sql = std::move(sql)});
    if (!result.ok()) return result.status();
    Batch batch;
    while (true) {
      const Result<bool> more = (*result)->Next(&batch);
      if (!more.ok() || !*more) return more.status();
    }
  }

  static Engine* engine_;
};
Engine* LockDownTest::engine_ = nullptr;

TEST_F(LockDownTest, RefusesEveryOtherStatement) {
  const char* attacks[] = {
      "",
      ";",
      "SELECT 1; SELECT 2",
      "SELECT 1; DROP TABLE x",
      "COPY (SELECT 1) TO '/tmp/out.csv'",
      "COPY t FROM '/etc/passwd'",
      "ATTACH '/tmp/other.db' AS other",
      "ATTACH ':memory:' AS other",
      "DETACH memory",
      "INSTALL httpfs",
      "LOAD httpfs",
      "FORCE INSTALL httpfs FROM 'http://example.com'",
      "PRAGMA database_list",
      "PRAGMA table_info('t')",
      "PRAGMA version",
      "SET threads = 8",
      "SET enable_external_access = true",
      "SET VARIABLE x = 1",
      "RESET memory_limit",
      "EXPORT DATABASE '/tmp/dump'",
      "IMPORT DATABASE '/tmp/dump'",
      "CALL pragma_version()",
      "CALL duckdb_settings()",
      "CREATE TABLE t (a INT)",
      "CREATE TABLE t AS SELECT 1",
      "CREATE VIEW v AS SELECT 1",
      "CREATE MACRO f(a) AS a + 1",
      "CREATE SECRET s (TYPE S3)",
      "CREATE SEQUENCE s",
      "INSERT INTO t VALUES (1)",
      "UPDATE t SET a = 1",
      "DELETE FROM t",
      "DROP SCHEMA main",
      "ALTER TABLE t ADD COLUMN b INT",
      "CHECKPOINT",
      "FORCE CHECKPOINT",
      "VACUUM",
      "ANALYZE",
      "EXPLAIN SELECT 1",
      "EXPLAIN ANALYZE SELECT 1",
      "PREPARE p AS SELECT 1",
      "EXECUTE p",
      "DEALLOCATE p",
      "BEGIN",
      "COMMIT",
      "USE memory",
      "PIVOT (SELECT 1 AS a, 2 AS b) ON a USING sum(b)",
      "COMMENT ON TABLE t IS 'x'",
  };
  for (const char* attack : attacks) {
    const Status status = Run(attack);
    EXPECT_TRUE(status.sqlstate() == "42501" || status.sqlstate() == "42601")
        << attack << " gave " << status.ToString();
  }
}

const char* const kWaysOut[] = {
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_json_auto('/etc/passwd')",
    "SELECT * FROM read_ndjson_objects('/etc/passwd')",
    "SELECT * FROM read_parquet('x.parquet')",
    "SELECT * FROM parquet_scan('x.parquet')",
    "SELECT * FROM parquet_metadata('x.parquet')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM glob('*')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM 'x.parquet'",
    "SELECT * FROM 'data.csv' t",
    "FROM '/etc/passwd'",
    "TABLE '/etc/passwd'",
    "SELECT (SELECT count(*) FROM '/etc/passwd')",
    "WITH x AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM x",
    "SELECT 1 WHERE EXISTS (SELECT * FROM read_text('/etc/passwd'))",
    "SELECT 1 ORDER BY (SELECT count(*) FROM read_text('/etc/passwd'))",
    "SELECT 1 LIMIT (SELECT count(*) FROM read_text('/etc/passwd'))",
    "SELECT 1 UNION SELECT count(*) FROM read_text('/etc/passwd')",
    "SELECT * FROM (VALUES ((SELECT count(*) FROM read_text('/etc/passwd')))) v",
    "SELECT sum(1) OVER (ORDER BY (SELECT count(*) FROM read_text('/etc/passwd')))",
    "SELECT list_transform([1], x -> (SELECT content FROM read_text('/etc/passwd')))",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM duckdb_tables()",
    "SELECT * FROM duckdb_functions()",
    "SELECT * FROM duckdb_memory()",
    "SELECT * FROM duckdb_extensions()",
    "SELECT * FROM duckdb_tables",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_settings",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM system.main.duckdb_tables",
    "SELECT * FROM memory.main.t",
    "SELECT * FROM (WITH pg_views AS (SELECT 1) SELECT * FROM pg_views) a, pg_views",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('t')",
    "SELECT * FROM json_execute_serialized_sql('x')",
    "SELECT * FROM sql_auto_complete('SEL')",
    "SELECT * FROM pragma_version()",
    "SELECT * FROM pragma_database_size()",
    "SELECT * FROM checkpoint()",
    "SELECT * FROM force_checkpoint()",
    "SELECT * FROM enable_logging()",
    "SELECT * FROM test_all_types()",
    "SELECT * FROM repeat_row(1, num_rows=100000000)",
    "SELECT * FROM which_secret('s3://x', 's3')",
    "SELECT getenv('HOME')",
    "SELECT getvariable('x')",
    "SELECT current_setting('memory_limit')",
    "SELECT main.current_setting('memory_limit')",
    "SELECT \"current_setting\"('memory_limit')",
    "SELECT 'memory_limit'.current_setting()",
    "SELECT CURRENT_SETTING('threads')",
    "SELECT version()",
    "SELECT current_query()",
    "SELECT current_database()",
    "SELECT current_connection_id()",
    "SELECT txid_current()",
    "SELECT nextval('s')",
    "SELECT json_serialize_sql('SELECT 1')",
    "SELECT json_serialize_plan('SELECT 1')",
    "SELECT write_log('x')",
    "SELECT setseed(0.5)",
    "SELECT sum(current_setting('threads')) FILTER (WHERE getenv('x') = 'y')",
    "SELECT * FROM millrace_scan(0)",
    "SELECT * FROM millrace_scan(-1)",
    "SELECT * FROM other.millrace_scan(0)",
    "SELECT * FROM millrace_scann(0)",
    "SELECT * FROM (SHOW TABLES)",
    "SELECT * FROM (DESCRIBE SELECT 1)",
    "SHOW TABLES",
    "DESCRIBE SELECT 1",
    "SUMMARIZE SELECT 1",
};

TEST_F(LockDownTest, RefusesEveryWayToFilesSettingsAndCatalog) {
  for (const char* attack : kWaysOut) {
    const Status status = Run(attack);
    EXPECT_FALSE(status.ok()) << attack;
    EXPECT_EQ(status.ToString().find("millrace_"), std::string::npos) << status.ToString();
  }
  EXPECT_TRUE(Run("SELECT 1").ok());
}

TEST_F(LockDownTest, ACteIsVisibleWhereSqlSaysSo) {
  EXPECT_TRUE(Run("WITH a AS (SELECT 1 x), b AS (SELECT * FROM a) SELECT * FROM b, a").ok());
  EXPECT_TRUE(Run("WITH a AS (SELECT 1 x) SELECT (SELECT x FROM a) FROM A").ok());
  EXPECT_TRUE(Run("WITH RECURSIVE r AS (SELECT 1 x UNION ALL SELECT x + 1 FROM r WHERE x < 3) "
                  "SELECT * FROM r")
                  .ok());
  EXPECT_EQ(Run("WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a").sqlstate(),
            "42P01");
}

TEST_F(LockDownTest, EveryAllowedNameIsLowerCaseAndTheListsAgree) {
  EXPECT_TRUE(IsAllowedScalarFunction("lower"));
  EXPECT_TRUE(IsAllowedScalarFunction("LOWER"));
  EXPECT_TRUE(IsAllowedScalarFunction("||"));
  EXPECT_TRUE(IsAllowedTableFunction("generate_series"));
  EXPECT_TRUE(IsAggregate("Sum"));
  EXPECT_TRUE(IsWindowFunction("row_number"));
  for (const char* name : {"read_csv", "getenv", "current_setting", "query", "millrace_scan",
                           "millrace_divide", "error", "nextval", "", "lowe", "lower "}) {
    EXPECT_FALSE(IsAllowedScalarFunction(name)) << name;
    EXPECT_FALSE(IsAllowedTableFunction(name)) << name;
    EXPECT_FALSE(IsAggregate(name)) << name;
    EXPECT_FALSE(IsWindowFunction(name)) << name;
  }
}

}  // namespace
}  // namespace millrace::engine
