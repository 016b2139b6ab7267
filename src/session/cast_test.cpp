#include "session/cast.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace ballast {
namespace {

using std::chrono::milliseconds;

TEST(Cast, TheHeader) {
  EXPECT_EQ(
      cast_header({.size = {.columns = 100, .rows = 30},
                   .began = *parse_time("2026-11-25T03:00:00Z"),
                   .command = "sh -c 'a \"b\"'",
                   .title = "shop: web",
                   .terminal = "xterm"}),
      "{\"version\":2,\"width\":100,\"height\":30,\"timestamp\":1795575600,"
      "\"command\":\"sh -c 'a \\\"b\\\"'\",\"title\":\"shop: web\",\"env\":{\"TERM\":\"xterm\"}}"
      "\n");
}

TEST(Cast, EachEventIsALine) {
  CastEvents events;
  EXPECT_EQ(events.shown(milliseconds(0), "a\r\n\x1b[0m"),
            "[0.000, \"o\", \"a\\r\\n\\u001b[0m\"]\n");
  EXPECT_EQ(events.typed(milliseconds(1500), "ls\r"), "[1.500, \"i\", \"ls\\r\"]\n");
  EXPECT_EQ(events.resized(milliseconds(1501), {.columns = 120, .rows = 40}),
            "[1.501, \"r\", \"120x40\"]\n");
  EXPECT_EQ(events.marked(milliseconds(60001), "the time is up"),
            "[60.001, \"m\", \"the time is up\"]\n");
}

TEST(Cast, ACharacterThatComesInPiecesIsOne) {
  const std::string text = "h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xb3!";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CastEvents events;
    const std::string lines = events.shown(milliseconds(0), text.substr(0, cut)) +
                              events.shown(milliseconds(1), text.substr(cut));
    std::string seen;
    std::size_t begin = 0;
    for (std::size_t end = lines.find('\n'); end != std::string::npos;
         begin = end + 1, end = lines.find('\n', begin))
      seen += parse_json(lines.substr(begin, end - begin))->at(2).get<std::string>();
    EXPECT_EQ(seen, text) << cut;
  }
}

TEST(Cast, BytesThatAreNoTextDoNotHoldTheOthersBack) {
  CastEvents events;
  EXPECT_EQ(events.shown(milliseconds(0), "\xff\xfe"),
            "[0.000, \"o\", \"\xef\xbf\xbd\xef\xbf\xbd\"]\n");
  EXPECT_EQ(events.shown(milliseconds(1), "\xc3"), "");
  EXPECT_EQ(events.shown(milliseconds(2), "a"),
            "[0.002, \"o\", \"\xef\xbf\xbd"
            "a\"]\n");
}

}  // namespace
}  // namespace ballast
