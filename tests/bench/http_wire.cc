// Reads only what the two sides of our own wire use: no trailers, no pipelining.
#include "http_wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "base/assert.h"

namespace millrace::bench {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

bool EqualsIgnoringCase(std::string_view left, std::string_view right) {
  return left.size() == right.size() && ::strncasecmp(left.data(), right.data(), left.size()) == 0;
}

struct BodyFraming {
  bool chunked = false;
  size_t length = 0;
};

// `fields` are the lines after the status line, each with its line end.
BodyFraming ReadFraming(std::string_view fields) {
  BodyFraming framing;
  while (!fields.empty()) {
    const size_t end = fields.find(kLineEnd);
    const std::string_view line = fields.substr(0, end);
    fields.remove_prefix(end + kLineEnd.size());
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    if (EqualsIgnoringCase(name, "content-length")) {
      std::from_chars(value.data(), value.data() + value.size(), framing.length);
    } else if (EqualsIgnoringCase(name, "transfer-encoding")) {
      framing.chunked = EqualsIgnoringCase(value, "chunked");
    }
  }
  return framing;
}

}  // namespace

Result<int> ConnectLoopback(uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return Internal(std::string("socket: ") + ::strerror(errno));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  address.sin_port = ::htons(port);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    const std::string reason = ::strerror(errno);
    ::close(socket);
    return Unavailable("cannot connect to 127.0.0.1:" + std::to_string(port) + ": " + reason);
  }
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return socket;
}

std::string PostHead(const HttpEndpoint& endpoint, std::string_view path) {
  std::string head = "POST " + std::string(path) +
                     " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(endpoint.port) +
                     "\r\nContent-Type: application/json\r\n";
  if (!endpoint.token.empty()) head += "Authorization: Bearer " + endpoint.token + "\r\n";
  return head + "Content-Length: ";
}

void AppendPost(std::string_view head, std::string_view body, std::string& out) {
  char digits[20];
  out += head;
  out.append(digits, std::to_chars(digits, digits + sizeof(digits), body.size()).ptr);
  out += "\r\n\r\n";
  out += body;
}

void AppendJsonText(std::string_view text, std::string& out) {
  constexpr auto kNeedsEscape = [](char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ';
  };
  // Ours are plain; a statement of a thousand rows must not cost a step for each byte.
  MR_ASSERT(std::none_of(text.begin(), text.end(), kNeedsEscape), "a text of the benchmark");
  out += '"';
  out += text;
  out += '"';
}

Status SendAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return Unavailable(std::string("send: ") + ::strerror(errno));
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return Status::Ok();
}

ReplyState ReplyReader::Read(std::string_view bytes, HttpReply& reply) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  const size_t head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return ReplyState::kIncomplete;
  const std::string_view head = bytes.substr(0, head_end + kLineEnd.size());
  bytes.remove_prefix(head.size() + kLineEnd.size());
  if (!head.starts_with(kVersion)) return ReplyState::kMalformed;
  const char* status = head.data() + kVersion.size();
  if (std::from_chars(status, head.data() + head.size(), reply.status).ec != std::errc()) {
    return ReplyState::kMalformed;
  }
  const BodyFraming framing = ReadFraming(head.substr(head.find(kLineEnd) + kLineEnd.size()));
  if (framing.chunked) return ReadChunks(bytes, reply);
  if (bytes.size() < framing.length) return ReplyState::kIncomplete;
  reply.body = bytes;
  return bytes.size() == framing.length ? ReplyState::kComplete : ReplyState::kMalformed;
}

ReplyState ReplyReader::ReadChunks(std::string_view bytes, HttpReply& reply) {
  joined_chunks_.clear();
  while (true) {
    const size_t end = bytes.find(kLineEnd);
    if (end == std::string_view::npos) return ReplyState::kIncomplete;
    size_t size = 0;
    if (std::from_chars(bytes.data(), bytes.data() + end, size, 16).ec != std::errc()) {
      return ReplyState::kMalformed;
    }
    bytes.remove_prefix(end + kLineEnd.size());
    if (bytes.size() < size + kLineEnd.size()) return ReplyState::kIncomplete;
    joined_chunks_.append(bytes.substr(0, size));
    bytes.remove_prefix(size + kLineEnd.size());
    if (size != 0) continue;
    reply.body = joined_chunks_;
    return bytes.empty() ? ReplyState::kComplete : ReplyState::kMalformed;
  }
}

}  // namespace millrace::bench
