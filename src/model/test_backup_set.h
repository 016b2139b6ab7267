// For tests: a set with something in every field.
#pragma once

#include <string>

#include "model/attachments.h"
#include "model/backup_set.h"

namespace ballast {

inline SetFile set_file(std::string path, std::uint64_t size) {
  return {.path = std::move(path), .size = size, .sha256 = std::string(64, 'a')};
}

inline SetDatabase set_database(const std::string& name) {
  return {.name = name,
          .owner = "odoo",
          .size = 8'765'432,
          .server_version = "15.14",
          .encoding = "UTF8",
          .collate = "C.UTF-8",
          .ctype = "C.UTF-8",
          .odoo = true,
          .dump = dump_file(name),
          .attachments = attachments_file(name),
          .attachment_count = 3,
          .attachment_bytes = 4321,
          .rows = {{"res_users", 5}, {"ir_attachment", 7}}};
}

inline BackupSet example_set() {
  const SetMount mount{.volume = "shop_web-data",
                       .source = "/var/lib/docker/volumes/shop_web-data/_data",
                       .path = "/var/lib/odoo"};
  BackupSet set{.id = "20261125T022707Z-3f9a",
                .stack = "shop",
                .kind = BackupKind::daily,
                .note = "before the move",
                .operator_name = "ken",
                .started = *parse_time("2026-11-25T02:27:07Z"),
                .ended = *parse_time("2026-11-25T02:29:40Z"),
                .ballast_version = "0.1.0",
                .project = "shop",
                .release = {.service = "web",
                            .tag = "sha-a000001",
                            .image = "ghcr.io/acme/shop:sha-a000001",
                            .image_id = "sha256:" + std::string(64, '1'),
                            .digest = "ghcr.io/acme/shop@sha256:" + std::string(64, '2')},
                .database_service = "db",
                .database_image = "postgres:15",
                .filestore = SetFilestore{.mount = mount, .uid = 101, .gid = 101, .mode = 0755},
                .volumes = {{.mount = mount, .archive = volume_file("shop_web-data")}},
                .databases = {set_database("shop")},
                .durations = {{"attachments", Duration(1200)}, {"dump", Duration(9100)}}};
  for (const SetDatabase& database : set.databases) {
    set.files.push_back(set_file(database.dump, 1'234'567));
    set.files.push_back(set_file(database.attachments, 132));
  }
  set.files.push_back(set_file(set.volumes.front().archive, 4096));
  set.files.push_back(set_file("stack/.env", 60));
  return set;
}

}  // namespace ballast
