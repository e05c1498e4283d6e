// Functions of the statement and of the server: time, user, ids, randomness.
#include "query/expr/families.h"
#include "query/expr/kernel.h"

namespace millrace::expr {
namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;

constexpr FunctionTraits kOfStatement = {.can_fail = false, .volatility = Volatility::kStable};
constexpr FunctionTraits kOfMoment = {.can_fail = false, .volatility = Volatility::kVolatile};

int64_t FloorDays(int64_t micros) {
  return micros / kMicrosPerDay - (micros % kMicrosPerDay < 0 ? 1 : 0);
}

Status StatementTime(KernelCall& call, Column* out) {
  return MapRows<>(call, out, [&] { return call.context.statement_time_micros; });
}

Status ClockTime(KernelCall& call, Column* out) {
  MR_ASSERT(call.context.clock != nullptr, "the statement was given no clock");
  return MapRows<>(call, out, [&] { return call.context.clock->WallMicros(); });
}

Status StatementDate(KernelCall& call, Column* out) {
  return MapRows<>(call, out, [&] {
    return static_cast<int32_t>(FloorDays(call.context.statement_time_micros));
  });
}

Status StatementTimeOfDay(KernelCall& call, Column* out) {
  return MapRows<>(call, out, [&] {
    const int64_t micros = call.context.statement_time_micros;
    return micros - FloorDays(micros) * kMicrosPerDay;
  });
}

Status CurrentUser(KernelCall& call, Column* out) {
  return MapRows<>(call, out, [&] { return call.context.user_id; });
}

Status CurrentRole(KernelCall& call, Column* out) {
  return MapRows<>(call, out, [&] { return call.context.role; });
}

IdGenerator& Ids(const KernelCall& call) {
  MR_ASSERT(call.context.ids != nullptr, "the statement was given no id generator");
  return *call.context.ids;
}

Random& Randomness(const KernelCall& call) {
  MR_ASSERT(call.context.random != nullptr, "the statement was given no random source");
  return *call.context.random;
}

Status SnowflakeId(KernelCall& call, Column* out) {
  return MapRows<>(call, out, [&] { return Ids(call).Snowflake(); });
}

Status UuidV7(KernelCall& call, Column* out) {
  return MapRows<>(call, out, [&] { return Ids(call).UuidV7(); });
}

Status Ulid(KernelCall& call, Column* out) {
  return MapRows<>(call, out, [&] { return Ids(call).Ulid(); });
}

Status GenRandomUuid(KernelCall& call, Column* out) {
  return MapRows<>(call, out, [&] { return RandomUuid(Randomness(call)); });
}

// Uniform in [0, 1), 53 random bits.
Status RandomDouble(KernelCall& call, Column* out) {
  return MapRows<>(call, out, [&] {
    return static_cast<double>(Randomness(call).NextUint64() >> 11) * 0x1p-53;
  });
}

}  // namespace

void AddContext(std::vector<Function>* functions) {
  const Function all[] = {
      Define("now() timestamp", StatementTime, kOfStatement),
      Define("current_timestamp() timestamp", StatementTime, kOfStatement),
      Define("transaction_timestamp() timestamp", StatementTime, kOfStatement),
      Define("statement_timestamp() timestamp", StatementTime, kOfStatement),
      Define("localtimestamp() timestamp", StatementTime, kOfStatement),
      Define("clock_timestamp() timestamp", ClockTime, kOfMoment),
      Define("current_date() date", StatementDate, kOfStatement),
      Define("current_time() time", StatementTimeOfDay, kOfStatement),
      Define("localtime() time", StatementTimeOfDay, kOfStatement),
      Define("current_user() text", CurrentUser, kOfStatement),
      Define("session_user() text", CurrentUser, kOfStatement),
      Define("current_role() text", CurrentRole, kOfStatement),
      Define("snowflake_id() bigint", SnowflakeId, kOfMoment),
      Define("uuid_v7() uuid", UuidV7, kOfMoment),
      Define("uuidv7() uuid", UuidV7, kOfMoment),
      Define("gen_random_uuid() uuid", GenRandomUuid, kOfMoment),
      Define("uuid() uuid", GenRandomUuid, kOfMoment),
      Define("ulid() text", Ulid, kOfMoment),
      Define("random() double", RandomDouble, kOfMoment),
  };
  functions->insert(functions->end(), std::begin(all), std::end(all));
}

}  // namespace millrace::expr
