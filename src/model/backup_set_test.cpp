#include "model/backup_set.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "base/text.h"
#include "model/model_test_support.h"
#include "model/test_backup_set.h"

namespace ballast {
namespace {

const std::string hint = " | the set is damaged or not made by Ballast: use another one";

std::string parse_error(std::string_view text, Kind kind = Kind::failed) {
  return error_text(kind, [&] { parse_backup_set("m.json", text); });
}

// What a manifest with other words in it, but a good checksum, is refused for.
std::string error_with(std::string_view from, std::string_view to, Kind kind = Kind::failed) {
  const std::string text = print_backup_set(example_set());
  const std::string changed = replace_all(text, from, to);
  EXPECT_NE(changed, text) << from;
  const auto checksum = changed.rfind(",\n  \"checksum\"");
  return parse_error(sealed_manifest(changed.substr(0, checksum) + "\n}\n"), kind);
}

TEST(BackupSetTest, PrintsThisText) {
  BackupSet set = example_set();
  set.databases.front().damage = {{"aa/aa", "missing"}};
  const std::string digits(64, 'a');
  const std::string body = R"({
  "schema": "ballast.backup/1",
  "id": "20261125T022707Z-3f9a",
  "stack": "shop",
  "kind": "daily",
  "note": "before the move",
  "operator": "ken",
  "started": "2026-11-25T02:27:07Z",
  "ended": "2026-11-25T02:29:40Z",
  "ballast": "0.1.0",
  "complete": true,
  "reasons": [],
  "remarks": [],
  "audit_head": "",
  "project": "shop",
  "release": {
    "service": "web",
    "tag": "sha-a000001",
    "image": "ghcr.io/acme/shop:sha-a000001",
    "image_id": "sha256:1111111111111111111111111111111111111111111111111111111111111111",
    "digest": "ghcr.io/acme/shop@sha256:2222222222222222222222222222222222222222222222222222222222222222"
  },
  "database_service": "db",
  "database_image": "postgres:15",
  "filestore": {
    "volume": "shop_web-data",
    "source": "/var/lib/docker/volumes/shop_web-data/_data",
    "path": "/var/lib/odoo",
    "uid": 101,
    "gid": 101,
    "mode": "0755",
    "archive": ""
  },
  "volumes": [
    {
      "volume": "shop_web-data",
      "source": "/var/lib/docker/volumes/shop_web-data/_data",
      "path": "/var/lib/odoo",
      "archive": "volumes/shop_web-data.tar.zst"
    }
  ],
  "files": [
    {
      "path": "databases/shop.dump",
      "size": 1234567,
      "sha256": "@"
    },
    {
      "path": "databases/shop.attachments",
      "size": 132,
      "sha256": "@"
    },
    {
      "path": "volumes/shop_web-data.tar.zst",
      "size": 4096,
      "sha256": "@"
    },
    {
      "path": "stack/.env",
      "size": 60,
      "sha256": "@"
    }
  ],
  "databases": [
    {
      "name": "shop",
      "owner": "odoo",
      "size": 8765432,
      "server_version": "15.14",
      "encoding": "UTF8",
      "collate": "C.UTF-8",
      "ctype": "C.UTF-8",
      "odoo": true,
      "dump": "databases/shop.dump",
      "attachments": {
        "list": "databases/shop.attachments",
        "count": 3,
        "bytes": 4321
      },
      "rows": {
        "ir_attachment": 7,
        "res_users": 5
      },
      "damage": [
        {
          "attachment": "aa/aa",
          "what": "missing",
          "kept": false
        }
      ]
    }
  ],
  "durations": [
    {
      "phase": "attachments",
      "ms": 1200
    },
    {
      "phase": "dump",
      "ms": 9100
    }
  ],
)";
  const std::string members = replace_all(body, "\"@\"", "\"" + digits + "\"");
  EXPECT_EQ(print_backup_set(set),
            members + "  \"checksum\": \"" + sha256_hex(members) + "\"\n}\n");
}

TEST(BackupSetTest, WhatIsPrintedReadsBack) {
  BackupSet set = example_set();
  EXPECT_EQ(parse_backup_set("m.json", print_backup_set(set)), set);
  set.kind = BackupKind::weekly_full;
  set.reasons = {"database ten_b: pg_dump ended with 1", "no space left"};
  set.filestore_archive = filestore_file(set.started);
  set.files.push_back(set_file(set.filestore_archive, 1ull << 62));
  set.databases.push_back(set_database("ten ä/%\"\n"));
  set.databases.back().dump = set.databases.back().attachments = "";
  set.databases.back().attachment_count = set.databases.back().attachment_bytes = 0;
  set.databases.back().damage = {{"aa/aa", "missing"}, {"bb/bb", "damaged", true}};
  set.remarks = {"attachments of shop: the live ones cannot be read"};
  set.audit_head = "57:" + std::string(64, 'b');
  EXPECT_EQ(parse_backup_set("m.json", print_backup_set(set)), set);
  EXPECT_EQ(parse_backup_set("m.json", print_backup_set(set)).is_complete(), false);
}

TEST(BackupSetTest, AnOlderSetTellsNothingOfTheAuditChain) {
  const std::string text =
      replace_all(print_backup_set(example_set()), "  \"audit_head\": \"\",\n", "");
  const auto checksum = text.rfind(",\n  \"checksum\"");
  EXPECT_EQ(parse_backup_set("m.json", sealed_manifest(text.substr(0, checksum) + "\n}\n")),
            example_set());
}

TEST(BackupSetTest, AStackWithoutDatabasesAndVolumes) {
  BackupSet set = example_set();
  set.filestore.reset();
  set.volumes.clear();
  set.databases.clear();
  set.database_service = set.database_image = "";
  EXPECT_EQ(parse_backup_set("m.json", print_backup_set(set)), set);
}

TEST(BackupSetTest, NamesThatAreNotUtf8AreNotPrinted) {
  BackupSet set = example_set();
  set.databases.front().name = "sh\xf6p";
  EXPECT_EQ(error_text(Kind::failed, [&] { print_backup_set(set); }),
            "backup set 20261125T022707Z-3f9a: a name in it is not UTF-8 | "
            "rename the database, role or file, or leave it out of the backup");
}

TEST(BackupSetTest, NewerAndOtherSchemas) {
  EXPECT_EQ(error_with("ballast.backup/1", "ballast.backup/2", Kind::refused),
            "m.json: is of a newer ballast (schema ballast.backup/2, this one knows "
            "ballast.backup/1) | install a ballast as new as the one that made the set");
  EXPECT_EQ(parse_error("{\"schema\": \"ballast.backup/12\"}", Kind::refused),
            "m.json: is of a newer ballast (schema ballast.backup/12, this one knows "
            "ballast.backup/1) | install a ballast as new as the one that made the set");
  for (const char* schema : {"", "ballast.backup/", "ballast.backup/0", "ballast.backup/2x", "x/9"})
    EXPECT_EQ(parse_error(fmt::format("{{\"schema\": \"{}\"}}", schema)),
              fmt::format("m.json: is not the manifest of a backup set: its schema is \"{}\" | "
                          "use another set",
                          schema));
  EXPECT_EQ(parse_error("{}"),
            "m.json: is not the manifest of a backup set: its schema is \"\" | use another set");
}

TEST(BackupSetTest, EveryCutIsSeen) {
  const std::string text = print_backup_set(example_set());
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_NE(parse_error(std::string_view(text).substr(0, length)), "no error") << length;
  EXPECT_EQ(parse_error(text.substr(0, 700)),
            "m.json: is not a JSON object: cut off or damaged | use another set");
  EXPECT_EQ(parse_error("[]"),
            "m.json: is not a JSON object: cut off or damaged | use another set");
}

TEST(BackupSetTest, EveryFlippedBitIsSeen) {
  const std::string text = print_backup_set(example_set());
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string flipped = text;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
    EXPECT_NE(parse_error(flipped), "no error") << at;
  }
  EXPECT_EQ(parse_error(replace_all(text, "\"ken\"", "\"kin\"")),
            "m.json: its checksum is wrong: damaged or edited | use another set");
  EXPECT_EQ(parse_error("{\"schema\": \"ballast.backup/1\"}"),
            "m.json: has no checksum as its last line: cut off or edited | use another set");
}

