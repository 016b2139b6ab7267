#include "tools/plain_dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr const char* dump =
    "--\n"
    "-- PostgreSQL database dump\n"
    "--\n"
    "\n"
    "\\restrict Gq3zUrE\n"
    "\n"
    "-- Dumped from database version 17.2 (Debian 17.2-1)\n"
    "SET statement_timeout = 0;\n"
    "SET transaction_timeout = 0;\n"
    "CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;\n"
    "-- Name: ir_module_module; Type: TABLE; Schema: public; Owner: -\n"
    "CREATE TABLE public.ir_module_module (name varchar, state varchar);\n"
    "ALTER TABLE public.ir_module_module OWNER TO somebody;\n"
    "-- Data for Name: ir_module_module; Type: TABLE DATA; Schema: public; Owner: -\n"
    "COPY public.ir_module_module (id, \"name\", state, latest_version) FROM stdin;\n"
    "1\tbase\tinstalled\t18.0.1.3\n"
    "2\tcrm\tuninstalled\t\\N\n"
    "3\todd\\tname\tinstalled\t\\N\n"
    "\\.\n"
    "COPY public.note (text) FROM stdin;\n"
    "\\\\connect shop\n"
    "GRANT ALL ON TABLE public.note TO reader;\n"
    "COPY public.ir_module_module (name, state) FROM stdin;\n"
    "\\.\n"
    "-- Name: TABLE note; Type: ACL; Schema: public; Owner: -\n"
    "GRANT SELECT ON TABLE public.note TO reader;\n"
    "-- Name: after; Type: FUNCTION; Schema: public; Owner: -\n"
    "GRANT in a body;\n"
    "-- PostgreSQL database dump complete\n"
    "--\n"
    "\n"
    "\\unrestrict Gq3zUrE\n";

std::string loaded(std::size_t piece, int server = 15) {
  std::string result;
  DumpForLoading filter(server, [&](std::string_view bytes) { result += bytes; });
  const std::string_view whole = dump;
  for (std::size_t at = 0; at < whole.size(); at += piece) filter.add(whole.substr(at, piece));
  filter.finish();
  EXPECT_TRUE(filter.is_complete());
  EXPECT_TRUE(filter.has_unaccent());
  EXPECT_EQ(filter.dumped_from(), "17.2 (Debian 17.2-1)");
  EXPECT_EQ(filter.left_out(), 2U);
  return result;
}

std::string without(std::string text, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) text.erase(text.find(line), line.size());
  return text;
}

TEST(PlainDumpTest, OnlyWhatAnotherServerKnowsIsLeftOut) {
  const std::vector<std::string> always{
      "\\restrict Gq3zUrE\n", "ALTER TABLE public.ir_module_module OWNER TO somebody;\n",
      "GRANT SELECT ON TABLE public.note TO reader;\n", "\\unrestrict Gq3zUrE\n"};
  EXPECT_EQ(loaded(100'000, 17), without(dump, always));
  EXPECT_EQ(loaded(100'000, 15),
            without(without(dump, always), {"SET transaction_timeout = 0;\n"}));
}

TEST(PlainDumpTest, PiecesOfAnyLengthGiveTheSame) {
  const std::string whole = loaded(100'000);
  for (std::size_t piece = 1; piece < 80; ++piece) EXPECT_EQ(loaded(piece), whole) << piece;
}

TEST(PlainDumpTest, OtherCommandsOfPsqlAreRefused) {
  for (const std::string line : {"\\connect shop\n", "\\! rm -rf /\n", "\\c shop"}) {
    DumpForLoading filter(15, [](std::string_view) {});
    EXPECT_THROW(
        {
          filter.add(line);
          filter.finish();
        },
        Error)
        << line;
  }
}

TEST(PlainDumpTest, OneThatIsCutOffIsNotComplete) {
  const std::string whole = dump;
  DumpForLoading filter(15, [](std::string_view) {});
  filter.add(whole.substr(0, whole.find("-- PostgreSQL database dump complete")));
  filter.finish();
  EXPECT_FALSE(filter.is_complete());
}

TEST(PlainDumpTest, InstalledModulesAreFoundWhateverThePieces) {
  for (const std::size_t piece : {1U, 7U, 64U, 100'000U}) {
    InstalledModules modules;
    const std::string_view whole = dump;
    for (std::size_t at = 0; at < whole.size(); at += piece) modules.add(whole.substr(at, piece));
    modules.end();
    EXPECT_THAT(modules.versions(), ElementsAre(Pair("base", "18.0.1.3"), Pair("odd\tname", "")));
  }
}

TEST(PlainDumpTest, ColumnsAndFields) {
  EXPECT_THAT(copied_columns("COPY public.t (a, \"b c\", d) FROM stdin;\n"),
              ElementsAre("a", "b c", "d"));
  EXPECT_THAT(copied_columns("COPY public.t FROM stdin;\n"), IsEmpty());
  EXPECT_EQ(copied_field("a\\tb\\\\c\\n"), "a\tb\\c\n");
  EXPECT_EQ(copied_field("\\N"), "");
}

}  // namespace
}  // namespace ballast
