// The little of HTTP/1.1 and of the SQL route that a client needs: requests are
// appended to a string, replies read from what has arrived.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace millrace::bench {

// Where a server listens, and who asks.
struct HttpEndpoint {
  uint16_t port = 0;
  std::string token;  // empty: none is sent
};

// Returns a connected socket, or an error.
Result<int> ConnectLoopback(uint16_t port);

// The head of a POST up to the number of `content-length`, made once per connection.
std::string PostHead(const HttpEndpoint& endpoint, std::string_view path);
void AppendPost(std::string_view head, std::string_view body, std::string& out);
// As a JSON string. `text` must hold nothing that needs escaping.
void AppendJsonText(std::string_view text, std::string& out);

// Writes everything; a request is small, so a full socket is worth blocking for.
Status SendAll(int socket, std::string_view bytes);

struct HttpReply {
  int status = 0;
  std::string_view body;  // of the bytes read from, or of the reader
};

enum class ReplyState : uint8_t { kIncomplete, kComplete, kMalformed };

// Reads replies with a content-length or in chunks.
class ReplyReader {
 public:
  // Reads a reply from the beginning of `bytes`, which must hold no more than it.
  ReplyState Read(std::string_view bytes, HttpReply& reply);

 private:
  ReplyState ReadChunks(std::string_view bytes, HttpReply& reply);

  std::string joined_chunks_;
};

}  // namespace millrace::bench