TEST(BackupSetTest, FieldsOfLaterVersionsArePassedOver) {
  const std::string text = print_backup_set(example_set());
  const auto checksum = text.rfind(",\n  \"checksum\"");
  std::string more = text.substr(0, checksum) + ",\n  \"weather\": {\"sky\": [1]}\n}\n";
  more = sealed_manifest(replace_all(more, "\"owner\":", "\"colour\": 1, \"owner\":"));
  EXPECT_EQ(parse_backup_set("m.json", more), example_set());
}

TEST(BackupSetTest, MissingAndWrongFields) {
  EXPECT_EQ(error_with("\"note\"", "\"nota\""), "m.json: `note` is missing" + hint);
  EXPECT_EQ(error_with("\"owner\"", "\"ower\""), "m.json: `databases[0].owner` is missing" + hint);
  EXPECT_EQ(error_with("\"ken\"", "7"), "m.json: `operator` is not a text" + hint);
  EXPECT_EQ(error_with("\"size\": 132", "\"size\": -132"),
            "m.json: `files[1].size` is not a whole number" + hint);
  EXPECT_EQ(error_with("\"size\": 132", "\"size\": 1.5"),
            "m.json: `files[1].size` is not a whole number" + hint);
  EXPECT_EQ(error_with("\"count\": 3", "\"count\": null"),
            "m.json: `databases[0].attachments.count` is not a whole number" + hint);
  EXPECT_EQ(error_with("\"res_users\": 5", "\"res_users\": \"5\""),
            "m.json: `databases[0].rows.res_users` is not a whole number" + hint);
  EXPECT_EQ(error_with("\"uid\": 101", "\"uid\": 4294967296"),
            "m.json: `filestore.uid` is too large" + hint);
  EXPECT_EQ(error_with("\"odoo\": true", "\"odoo\": 1"),
            "m.json: `databases[0].odoo` is neither true nor false" + hint);
  EXPECT_EQ(error_with("2026-11-25T02:27:07Z", "yesterday"),
            "m.json: `started` is not a time: \"yesterday\"" + hint);
  EXPECT_EQ(error_with("\"0755\"", "\"0788\""),
            "m.json: `filestore.mode` is not a mode: \"0788\"" + hint);
  EXPECT_EQ(error_with("\"reasons\": []", "\"reasons\": \"\""),
            "m.json: `reasons` is not a list" + hint);
  EXPECT_EQ(error_with("\"reasons\": []", "\"reasons\": [1]"),
            "m.json: `reasons` holds something else than texts" + hint);
  EXPECT_EQ(error_with("\"rows\": {", "\"rows\": [], \"were\": {"),
            "m.json: `databases[0].rows` is not an object" + hint);
  EXPECT_EQ(error_with("\"files\": [", "\"files\": [1,"),
            "m.json: `files[0]` is not an object" + hint);
  EXPECT_EQ(error_with("\"volumes\": [", "\"volumes\": {}, \"were\": ["),
            "m.json: `volumes` is not a list" + hint);
}

