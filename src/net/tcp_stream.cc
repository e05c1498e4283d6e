#include "net/tcp_stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "base/mutex.h"

namespace millrace {
namespace asio = boost::asio;
using boost::system::error_code;

TcpStream::TcpStream(EventLoop& loop, Socket socket, StreamCounters counters)
    : loop_(loop),
      socket_(std::move(socket)),
      counters_(counters),
      buffer_(std::make_unique<char[]>(kBufferBytes)) {
  error_code ignored;  // a socket that is already gone shows it at the first read
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  // A client that vanished without a word is noticed in minutes, not in hours.
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  for (const auto& [option, value] : {std::pair(TCP_KEEPIDLE, 60), {TCP_KEEPINTVL, 15}}) {
    setsockopt(socket_.native_handle(), IPPROTO_TCP, option, &value, sizeof(value));
  }
}

bool TcpStream::InputAwaiter::await_ready() const noexcept {
  return stream.new_input_ || stream.input_ended_ || stream.dead_ || stream.interrupted_;
}

void TcpStream::InputAwaiter::await_suspend(std::coroutine_handle<> handle) const {
  AssertNoMutexHeld();
  MR_ASSERT(!stream.input_waiter_, "a stream has one reader");
  stream.input_waiter_ = handle;
  stream.ArmRead();
}

void TcpStream::Interrupt() {
  interrupted_ = true;
  if (input_waiter_) loop_.ResumeSoon(std::exchange(input_waiter_, nullptr));
}

void TcpStream::Watch() {
  watching_ = true;
  // In our own callback there may be no need: most handlers end before it does.
  if (in_callback_) return;
  if (input_ended_) {
    ArmErrorWait();
  } else {
    ArmRead();
  }
}

void TcpStream::ArmRead() {
  if (reading_ || input_ended_ || dead_) return;
  // Only here, with no read pending, may the bytes move.
  if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == kBufferBytes) {
    MR_ASSERT(!input_waiter_, "a reader waits although the buffer is full");
    return ArmErrorWait();  // a client that sends ahead waits for its answers
  }
  reading_ = true;
  socket_.async_read_some(asio::buffer(buffer_.get() + end_, kBufferBytes - end_),
                          [self = shared_from_this()](const error_code& error, size_t bytes) {
                            self->OnRead(error, bytes);
                          });
}

void TcpStream::ArmErrorWait() {
  if (awaiting_error_ || dead_) return;
  awaiting_error_ = true;
  socket_.async_wait(Socket::wait_error, [self = shared_from_this()](const error_code& error) {
    self->awaiting_error_ = false;
    if (error != asio::error::operation_aborted) self->Die();
  });
}

void TcpStream::OnRead(const error_code& error, size_t bytes) {
  reading_ = false;
  if (error == asio::error::eof) {
    input_ended_ = true;
  } else if (error) {
    Die();
  } else {
    counters_.received_bytes.Add(bytes);
    end_ += bytes;
    new_input_ = true;
  }
  in_callback_ = true;
  if (input_waiter_) std::exchange(input_waiter_, nullptr).resume();
  in_callback_ = false;
  if (!watching_ || dead_) return;
  // A handler is at work and has suspended.
  TryFlush();
  if (input_ended_) {
    ArmErrorWait();
  } else {
    ArmRead();
  }
}

// One gathered, non-blocking write. 0 when the socket is full or the stream has died.
size_t TcpStream::WriteSome(std::string_view first, std::string_view second) {
  const std::array<asio::const_buffer, 2> buffers = {
      asio::const_buffer(first.data(), first.size()),
      asio::const_buffer(second.data(), second.size())};
  error_code error;
  const size_t written = socket_.write_some(buffers, error);
  if (error && error != asio::error::would_block && error != asio::error::try_again) Die();
  counters_.sent_bytes.Add(written);
  return written;
}

Task<Status> TcpStream::Flush(std::string_view tail) {
  MR_ASSERT(!flushing_, "a stream has one writer");
  flushing_ = true;
  std::string_view head = output_;
  while (!dead_ && head.size() + tail.size() > 0) {
    const size_t written = WriteSome(head, tail);
    const size_t of_head = std::min(written, head.size());
    head.remove_prefix(of_head);
    tail.remove_prefix(written - of_head);
    if (written > 0 || dead_) continue;
    blocked_since_nanos_ = loop_.clock().MonotonicNanos();
    co_await WritableAwaiter{*this};
    blocked_since_nanos_ = 0;
  }
  output_.clear();
  if (output_.capacity() > kKeptOutputBytes) output_ = std::string();
  flushing_ = false;
  co_return dead_ ? Cancelled("the client is gone") : Status::Ok();
}

void TcpStream::TryFlush() {
  if (flushing_ || dead_ || output_.empty()) return;
  output_.erase(0, WriteSome(output_, {}));
}

void TcpStream::WritableAwaiter::await_suspend(std::coroutine_handle<> handle) const {
  AssertNoMutexHeld();
  stream.write_waiter_ = handle;
  stream.socket_.async_wait(
      Socket::wait_write,
      [self = stream.shared_from_this()](const error_code& error) { self->OnWritable(error); });
}

void TcpStream::OnWritable(const error_code& error) {
  if (error) Die();
  if (write_waiter_) std::exchange(write_waiter_, nullptr).resume();
}

void TcpStream::Die() {
  if (std::exchange(dead_, true)) return;
  stop_.RequestStop();
}

void TcpStream::ShutdownSend() {
  error_code ignored;  // the client may be gone already
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void TcpStream::Close() {
  Die();
  // Pending operations end with operation_aborted and wake their waiters.
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace millrace
