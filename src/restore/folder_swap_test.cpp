#include "restore/folder_swap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace ballast {
namespace {

// Stops at a chosen rename, as a power cut would.
class CutDisk : public Disk {
 public:
  std::map<std::string, std::string> files;  // path → content
  std::set<std::string> folders{"/v"};
  int renames_left = 1000;

  std::optional<FileInfo> info(const std::string& path) override {
    if (files.contains(path)) return FileInfo{.type = FileType::regular};
    if (folders.contains(path)) return FileInfo{.type = FileType::directory};
    return std::nullopt;
  }
  std::optional<std::string> read(const std::string& path, std::uint64_t) override {
    return files.at(path);
  }
  std::vector<std::string> list(const std::string& directory) override {
    std::set<std::string> names;
    for (const auto& [path, content] : files) add_child(directory, path, names);
    for (const std::string& path : folders) add_child(directory, path, names);
    return {names.begin(), names.end()};
  }
  void replace(const std::string& path, std::string_view content, unsigned) override {
    files[path] = content;
  }
  void append(const std::string&, std::string_view, unsigned) override {}
  void make_directories(const std::string& path, unsigned) override { folders.insert(path); }
  void remove(const std::string& path) override { files.erase(path); }
  void remove_tree(const std::string& path) override {
    std::erase_if(files, [&](const auto& file) { return is_below(file.first, path); });
    std::erase_if(folders, [&](const auto& folder) { return is_below(folder, path); });
  }
  void rename(const std::string& from, const std::string& to) override {
    if (renames_left-- == 0) throw Cut{};
    ASSERT_FALSE(info(to)) << to << " would be replaced";
    std::map<std::string, std::string> moved;
    for (const auto& [path, content] : files) moved[renamed(path, from, to)] = content;
    std::set<std::string> moved_folders;
    for (const std::string& path : folders) moved_folders.insert(renamed(path, from, to));
    files = moved;
    folders = moved_folders;
  }
  Space space(const std::string&) override { return {}; }

  struct Cut {};

 private:
  static bool is_below(const std::string& path, const std::string& folder) {
    return path == folder || path.starts_with(folder + "/");
  }
  static std::string renamed(const std::string& path, const std::string& from,
                             const std::string& to) {
    return is_below(path, from) ? to + path.substr(from.size()) : path;
  }
  static void add_child(const std::string& directory, const std::string& path,
                        std::set<std::string>& names) {
    if (!path.starts_with(directory + "/")) return;
    const std::string rest = path.substr(directory.size() + 1);
    names.insert(rest.substr(0, rest.find('/')));
  }
};

using Files = std::map<std::string, std::string>;

class FolderSwapTest : public testing::Test {
 protected:
  CutDisk disk;
  const NameSwap folder{.incoming = "/v/in", .live = "/v/live", .parked = "/v/out"};
  const NameSwap content{
      .incoming = incoming_content("/v", "X"), .live = "/v", .parked = parked_content("/v", "X")};
  const Files old_content{{"/v/a", "old"}, {"/v/sub/b", "old"}, {"/v/sub/c", "old"}};

  void SetUp() override {
    disk.files = old_content;
    disk.folders = {"/v", "/v/sub", content.incoming};
    disk.files[content.incoming + "/a"] = "new";
    disk.files[content.incoming + "/d"] = "new";
  }
  Files seen() const {
    Files visible;
    for (const auto& [path, text] : disk.files)
      if (path.find(own_prefix) == std::string::npos) visible[path] = text;
    return visible;
  }
};

TEST_F(FolderSwapTest, AFolderChangesPlacesAndBack) {
  disk.files = {{"/v/in/x", "new"}, {"/v/live/x", "old"}};
  disk.folders = {"/v", "/v/in", "/v/live"};
  swap_folder(disk, folder);
  EXPECT_EQ(disk.files, (Files{{"/v/live/x", "new"}, {"/v/out/x", "old"}}));
  swap_folder(disk, folder);
  EXPECT_EQ(disk.files, (Files{{"/v/live/x", "new"}, {"/v/out/x", "old"}}));
  swap_folder_back(disk, folder);
  EXPECT_EQ(disk.files, (Files{{"/v/in/x", "new"}, {"/v/live/x", "old"}}));
}

TEST_F(FolderSwapTest, ContentChangesPlacesWhereverItIsCut) {
  for (int cut = 0; cut < 5; ++cut) {
    SCOPED_TRACE(cut);
    SetUp();
    disk.renames_left = cut;
    EXPECT_THROW(swap_content(disk, content), CutDisk::Cut);
    disk.renames_left = 1000;
    swap_content(disk, content);
    EXPECT_EQ(seen(), (Files{{"/v/a", "new"}, {"/v/d", "new"}}));
    EXPECT_EQ(disk.files.at(content.parked + "/sub/c"), "old");
  }
}

TEST_F(FolderSwapTest, ContentComesBackWhereverTheWayThereWasCut) {
  for (int cut = 0; cut < 5; ++cut) {
    SCOPED_TRACE(cut);
    SetUp();
    disk.renames_left = cut;
    EXPECT_THROW(swap_content(disk, content), CutDisk::Cut);
    disk.renames_left = 1000;
    swap_content_back(disk, content);
    EXPECT_EQ(seen(), old_content);
  }
}

TEST_F(FolderSwapTest, ContentComesBackWhereverTheWayBackIsCut) {
  for (int cut = 0; cut < 5; ++cut) {
    SCOPED_TRACE(cut);
    SetUp();
    disk.renames_left = 1000;
    swap_content(disk, content);
    disk.renames_left = cut;
    EXPECT_THROW(swap_content_back(disk, content), CutDisk::Cut);
    disk.renames_left = 1000;
    swap_content_back(disk, content);
    EXPECT_EQ(seen(), old_content);
  }
}

}  // namespace
}  // namespace ballast