TEST(BackupSetTest, FieldsThatSayWhatCannotBe) {
  EXPECT_EQ(error_with("\"daily\"", "\"hourly\""),
            "m.json: `kind` is none that this program knows: \"hourly\"" + hint);
  EXPECT_EQ(error_with("20261125T022707Z-3f9a", "today"),
            "m.json: `id` is not of the form 20261125T022707Z-3f9a" + hint);
  EXPECT_EQ(error_with("\"stack/.env\"", "\"../../etc/shadow\""),
            "m.json: `files[3].path` does not stay in the set: \"../../etc/shadow\"" + hint);
  EXPECT_EQ(error_with("\"stack/.env\"", "\"\""), "m.json: `files[3].path` is empty" + hint);
  EXPECT_EQ(error_with(std::string(64, 'a'), std::string(63, 'a')),
            "m.json: `files[0].sha256` is not 64 hex digits" + hint);
  EXPECT_EQ(error_with("\"stack/.env\"", "\"databases/shop.dump\""),
            "m.json: `files` names databases/shop.dump twice" + hint);
  EXPECT_EQ(error_with("\"dump\": \"databases/shop.dump\"", "\"dump\": \"databases/shop.dumb\""),
            "m.json: `files` lacks databases/shop.dumb" + hint);
  EXPECT_EQ(error_with("\"archive\": \"\"", "\"archive\": \"filestore-20261125.tar.gz\""),
            "m.json: `files` lacks filestore-20261125.tar.gz" + hint);
  EXPECT_EQ(error_with("\"complete\": true", "\"complete\": false"),
            "m.json: `complete` and `reasons` contradict each other" + hint);
  EXPECT_EQ(error_with("\"dump\": \"databases/shop.dump\"", "\"dump\": \"\""),
            "m.json: `complete` is true, but database shop has no dump" + hint);
  EXPECT_EQ(error_with("\"name\": \"shop\"", "\"name\": \"\""),
            "m.json: `databases[0].name` is empty" + hint);
}

TEST(BackupSetTest, DatabasesAreNamedOnce) {
  BackupSet set = example_set();
  set.databases.push_back(set.databases.front());
  EXPECT_EQ(parse_error(print_backup_set(set)), "m.json: `databases` names shop twice" + hint);
}

TEST(BackupSetTest, AMountHasAPlace) {
  BackupSet set = example_set();
  set.volumes.front().mount.volume = set.volumes.front().mount.source = "";
  EXPECT_EQ(parse_error(print_backup_set(set)),
            "m.json: `volumes[0].volume` is empty, and so is the source" + hint);
}

TEST(BackupSetTest, Sums) {
  const BackupSet set = example_set();
  EXPECT_EQ(print_sums(set.files),
            replace_all("@  databases/shop.dump\n@  databases/shop.attachments\n"
                        "@  volumes/shop_web-data.tar.zst\n@  stack/.env\n",
                        "@", std::string(64, 'a')));
}

}  // namespace
}  // namespace ballast
