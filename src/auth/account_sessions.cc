// What a token is worth after it was issued: its user's present state, its session, and
// its number among the refresh tokens of that.
#include <algorithm>
#include <utility>

#include "auth/accounts.h"

namespace millrace::auth {
namespace {

// Rows looked at for expiry with each refresh, beyond the user's own: more than one, so
// that the walk is faster than new ones come.
constexpr size_t kExpiryLooks = 4;

AuthError Refused(std::string message) {
  return {AuthErrorCode::kInvalidCredentials, Unauthenticated(std::move(message))};
}

CatalogChange DropState(const RefreshState& state) {
  return {.op = CatalogOp::kDropRefreshState, .name = state.Key()};
}

}  // namespace

AuthResult<UserPtr> Accounts::FindHolder(const TokenFacts& facts) const {
  UserPtr user = Find(facts.user_id);
  // Another epoch: a dropped namesake's token, or one from before a new password or role.
  if (user == nullptr || facts.epoch != user->token_epoch) {
    return std::unexpected(InvalidCredentials());
  }
  const auto refused = [](std::string message) {
    return std::unexpected(
        AuthError{AuthErrorCode::kInvalidCredentials, Unauthenticated(std::move(message))});
  };
  const bool ended = std::ranges::any_of(user->ended_sessions, [&](const EndedSession& session) {
    return session.id == facts.session;
  });
  if (ended) return refused("the session was logged out");
  if (user->role != facts.role) return refused("the user has another role now: log in again");
  return user;
}

Status Accounts::CheckPrincipal(const Principal& principal) const {
  if (!principal.api_key.empty()) return CheckApiKey(principal);
  const AuthResult<UserPtr> user = FindHolder({.user_id = principal.user_id,
                                               .epoch = principal.token_epoch,
                                               .role = principal.role,
                                               .session = principal.session});
  if (!user) return user.error().status;
  if ((*user)->account != principal.account) return InvalidCredentials().status;
  return Status::Ok();
}

Status Accounts::CheckApiKey(const Principal& principal) const {
  const ApiKeyPtr key = catalog_.FindApiKey(principal.api_key);
  const UserPtr user = Find(principal.user_id);
  if (key == nullptr || user == nullptr || user->account != principal.account ||
      user->role != principal.role ||
      (key->expires_at != 0 && key->expires_at <= clock_.WallMicros())) {
    return InvalidCredentials().status;
  }
  return Status::Ok();
}

UserDefinition Accounts::AfterEndOf(UserDefinition row, EndedSession session) const {
  const int64_t now = clock_.WallMicros();
  std::erase_if(row.ended_sessions, [&](const EndedSession& ended) {
    return ended.until <= now || ended.id == session.id;
  });
  if (row.ended_sessions.size() < kEndedSessionsMax) {
    row.ended_sessions.push_back(std::move(session));
  } else {
    EndTokens(&row);
  }
  return row;
}

Task<Status> Accounts::EndSession(std::string id, EndedSession session) {
  const AsyncMutex::Guard guard = co_await rows_.Lock();
  const UserPtr current = Find(id);
  if (current == nullptr) co_return Status::Ok();
  std::vector<CatalogChange> changes;
  if (const auto state = catalog_.FindRefreshState(id, session.id)) {
    changes.push_back(DropState(*state));
  }
  changes.push_back(PutUser(AfterEndOf(*current, std::move(session))));
  CO_RETURN_IF_ERROR(co_await Write(std::move(changes), Durability::kStrict));
  log_.Info("session_ended", {{"user", id}});
  co_return Status::Ok();
}

Task<AuthResult<UserPtr>> Accounts::EndReplayed(UserPtr user, RefreshAttempt attempt) {
  const Principal holder{.user_id = user->id, .address = attempt.address};
  std::vector<CatalogChange> changes;
  if (const auto state = catalog_.FindRefreshState(user->id, attempt.session)) {
    changes.push_back(DropState(*state));
  }
  changes.push_back(PutUser(AfterEndOf(*user, {attempt.session, attempt.ended_until})));
  changes.push_back(
      journal_.Audit(holder, {.action = "refresh_token_replayed", .target = user->id}));
  Status written = co_await Write(std::move(changes), Durability::kStrict);
  log_.Warn("refresh_token_replayed", {{"user", user->id}, {"address", attempt.address}});
  if (!written.ok()) co_return std::unexpected(ServerSideError(std::move(written)));
  co_return std::unexpected(
      Refused("the refresh token was used before: its session is ended, log in again"));
}

void Accounts::AddExpired(const RefreshAttempt& attempt, std::vector<CatalogChange>* changes) {
  const int64_t now = clock_.WallMicros();
  const std::string own = RefreshState::RefreshKey(attempt.user_id, attempt.session);
  const auto add = [&](const std::vector<RefreshStatePtr>& states) {
    for (const RefreshStatePtr& state : states) {
      if (state->until < now && state->Key() != own) changes->push_back(DropState(*state));
    }
  };
  add(catalog_.RefreshStates(attempt.user_id));
  const std::vector<RefreshStatePtr> others =
      catalog_.RefreshStatesAfter(expiry_position_, kExpiryLooks);
  add(others);
  expiry_position_ = others.size() < kExpiryLooks ? "" : others.back()->Key();
}

Task<AuthResult<UserPtr>> Accounts::RecordRefresh(RefreshAttempt attempt) {
  const AsyncMutex::Guard guard = co_await rows_.Lock();
  AuthResult<UserPtr> user = FindHolder({.user_id = attempt.user_id,
                                         .epoch = attempt.epoch,
                                         .role = attempt.role,
                                         .session = attempt.session});
  if (!user) co_return user;
  const RefreshStatePtr before = catalog_.FindRefreshState(attempt.user_id, attempt.session);
  const uint64_t good = before == nullptr ? 0 : before->refreshes;
  if (attempt.refreshes < good)
    co_return co_await EndReplayed(*std::move(user), std::move(attempt));

  std::vector<CatalogChange> changes;
  AddExpired(attempt, &changes);
  if (before == nullptr &&
      catalog_.RefreshStates(attempt.user_id).size() >= kRefreshedSessionsMax) {
    UserDefinition row = **user;
    EndTokens(&row);
    changes = {PutUser(row)};
    Status written = co_await Write(std::move(changes), Durability::kStrict);
    if (!written.ok()) co_return std::unexpected(ServerSideError(std::move(written)));
    log_.Warn("too_many_sessions", {{"user", row.id}});
    co_return std::unexpected(Refused("the user had too many sessions: log in again"));
  }
  // A number above the good one is genuine all the same: what used it was lost by a disk.
  const RefreshState next{.user_id = attempt.user_id,
                          .session = attempt.session,
                          .refreshes = attempt.refreshes + 1,
                          .token_epoch = attempt.epoch,
                          .until = attempt.next_until};
  changes.push_back({.op = CatalogOp::kPutRefreshState,
                     .name = next.Key(),
                     .expected = good,
                     .body = EncodeRefreshState(next)});
  Status written = co_await Write(std::move(changes), Durability::kStrict);
  if (!written.ok()) co_return std::unexpected(ServerSideError(std::move(written)));
  co_return user;
}

Task<Status> Accounts::RecordImpersonation(Principal actor, std::string subject,
                                           std::string details) {
  CatalogChange audit = journal_.Audit(actor, {.action = "execute_as_user",
                                               .target = subject,
                                               .details = std::move(details),
                                               .subject = subject});
  std::vector<CatalogChange> changes;
  changes.push_back(std::move(audit));
  co_return co_await Write(std::move(changes), Durability::kStrict);
}

}  // namespace millrace::auth
