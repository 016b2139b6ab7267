// For tests: a journal in a folder of its own, and records to put into it.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "host/test_folder.h"
#include "journal/journal.h"

namespace ballast {

inline Time at(long long milliseconds) { return Time(std::chrono::milliseconds(milliseconds)); }

class JournalTest : public ::testing::Test {
 protected:
  std::string path() const { return (folder_ / "state" / "ballast.db").string(); }

  static OperationRecord operation(const std::string& id, const std::string& stack = "shop",
                                   long long started = 1000) {
    return {.id = id,
            .kind = "deploy",
            .stack = stack,
            .operator_name = "ken",
            .environment = "prod",
            .request = {{"tag", "sha-a000001"}},
            .plan = {{"steps", Json::array()}},
            .state = OperationState::running,
            .ballast_version = "0.1.0",
            .process = 42,
            .boot = "boot",
            .started = at(started),
            .ended = {},
            .exit_status = 0,
            .message = {}};
  }
  static ReleaseRecord release(const std::string& id, const std::string& tag,
                               const std::string& outcome) {
    return {.id = id,
            .stack = "shop",
            .tag = tag,
            .image_id = "sha256:1",
            .repo_digest = "acme/shop@sha256:2",
            .repository = "acme/shop",
            .config_hash = "c",
            .environment = "prod",
            .operator_name = "ken",
            .outcome = outcome,
            .copies = "/copies",
            .at = at(5)};
  }
  static HistoryEntry line(const std::string& status) {
    return history_entry(at(0), "shop", "sha-a000001", "prod", status, "ken");
  }
  void sql(const std::string& text) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &handle), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(handle, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(handle);
    sqlite3_close(handle);
  }
  static std::string content(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "state"))
      found.push_back(entry.path().filename());
    std::sort(found.begin(), found.end());
    return found;
  }
  std::string error() {
    try {
      Journal journal(path());
    } catch (const Error& error) {
      return error.message();
    }
    return "no error";
  }
  TestFolder scratch_;
  std::filesystem::path folder_ = scratch_.path();
};

}  // namespace ballast
