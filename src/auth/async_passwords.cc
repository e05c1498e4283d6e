#include "auth/async_passwords.h"

#include <sys/resource.h>

#include <utility>

namespace millrace::auth {

// Hashes get the processor time that requests leave over, and some 10 % of a processor
// that they want whole: a thousand logins at once take longer, not everybody's reads.
// Once per thread; the pool is for hashing only. What the system refuses stays as it was.
static void StandBack() {
  constexpr int kNice = 10;
  thread_local const int done = setpriority(PRIO_PROCESS, 0, kNice);
  (void)done;
}

// Being counted among the callers, and once `running` among those that compute.
class AsyncPasswords::Turn {
 public:
  explicit Turn(AsyncPasswords& passwords)
      : passwords_(passwords),
        admitted_(passwords.inside_.fetch_add(1, std::memory_order_relaxed) <
                  passwords.options_.running_max + passwords.options_.waiting_max) {}
  ~Turn() {
    if (running_) (void)passwords_.running_.TryPop();
    passwords_.inside_.fetch_sub(1, std::memory_order_relaxed);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  Task<Status> Come() {
    if (!admitted_) co_return ResourceExhausted("too many logins at the same time");
    CO_RETURN_IF_ERROR(co_await passwords_.running_.Push(Token{}));
    running_ = true;
    passwords_.hashes_.Add();
    co_return Status::Ok();
  }

 private:
  AsyncPasswords& passwords_;
  const bool admitted_;
  bool running_ = false;
};

AsyncPasswords::AsyncPasswords(AsyncPasswordsOptions options, BlockingPool& blocking,
                               Metrics& metrics)
    : options_(options),
      unmatchable_hash_(UnmatchableHash(options.cost)),
      blocking_(blocking),
      hashes_(metrics.AddCounter("auth_password_hashes_total", "Password hashes computed.")),
      running_(options.running_max) {}

Task<Result<std::string>> AsyncPasswords::Hash(std::string password) {
  Turn turn(*this);
  CO_RETURN_IF_ERROR(co_await turn.Come());
  auto hash = [&] {
    StandBack();
    return HashPassword(password, options_.cost);
  };
  co_return co_await blocking_.Run(hash);
}

Task<Result<bool>> AsyncPasswords::Verify(std::string hash, std::string password) {
  Turn turn(*this);
  CO_RETURN_IF_ERROR(co_await turn.Come());
  const bool known = !hash.empty();
  if (!known) hash = unmatchable_hash_;
  auto verify = [&] {
    StandBack();
    return VerifyPassword(hash, password) && known;
  };
  co_return co_await blocking_.Run(verify);
}

}  // namespace millrace::auth
