// Parameters and rows travel as text, as they do in the JSON of the other side.
#include "pg_load.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdlib.h>

#include <array>
#include <string_view>
#include <utility>

#include "base/assert.h"

namespace millrace::bench {
namespace {

constexpr size_t kParametersMax = 8;
constexpr const char* kPreparedName = "work";

struct FinishConnection {
  void operator()(PGconn* connection) const { ::PQfinish(connection); }
};
struct ClearResult {
  void operator()(PGresult* result) const { ::PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, FinishConnection>;
using QueryResult = std::unique_ptr<PGresult, ClearResult>;

Status LibpqError(PGconn* connection) {
  return Internal(std::string("PostgreSQL: ") + ::PQerrorMessage(connection));
}

Result<Connection> Connect(const std::string& text) {
  Connection connection(::PQconnectdb(text.c_str()));
  if (::PQstatus(connection.get()) != CONNECTION_OK) return LibpqError(connection.get());
  return connection;
}

class PgLoadConnection final : public LoadConnection {
 public:
  PgLoadConnection(Connection connection, const Work& work)
      : connection_(std::move(connection)), work_(work) {}

  Status Prepare();
  int descriptor() const override { return ::PQsocket(connection_.get()); }
  Status Send(uint64_t number) override;
  Result<bool> Receive() override;

 private:
  Status FlushAll();
  Status Check(const PGresult* result) const;

  Connection connection_;
  const Work& work_;
  Operation operation_;
};

Status PgLoadConnection::Prepare() {
  PGconn* connection = connection_.get();
  if (::PQsetnonblocking(connection, 1) != 0) return LibpqError(connection);
  if (work_.statement().empty()) return Status::Ok();
  const std::string sql(work_.statement());
  const QueryResult result(::PQprepare(connection, kPreparedName, sql.c_str(), 0, nullptr));
  if (::PQresultStatus(result.get()) != PGRES_COMMAND_OK) return LibpqError(connection);
  return Status::Ok();
}

Status PgLoadConnection::Send(uint64_t number) {
  work_.Describe(number, operation_);
  PGconn* connection = connection_.get();
  int sent = 0;
  if (work_.statement().empty()) {
    sent = ::PQsendQuery(connection, operation_.sql.c_str());
  } else {
    const std::vector<Parameter>& parameters = operation_.parameters;
    MR_ASSERT(parameters.size() <= kParametersMax, "a work has few parameters");
    std::array<const char*, kParametersMax> values{};
    for (size_t i = 0; i < parameters.size(); ++i) values[i] = parameters[i].text.c_str();
    sent = ::PQsendQueryPrepared(connection, kPreparedName, static_cast<int>(parameters.size()),
                                 values.data(), nullptr, nullptr, /*resultFormat=*/0);
  }
  if (sent != 1) return LibpqError(connection);
  return FlushAll();
}

Status PgLoadConnection::FlushAll() {
  int unsent = ::PQflush(connection_.get());
  while (unsent == 1) {
    pollfd ready{.fd = descriptor(), .events = POLLIN | POLLOUT, .revents = 0};
    ::poll(&ready, 1, /*timeout=*/-1);
    // The server may have to get rid of an answer before it reads on.
    if ((ready.revents & POLLIN) != 0 && ::PQconsumeInput(connection_.get()) != 1) break;
    unsent = ::PQflush(connection_.get());
  }
  return unsent == 0 ? Status::Ok() : LibpqError(connection_.get());
}

Result<bool> PgLoadConnection::Receive() {
  if (::PQconsumeInput(connection_.get()) != 1) return LibpqError(connection_.get());
  while (::PQisBusy(connection_.get()) == 0) {
    const QueryResult result(::PQgetResult(connection_.get()));
    if (result == nullptr) return true;
    RETURN_IF_ERROR(Check(result.get()));
  }
  return false;
}

Status PgLoadConnection::Check(const PGresult* result) const {
  bool right = false;
  if (::PQresultStatus(result) == PGRES_TUPLES_OK) {
    right = static_cast<uint64_t>(::PQntuples(result)) == operation_.rows &&
            operation_.answer_holds == ::PQgetvalue(result, 0, ::PQnfields(result) - 1);
  } else if (::PQresultStatus(result) == PGRES_COMMAND_OK) {
    // It takes no const, though it only reads.
    const char* changed = ::PQcmdTuples(const_cast<PGresult*>(result));
    right = ::strtoull(changed, nullptr, 10) == operation_.rows;
  }
  if (right) return Status::Ok();
  return DataLoss(std::string("wrong answer of PostgreSQL ") + ::PQresultErrorMessage(result));
}

class PgSqlClient final : public SqlClient {
 public:
  explicit PgSqlClient(Connection connection) : connection_(std::move(connection)) {}

  Result<AnswerRows> Execute(std::string_view sql) override {
    const QueryResult result(::PQexec(connection_.get(), std::string(sql).c_str()));
    const ExecStatusType status = ::PQresultStatus(result.get());
    AnswerRows rows;
    if (status == PGRES_COMMAND_OK) return rows;
    if (status != PGRES_TUPLES_OK) return LibpqError(connection_.get());
    const int columns = ::PQnfields(result.get());
    for (int row = 0; row < ::PQntuples(result.get()); ++row) {
      rows.emplace_back();
      for (int column = 0; column < columns; ++column) {
        const bool null = ::PQgetisnull(result.get(), row, column) != 0;
        rows.back().push_back(null ? "NULL" : ::PQgetvalue(result.get(), row, column));
      }
    }
    return rows;
  }

 private:
  Connection connection_;
};

}  // namespace

Result<std::vector<std::unique_ptr<LoadConnection>>> ConnectPgLoad(const std::string& connection,
                                                                   const Work& work, size_t count) {
  std::vector<std::unique_ptr<LoadConnection>> connections;
  for (size_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(Connection opened, Connect(connection));
    auto prepared = std::make_unique<PgLoadConnection>(std::move(opened), work);
    RETURN_IF_ERROR(prepared->Prepare());
    connections.push_back(std::move(prepared));
  }
  return connections;
}

Result<std::unique_ptr<SqlClient>> ConnectPgSql(const std::string& connection) {
  ASSIGN_OR_RETURN(Connection opened, Connect(connection));
  return std::unique_ptr<SqlClient>(std::make_unique<PgSqlClient>(std::move(opened)));
}

}  // namespace millrace::bench
