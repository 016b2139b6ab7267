#include "model/odoo_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace ballast {
namespace {

TEST(OdooArchiveTest, TheManifestIsAsOdooWritesIt) {
  EXPECT_EQ(print_odoo_manifest({.database = "shop",
                                 .series = "18.0",
                                 .postgres = "15.0",
                                 .modules = {{"base", "18.0.1.3"}, {"web", ""}}}),
            "{\n"
            "  \"odoo_dump\": \"1\",\n"
            "  \"db_name\": \"shop\",\n"
            "  \"version\": \"18.0\",\n"
            "  \"version_info\": [\n"
            "    18,\n"
            "    0,\n"
            "    0,\n"
            "    \"final\",\n"
            "    0,\n"
            "    \"\"\n"
            "  ],\n"
            "  \"major_version\": \"18.0\",\n"
            "  \"pg_version\": \"15.0\",\n"
            "  \"modules\": {\n"
            "    \"base\": \"18.0.1.3\",\n"
            "    \"web\": null\n"
            "  }\n"
            "}\n");
}

TEST(OdooArchiveTest, WhatIsPrintedIsReadAgain) {
  const OdooManifest manifest{.database = "shop",
                              .series = "saas~18.2",
                              .postgres = "15.0",
                              .modules = {{"base", "saas~18.2.1.3"}, {"web", ""}}};
  EXPECT_EQ(parse_odoo_manifest("a.zip", print_odoo_manifest(manifest)), manifest);
}

TEST(OdooArchiveTest, AManifestMayLackAll) {
  EXPECT_EQ(parse_odoo_manifest("a.zip", "{}"), OdooManifest{});
  EXPECT_THROW(parse_odoo_manifest("a.zip", "[]"), Error);
  EXPECT_THROW(parse_odoo_manifest("a.zip", "{"), Error);
}

TEST(OdooArchiveTest, TheSeriesIsTheBeginningOfTheVersionOfBase) {
  EXPECT_EQ(odoo_series("18.0.1.3"), "18.0");
  EXPECT_EQ(odoo_series("saas~18.2.1.3"), "saas~18.2");
  EXPECT_EQ(odoo_series("18"), "");
  EXPECT_EQ(odoo_series(""), "");
}

TEST(OdooArchiveTest, ThePostgresVersionIsAsOdooCountsIt) {
  EXPECT_EQ(odoo_postgres_version("15.14"), "15.0");
  EXPECT_EQ(odoo_postgres_version("17.2 (Debian 17.2-1)"), "17.0");
  EXPECT_EQ(odoo_postgres_version("18beta1"), "18.0");
  EXPECT_EQ(odoo_postgres_version("9.6.24"), "9.6");
}

TEST(OdooArchiveTest, NamesAreToldApart) {
  const std::string sha1 = "0a4d55a8d778e5022fab701977c5d840bbc486d0";
  const auto kind = [](const std::string& name) { return odoo_member(name).kind; };
  EXPECT_EQ(kind("dump.sql"), OdooMember::dump);
  EXPECT_EQ(kind("manifest.json"), OdooMember::manifest);
  EXPECT_EQ(kind("filestore/0a/" + sha1), OdooMember::attachment);
  EXPECT_EQ(odoo_member("filestore/0a/" + sha1).attachment.hex(), sha1);
  EXPECT_EQ(odoo_attachment_path(odoo_member("filestore/0a/" + sha1).attachment),
            "filestore/0a/" + sha1);
  EXPECT_EQ(kind("filestore/checklist/0a/" + sha1), OdooMember::marker);
  EXPECT_EQ(kind("filestore/"), OdooMember::folder);
  EXPECT_EQ(kind("filestore/0b/" + sha1), OdooMember::other);
  EXPECT_EQ(kind("filestore/../" + sha1), OdooMember::other);
  EXPECT_EQ(kind("sub/dump.sql"), OdooMember::other);
  EXPECT_EQ(kind(""), OdooMember::other);
}

TEST(OdooArchiveTest, NamesThatLeadOutAreKnown) {
  for (const char* name : {"/etc/passwd", "../x", "a/../../x", "a\\..\\x"})
    EXPECT_TRUE(leads_out(name)) << name;
  for (const char* name : {"dump.sql", "a/..b", "filestore/", ""})
    EXPECT_FALSE(leads_out(name)) << name;
}

TEST(OdooArchiveTest, OnlyWhatOdooTakesNamesADatabase) {
  for (const char* name : {"shop", "ten_a", "18.0-prod", "A"})
    EXPECT_NO_THROW(require_odoo_database_name(name)) << name;
  for (const char* name : {"", "..", ".x", "_x", "-x", "a/b", "a b", "t\xc3\xa4"})
    EXPECT_THROW(require_odoo_database_name(name), Error) << name;
  EXPECT_NO_THROW(require_odoo_database_name(std::string(63, 'a')));
  EXPECT_THROW(require_odoo_database_name(std::string(64, 'a')), Error);
}

}  // namespace
}  // namespace ballast
