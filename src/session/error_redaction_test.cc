// One test per class of errors, and what each role sees of it.
#include "session/error_redaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace millrace {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Status Full(Status status, std::string_view sqlstate) {
  return std::move(status)
      .WithSqlState(sqlstate)
      .WithDetail("the detail")
      .WithHint("Did you mean \"payroll\"?")
      .WithPosition({1, 8, "x"});
}

Status Shown(Status status) { return Redacted(std::move(status), Role::kUser, "r-7"); }

TEST(ErrorRedactionTest, ErrorsAboutTheStatementAreShownWhole) {
  for (const char* state :
       {"42601", "42703", "42804", "42883", "42501", "42P07", "42710", "42830", "23505",
        "23502", "23503", "23514", "22003", "22012", "22P02", "21000", "40001", "54000",
        "54001", "55000", "57014", "53200", "0A000", "08P01", "28000", "25P02"}) {
    const Status error = Full(InvalidArgument("about the statement"), state);
    EXPECT_EQ(ClassOf(error), ErrorClass::kStatement) << state;
    EXPECT_EQ(Shown(error).ToString(), error.ToString()) << state;
    EXPECT_NE(Shown(error).position(), nullptr) << state;
  }
}

TEST(ErrorRedactionTest, ErrorsAboutAMissingNameDoNotNameOthers) {
  for (const char* state : {"42P01", "42704", "3F000"}) {
    const Status error = Full(NotFound("relation \"pay\" does not exist"), state);
    EXPECT_EQ(ClassOf(error), ErrorClass::kName) << state;
    const Status shown = Shown(error);
    EXPECT_EQ(shown.message(), "relation \"pay\" does not exist");
    EXPECT_EQ(shown.sqlstate(), state);
    EXPECT_EQ(shown.hint(), "");
    EXPECT_EQ(shown.detail(), "");
    ASSERT_NE(shown.position(), nullptr);
    EXPECT_EQ(shown.position()->column, 8u);
  }
}

TEST(ErrorRedactionTest, ErrorsOfTheServerSayNothingOfIt) {
  const Status errors[] = {
      Internal("assertion in /src/tables/applier.cc"),
      DataLoss("block 7 of \"/data/hot/000012.sst\" is damaged"),
      Status(Code::kUnknown, "strange"),
      Unavailable("cannot read \"/data/hot/000012.log\"").WithSqlState("58030"),
      ResourceExhausted("disk full: \"/data/hot\"").WithSqlState("53100"),
      ResourceExhausted("too many operations wait for a thread of pool \"blocking\""),
      Unavailable("the blocking pool has stopped"),
      Full(InvalidArgument("of a class nobody thought of"), "XX999"),
  };
  for (const Status& error : errors) {
    EXPECT_EQ(ClassOf(error), ErrorClass::kServer) << error.ToString();
    const Status shown = Shown(error);
    EXPECT_EQ(shown.code(), error.code());
    EXPECT_EQ(shown.sqlstate(), error.sqlstate());
    EXPECT_THAT(shown.message(), ::testing::StartsWith("the server")) << error.ToString();
    EXPECT_THAT(shown.hint(), HasSubstr("r-7"));
    for (const char* secret : {"/data", "applier", "pool", "payroll", "detail", "strange"}) {
      EXPECT_THAT(shown.ToString(), Not(HasSubstr(secret)));
    }
  }
}

TEST(ErrorRedactionTest, AdministratorsSeeEverythingAndServicesDoNot) {
  const Status error = Full(Internal("the reason"), "XX000");
  for (const Role role : {Role::kDba, Role::kSystem}) {
    EXPECT_EQ(Redacted(error, role, "r-7").ToString(), error.ToString());
  }
  for (const Role role : {Role::kAnonymous, Role::kUser, Role::kService}) {
    EXPECT_NE(Redacted(error, role, "r-7").ToString(), error.ToString());
  }
}

TEST(ErrorRedactionTest, SuccessStaysSuccess) {
  EXPECT_TRUE(Redacted(Status::Ok(), Role::kUser, "r-7").ok());
}

}  // namespace
}  // namespace millrace
