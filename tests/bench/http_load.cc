// A request is built from a head made once and the parameters of the operation.
#include "http_load.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <utility>

#include "rows.h"

namespace millrace::bench {
namespace {

constexpr size_t kReceiveBytes = 64 * 1024;
constexpr size_t kShownBytesMax = 300;

class HttpLoadConnection final : public LoadConnection {
 public:
  HttpLoadConnection(int socket, const HttpEndpoint& endpoint, const Work& work)
      : socket_(socket), work_(work), head_(PostHead(endpoint, "/v1/api/sql")) {
    begin_ = "{\"sql\":";
    if (!work.statement().empty()) {
      AppendJsonText(work.statement(), begin_);
      begin_ += ",\"params\":[";
    }
  }
  ~HttpLoadConnection() override { ::close(socket_); }

  int descriptor() const override { return socket_; }
  Status Send(uint64_t number) override;
  Result<bool> Receive() override;

 private:
  void MakeBody();
  Status Check(const HttpReply& reply);

  const int socket_;
  const Work& work_;
  const std::string head_;
  std::string begin_;  // the body up to what differs between operations
  Operation operation_;
  std::string expected_row_count_;
  std::string body_;
  std::string request_;
  std::string received_;  // the part of a reply that came first; mostly empty
  ReplyReader reader_;
};

void HttpLoadConnection::MakeBody() {
  body_ = begin_;
  if (work_.statement().empty()) {
    AppendJsonText(operation_.sql, body_);
    body_ += '}';
    return;
  }
  for (const Parameter& parameter : operation_.parameters) {
    if (&parameter != operation_.parameters.data()) body_ += ',';
    if (parameter.kind == ParameterKind::kText) {
      AppendJsonText(parameter.text, body_);
    } else {
      body_ += parameter.text;
    }
  }
  body_ += "]}";
}

Status HttpLoadConnection::Send(uint64_t number) {
  work_.Describe(number, operation_);
  MakeBody();
  request_.clear();
  AppendPost(head_, body_, request_);
  return SendAll(socket_, request_);
}

Result<bool> HttpLoadConnection::Receive() {
  std::array<char, kReceiveBytes> arrived;
  const ssize_t size = ::recv(socket_, arrived.data(), arrived.size(), MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (size < 0) return Unavailable(std::string("recv: ") + ::strerror(errno));
  if (size == 0) return Unavailable("the server closed a connection");
  std::string_view bytes(arrived.data(), static_cast<size_t>(size));
  if (!received_.empty()) {
    received_ += bytes;
    bytes = received_;
  }
  HttpReply reply;
  const ReplyState state = reader_.Read(bytes, reply);
  if (state == ReplyState::kMalformed) return DataLoss("a reply is not HTTP");
  if (state == ReplyState::kIncomplete) {
    if (received_.empty()) received_ = bytes;
    return false;
  }
  RETURN_IF_ERROR(Check(reply));
  received_.clear();
  return true;
}

Status HttpLoadConnection::Check(const HttpReply& reply) {
  expected_row_count_ = "\"row_count\":";
  AppendNumber(operation_.rows, expected_row_count_);
  const size_t found = reply.body.find(expected_row_count_);
  const size_t after = found + expected_row_count_.size();
  // "row_count":10 must not pass for 1.
  const bool right_count = reply.status == 200 && found != std::string_view::npos &&
                           after < reply.body.size() &&
                           (reply.body[after] == ',' || reply.body[after] == '}');
  if (right_count && reply.body.find(operation_.answer_holds) != std::string_view::npos) {
    return Status::Ok();
  }
  return DataLoss("wrong answer, status " + std::to_string(reply.status) + ": " +
                  std::string(reply.body.substr(0, kShownBytesMax)))
      .WithDetail("Asked: " + body_.substr(0, kShownBytesMax));
}

}  // namespace

Result<std::vector<std::unique_ptr<LoadConnection>>> ConnectHttpLoad(const HttpEndpoint& endpoint,
                                                                     const Work& work,
                                                                     size_t count) {
  std::vector<std::unique_ptr<LoadConnection>> connections;
  for (size_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(const int socket, ConnectLoopback(endpoint.port));
    connections.push_back(std::make_unique<HttpLoadConnection>(socket, endpoint, work));
  }
  return connections;
}

}  // namespace millrace::bench
