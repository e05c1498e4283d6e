// One socket on one loop: buffered bytes in, coalesced bytes out. Knows no HTTP.
//
// While a handler works (Watch) a read, or a wait for an error, stays pending, so a
// client that goes away is noticed: a reset stops the StopToken at once. A plain
// end of input does not: a client may shut its sending side and still read.
//
// Everything on the loop's thread. Held by shared_ptr: pending operations keep it.
#pragma once

#include "runtime/asio.h"
// After asio.h, which sets how Asio is compiled.
#include <boost/asio/ip/tcp.hpp>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "observe/metrics.h"
#include "runtime/event_loop.h"
#include "runtime/stop_token.h"
#include "runtime/task.h"

namespace millrace {

struct StreamCounters {
  Counter& received_bytes;
  Counter& sent_bytes;
};

class TcpStream : public std::enable_shared_from_this<TcpStream> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  TcpStream(EventLoop& loop, Socket socket, StreamCounters counters);
  TcpStream(const TcpStream&) = delete;
  TcpStream& operator=(const TcpStream&) = delete;

  // The bytes received and not yet consumed. Valid until the next suspension.
  std::string_view input() const { return {buffer_.get() + begin_, end_ - begin_}; }
  void Consume(size_t bytes) { begin_ += bytes; }
  // co_await WaitForInput(): until bytes came that were not there before, the input
  // ended, the stream died, or Interrupt().
  auto WaitForInput() { return InputAwaiter{*this}; }
  void Interrupt();

  // Between Watch and Unwatch the stream looks out for the client on its own.
  void Watch();
  void Unwatch() { watching_ = false; }

  bool input_ended() const { return input_ended_; }
  bool dead() const { return dead_; }
  StopToken stop_token() const { return stop_.token(); }

  // Bytes to be sent with the next Flush.
  std::string& output() { return output_; }
  // Sends output() and then `tail`, without copying it; waits while the client does
  // not read. kCancelled when the stream died.
  Task<Status> Flush(std::string_view tail = {});
  // Sends what the socket takes now. No effect while a Flush is on its way.
  void TryFlush();
  // True while the stream's own read callback runs the coroutine: when that coroutine
  // next suspends, the stream flushes for it.
  bool flushes_soon() const { return in_callback_; }
  // When a Flush has been waiting for the client since then; 0 when it is not.
  int64_t blocked_since_nanos() const { return blocked_since_nanos_; }

  // Tells the client that nothing more will come.
  void ShutdownSend();
  // Ends everything: waiters wake, the token stops.
  void Close();

 private:
  static constexpr size_t kBufferBytes = 16 << 10;
  static constexpr size_t kKeptOutputBytes = 256 << 10;

  struct InputAwaiter {
    TcpStream& stream;
    bool await_ready() const noexcept;
    void await_suspend(std::coroutine_handle<> handle) const;
    void await_resume() const noexcept {
      stream.new_input_ = false;
      stream.interrupted_ = false;
    }
  };
  struct WritableAwaiter {
    TcpStream& stream;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) const;
    void await_resume() const noexcept {}
  };

  void ArmRead();
  void ArmErrorWait();
  void OnRead(const boost::system::error_code& error, size_t bytes);
  void OnWritable(const boost::system::error_code& error);
  size_t WriteSome(std::string_view first, std::string_view second);
  void Die();

  EventLoop& loop_;
  Socket socket_;
  const StreamCounters counters_;
  StopSource stop_;

  std::unique_ptr<char[]> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool new_input_ = false;
  bool input_ended_ = false;
  bool dead_ = false;
  bool reading_ = false;         // a read is pending
  bool awaiting_error_ = false;  // a wait for an error is pending
  bool watching_ = false;
  bool interrupted_ = false;
  bool in_callback_ = false;
  std::coroutine_handle<> input_waiter_;

  std::string output_;
  bool flushing_ = false;
  int64_t blocked_since_nanos_ = 0;
  std::coroutine_handle<> write_waiter_;
};

}  // namespace millrace
