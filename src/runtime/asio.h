// The Asio side of an EventLoop. Only runtime and net include this file, and only
// through it do they include Asio: it sets how Asio is compiled.
#pragma once

// Asio's own bodies are compiled once, in asio_bodies.cc.
#define BOOST_ASIO_SEPARATE_COMPILATION
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <limits>
#include <vector>

#include "base/mutex.h"
#include "runtime/event_loop.h"
#include "runtime/timer_heap.h"

namespace millrace {

struct EventLoop::Impl {
  // Either a coroutine or a callback.
  struct Posted {
    std::coroutine_handle<> handle;
    Callback callback;
  };
  static constexpr int64_t kNotArmed = std::numeric_limits<int64_t>::max();

  // One thread runs it: Asio may skip what only matters for several.
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      context.get_executor()};

  Mutex mutex;
  std::vector<Posted> posted;
  bool drain_scheduled = false;

  // The rest belongs to the loop's thread.
  std::vector<Posted> draining;
  boost::asio::steady_timer timer{context};
  int64_t armed_nanos = kNotArmed;
  timer_internal::TimerHeap timers;
  // False in RunUntilIdle: a simulated loop never waits for real time.
  bool real_time = false;
  // How many StayAwake live, and when the last of them gives up.
  int stay_awake_count = 0;
  int64_t awake_until_nanos = 0;
};

}  // namespace millrace
