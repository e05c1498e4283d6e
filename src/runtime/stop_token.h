// Cooperative cancellation. A StopSource asks, StopTokens listen: by looking, or
// by a StopCallback. Thread-safe, like std::stop_token, on which it stands.
#pragma once

#include <functional>
#include <stop_token>
#include <utility>

namespace millrace {

// A listener's end. A default token never stops. Copying is cheap; looking is one
// atomic load and never allocates.
class StopToken {
 public:
  StopToken() = default;
  bool StopRequested() const { return token_.stop_requested(); }
  // False when no source can ever ask this token to stop.
  bool CanStop() const { return token_.stop_possible(); }

 private:
  friend class StopSource;
  friend class StopCallback;
  explicit StopToken(std::stop_token token) : token_(std::move(token)) {}
  std::stop_token token_;
};

// The asking end. Allocates one shared state; copies share it.
class StopSource {
 public:
  StopSource() = default;
  StopToken token() const { return StopToken(source_.get_token()); }
  bool StopRequested() const { return source_.stop_requested(); }
  // Runs the callbacks on the calling thread. Returns false when already asked.
  bool RequestStop() { return source_.request_stop(); }

 private:
  std::stop_source source_;
};

// Calls `callback` once when the token stops: at once, here, if it already has;
// otherwise on the thread that asks. The destructor waits for a callback that runs
// on another thread. The callback must be quick and must not resume a coroutine
// itself: post it.
class StopCallback {
 public:
  StopCallback(const StopToken& token, std::function<void()> callback)
      : callback_(token.token_, std::move(callback)) {}
  StopCallback(const StopCallback&) = delete;
  StopCallback& operator=(const StopCallback&) = delete;

 private:
  std::stop_callback<std::function<void()>> callback_;
};

}  // namespace millrace
