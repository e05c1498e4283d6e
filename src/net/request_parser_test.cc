// Requests byte by byte: limits, chunks, framing that must be refused.
#include "net/request_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/gzip.h"
#include "net/response_encoder.h"

namespace millrace {
namespace {

using State = RequestParser::State;
using testing::HasSubstr;

constexpr RequestLimits kSmall{.head_bytes_max = 200, .fields_max = 4, .body_bytes_max = 10};

TEST(RequestParserTest, TakesOneRequestAndLeavesTheNext) {
  const std::string first = "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n";
  RequestParser parser{RequestLimits{}};
  EXPECT_EQ(parser.Put(first + "GET /next"), first.size());
  ASSERT_EQ(parser.state(), State::kComplete);
  EXPECT_EQ(parser.request().method, HttpMethod::kGet);
  EXPECT_EQ(parser.request().path, "/a");
  EXPECT_EQ(parser.request().query, "b=c");
  EXPECT_EQ(*parser.request().Header("hOST"), "x");
  EXPECT_FALSE(parser.request().Header("ost").has_value());
  EXPECT_TRUE(parser.request().keep_alive);
  parser.Reset();
  EXPECT_EQ(parser.state(), State::kStart);
  EXPECT_EQ(parser.Put("POST /b HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi"), 41u);
  EXPECT_EQ(parser.request().body, "hi");
  EXPECT_FALSE(parser.request().keep_alive);
}

TEST(RequestParserTest, PiecesGiveTheSameAsTheWhole) {
  const std::string bytes =
      "\r\nPOST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;name=value\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: dropped\r\n\r\n";
  RequestParser parser{RequestLimits{}};
  std::string waiting;
  for (const char c : bytes) {
    ASSERT_NE(parser.state(), State::kComplete);
    waiting.push_back(c);
    waiting.erase(0, parser.Put(waiting));
  }
  ASSERT_EQ(parser.state(), State::kComplete);
  EXPECT_EQ(parser.request().body, "hello!");
  EXPECT_EQ(parser.request().fields.size(), 2u);
  EXPECT_EQ(waiting, "");
}

TEST(RequestParserTest, TellsThatTheClientWaitsForContinue) {
  RequestParser parser{RequestLimits{}};
  parser.Put("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_TRUE(parser.expects_continue());
  parser.Put("x");
  EXPECT_FALSE(parser.expects_continue());
  EXPECT_EQ(parser.state(), State::kComplete);
}

TEST(RequestParserTest, AbsoluteTargetsLoseTheirHost) {
  RequestParser parser{RequestLimits{}};
  parser.Put("GET http://host:1/p?q HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(parser.request().path, "/p");
  EXPECT_EQ(parser.request().query, "q");
  parser.Reset();
  parser.Put("GET http://host HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(parser.request().path, "/");
}

struct BadRequest {
  const char* name;
  std::string bytes;
  int status;
};

std::string WithFields(const std::string& fields, const std::string& body = "") {
  return "POST / HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n" + body;
}

class BadRequestTest : public testing::TestWithParam<BadRequest> {};

TEST_P(BadRequestTest, IsRefused) {
  RequestParser parser(kSmall);
  parser.Put(GetParam().bytes);
  EXPECT_EQ(parser.state(), State::kFailed);
  EXPECT_EQ(parser.error_status(), GetParam().status) << parser.error_reason();
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadRequestTest,
    testing::Values(
        BadRequest{"garbage", "\x16\x03\x01\x02garbage\r\n\r\n", 400},
        BadRequest{"no_version", "GET /\r\n\r\n", 400},
        BadRequest{"other_version", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
        BadRequest{"bare_line_feed", "GET / HTTP/1.1\nHost: x\n\n", 400},
        BadRequest{"no_host", "GET / HTTP/1.1\r\n\r\n", 400},
        BadRequest{"two_hosts", WithFields("Host: y\r\n"), 400},
        BadRequest{"blank_before_colon", WithFields("Name : value\r\n"), 400},
        BadRequest{"no_colon", WithFields("Name\r\n"), 400},
        BadRequest{"folded", WithFields("A: b\r\n c\r\n"), 400},
        BadRequest{"null_in_value", WithFields(std::string("A: b\0c\r\n", 8)), 400},
        BadRequest{"length_and_chunked",
                   WithFields("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400},
        BadRequest{"chunked_and_length",
                   WithFields("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"), 400},
        BadRequest{"two_lengths", WithFields("Content-Length: 1\r\nContent-Length: 2\r\n"), 400},
        BadRequest{"length_twice", WithFields("Content-Length: 1\r\nContent-Length: 1\r\n"), 400},
        BadRequest{"length_list", WithFields("Content-Length: 1, 1\r\n"), 400},
        BadRequest{"signed_length", WithFields("Content-Length: +1\r\n"), 400},
        BadRequest{"negative_length", WithFields("Content-Length: -1\r\n"), 400},
        BadRequest{"huge_length", WithFields("Content-Length: 99999999999999999999\r\n"), 400},
        BadRequest{"unknown_coding", WithFields("Transfer-Encoding: gzip\r\n"), 501},
        BadRequest{"two_codings", WithFields("Transfer-Encoding: gzip, chunked\r\n"), 501},
        BadRequest{"hidden_coding", WithFields("Transfer-Encoding: xchunked\r\n"), 501},
        BadRequest{"coding_in_1_0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        BadRequest{"unknown_expectation", WithFields("Expect: a-miracle\r\n"), 417},
        BadRequest{"head_too_large", WithFields("A: " + std::string(300, 'a') + "\r\n"), 431},
        BadRequest{"endless_line", std::string(300, 'a'), 431},
        BadRequest{"too_many_fields", WithFields("A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\n"), 431},
        BadRequest{"body_too_large", WithFields("Content-Length: 11\r\n"), 413},
        BadRequest{"chunks_too_large",
                   WithFields("Transfer-Encoding: chunked\r\n", "8\r\n12345678\r\n8\r\n"), 413},
        BadRequest{"bad_chunk_size", WithFields("Transfer-Encoding: chunked\r\n", "x\r\n"), 400},
        BadRequest{"chunk_longer_than_its_size",
                   WithFields("Transfer-Encoding: chunked\r\n", "1\r\nab\r\n"), 400},
        BadRequest{"signed_chunk_size", WithFields("Transfer-Encoding: chunked\r\n", "-1\r\n"),
                   400},
        BadRequest{"prefixed_chunk_size", WithFields("Transfer-Encoding: chunked\r\n", "0x1\r\n"),
                   400},
        BadRequest{"chunk_size_with_bare_line_feed",
                   WithFields("Transfer-Encoding: chunked\r\n", "1\n"), 400},
        BadRequest{"folded_trailer", WithFields("Transfer-Encoding: chunked\r\n", "0\r\n a: b\r\n"),
                   400},
        BadRequest{"endless_trailers",
                   WithFields("Transfer-Encoding: chunked\r\n",
                              "0\r\nA: " + std::string(3000, 'a') +
                                  "\r\nB: " + std::string(3000, 'b') + "\r\n"),
                   431},
        BadRequest{"endless_chunk_size",
                   WithFields("Transfer-Encoding: chunked\r\n", "1;" + std::string(5000, 'a')),
                   400},
        BadRequest{"overflowing_chunk_size",
                   WithFields("Transfer-Encoding: chunked\r\n", "10000000000000001\r\n"), 400}),
    [](const auto& param_info) { return std::string(param_info.param.name); });

TEST(HttpTypesTest, AcceptEncodingFollowsTheWeights) {
  EXPECT_TRUE(AcceptsGzip("gzip"));
  EXPECT_TRUE(AcceptsGzip("deflate, GZIP;q=0.5"));
  EXPECT_TRUE(AcceptsGzip("*"));
  EXPECT_FALSE(AcceptsGzip("gzip;q=0"));
  EXPECT_FALSE(AcceptsGzip("gzip; q=0.000, *"));
  EXPECT_FALSE(AcceptsGzip("*;q=0"));
  EXPECT_FALSE(AcceptsGzip("br, gzipped"));
  EXPECT_FALSE(AcceptsGzip(""));
}

TEST(HttpTypesTest, QueryParametersAreDecoded) {
  EXPECT_EQ(QueryParameter("a=1&b=x%20y+z&b=2", "b"), "x y z");
  EXPECT_EQ(QueryParameter("flag&a=1", "flag"), "");
  EXPECT_EQ(QueryParameter("a=%4", "a"), std::nullopt);
  EXPECT_EQ(QueryParameter("a=1", "b"), std::nullopt);
  EXPECT_EQ(*DecodePercent("a+%2b", PlusSign::kKeep), "a++");
}

TEST(ResponseEncoderTest, DateIsInTheFormOfRfc9110) {
  EXPECT_EQ(HttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(ResponseEncoderTest, AValueCannotStartAHeader) {
  HttpResponse response(200);
  response.headers = {{"Location", "/x\r\nSet-Cookie: forged"}, {"Content-Length", "99"}};
  std::string out;
  AppendResponseHead(response, {.length = 3, .date = "now", .request_id = "id"}, &out);
  EXPECT_EQ(out,
            "HTTP/1.1 200 OK\r\nDate: now\r\nLocation: /x  Set-Cookie: forged\r\n"
            "Content-Length: 3\r\nX-Request-ID: id\r\n\r\n");
}

TEST(ResponseEncoderTest, CompressesTextAndNotImages) {
  EXPECT_TRUE(IsCompressible("application/json; charset=utf-8"));
  EXPECT_TRUE(IsCompressible("text/html"));
  EXPECT_FALSE(IsCompressible("image/png"));
  EXPECT_FALSE(IsCompressible(""));
}

}  // namespace
}  // namespace millrace
