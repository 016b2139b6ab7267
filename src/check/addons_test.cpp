#include "check/addons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/hash.h"
#include "base/text.h"
#include "check/addons_on_host.h"
#include "host/posix_trees.h"

namespace ballast {
namespace {

using std::filesystem::path;
using ::testing::ElementsAre;

std::string line_of(const Addon& addon) {
  return addon.name + "|" + addon.version + "|" + addon.trouble;
}

std::vector<std::string> lines_of(const std::vector<Addon>& addons) {
  std::vector<std::string> lines;
  for (const Addon& addon : addons) lines.push_back(line_of(addon));
  return lines;
}

// Runs the very program that runs inside an image, in a folder of its own.
class ReadAddonsTest : public ::testing::Test {
 protected:
  ReadAddonsTest() {
    std::string name = (std::filesystem::temp_directory_path() / "ballast-addons-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
  }
  ~ReadAddonsTest() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((folder_ / file).parent_path());
    std::ofstream(folder_ / file, std::ios::binary) << text;
  }

  std::string output(const path& where) const {
    auto argv = read_addons_argv(where.string());
    argv.front() = "/usr/bin/python3";
    FILE* pipe = popen(shell_quoted(argv).c_str(), "r");
    std::string text;
    for (int byte = std::fgetc(pipe); byte != EOF; byte = std::fgetc(pipe))
      text += static_cast<char>(byte);
    EXPECT_EQ(pclose(pipe), 0);
    return text;
  }
  std::vector<Addon> read() const { return parse_addons(output(folder_)); }

  path folder_;
};

TEST_F(ReadAddonsTest, ReadsNameAndVersion) {
  write("shop/__manifest__.py", "# shop\n{'name': 'Shop', 'version': '18.0.1.0'}\n");
  write("plain/__manifest__.py", "{}");
  write("readme.txt", "no addon");
  write(".git/config", "no addon");
  write("__pycache__/x.pyc", "no addon");
  EXPECT_THAT(lines_of(read()), ElementsAre("plain||", "shop|18.0.1.0|"));
}

TEST_F(ReadAddonsTest, TellsWhatIsWrongWithAManifest) {
  write("absent/models.py", "");
  write("broken/__manifest__.py", "{'name': \n");
  write("code/__manifest__.py", "{'name': open('/etc/passwd').read()}");
  write("latin/__manifest__.py", "{'name': '\xe9'}");
  write("list/__manifest__.py", "['shop']");
  const auto lines = lines_of(read());
  ASSERT_EQ(lines.size(), 5u);
  const std::string not_literal = "__manifest__.py is not a literal dictionary: ";
  EXPECT_EQ(lines[0], "absent||no __manifest__.py");
  EXPECT_TRUE(lines[1].starts_with("broken||" + not_literal)) << lines[1];
  EXPECT_EQ(lines[2], "code||" + not_literal + "it holds more than literals");
  EXPECT_EQ(lines[3], "latin||" + not_literal + "its encoding is broken");
  EXPECT_EQ(lines[4], "list||" + not_literal + "it is a list");
}

TEST_F(ReadAddonsTest, HashesNamesAndContentInOrder) {
  write("shop/__manifest__.py", "{}");
  write("shop/models/order.py", "x");
  const std::string expected = std::string(
                                   "__manifest__.py\0"
                                   "2\0{}",
                                   20) +
                               std::string(
                                   "models/order.py\0"
                                   "1\0x",
                                   19);
  ASSERT_EQ(read().size(), 1u);
  EXPECT_EQ(read()[0].hash, sha256_hex(expected));
}

TEST_F(ReadAddonsTest, TheHashTellsTreesApartButLeavesOutWhatPythonMakes) {
  write("shop/__manifest__.py", "{}");
  write("shop/a.py", "1");
  const std::string before = read()[0].hash;
  write("shop/__pycache__/a.cpython-39.pyc", "compiled");
  write("shop/b.pyc", "compiled");
  EXPECT_EQ(read()[0].hash, before);
  write("shop/a.py", "2");
  EXPECT_NE(read()[0].hash, before);
  write("shop/a.py", "1");
  std::filesystem::rename(folder_ / "shop/a.py", folder_ / "shop/c.py");
  EXPECT_NE(read()[0].hash, before);
}

TEST_F(ReadAddonsTest, TheHashOfAnUpgradeLeavesOutWhatNeverReachesADatabase) {
  write("shop/__manifest__.py", "{}");
  write("shop/models/static/order.py", "1");
  const Addon before = read()[0];
  write("shop/static/src/shop.css", "b");
  write("shop/tests/test_shop.py", "t");
  write("shop/README.rst", "r");
  write("shop/readme.md", "r");
  write("shop/i18n/shop.pot", "p");
  write("shop/__pycache__/a.pyc", "compiled");
  const Addon dressed = read()[0];
  EXPECT_EQ(dressed.upgrade_hash, before.upgrade_hash);
  EXPECT_NE(dressed.hash, before.hash);
  for (const char* file :
       {"shop/models/static/order.py", "shop/i18n/de.po", "shop/views/README", "shop/tests.py"}) {
    const std::string last = read()[0].upgrade_hash;
    write(file, "2");
    EXPECT_NE(read()[0].upgrade_hash, last) << file;
  }
}

TEST_F(ReadAddonsTest, ReadsWhatAModuleStandsOn) {
  write("a/__manifest__.py", "{'depends': ['base', 'web'], 'installable': False}");
  write("b/__manifest__.py", "{'depends': 'base'}");
  write("c/__manifest__.py", "{'depends': ('base', 1), 'installable': 1}");
  const auto addons = read();
  ASSERT_EQ(addons.size(), 3u);
  EXPECT_THAT(addons[0].depends, ElementsAre("base", "web"));
  EXPECT_FALSE(addons[0].installable);
  EXPECT_TRUE(addons[1].depends.empty());
  EXPECT_TRUE(addons[1].installable);
  EXPECT_THAT(addons[2].depends, ElementsAre("base", "1"));
  EXPECT_TRUE(addons[2].installable);
}

TEST_F(ReadAddonsTest, LinksThatLeadNowhereOrInCirclesEndIt) {
  write("shop/__manifest__.py", "{}");
  std::filesystem::create_symlink("nowhere", folder_ / "shop/dead");
  std::filesystem::create_directory_symlink(".", folder_ / "shop/circle");
  EXPECT_THAT(lines_of(read()), ElementsAre("shop||"));
}

TEST_F(ReadAddonsTest, NamesThatAreNotUtf8StayPrintable) {
  write("shop\xff/__manifest__.py", "{'version': '\\udcff'}");
  EXPECT_THAT(lines_of(read()), ElementsAre("shop?|?|"));
}

TEST_F(ReadAddonsTest, AnAbsentFolderHoldsNone) {
  EXPECT_TRUE(parse_addons(output(folder_ / "absent")).empty());
}

TEST(AddonsTest, KeptByAnOlderVersionLackWhatCameLater) {
  const auto addons =
      addons_from_json(*parse_json(R"([{"name": "a", "version": "1", "hash": "aa"}])"));
  ASSERT_EQ(addons.size(), 1u);
  EXPECT_EQ(addons[0].upgrade_hash, "");
  EXPECT_TRUE(addons[0].depends.empty());
  EXPECT_TRUE(addons[0].installable);
}

class AddonHashesTest : public ReadAddonsTest {
 protected:
  std::map<std::string, std::string> inside() const {
    std::map<std::string, std::string> hashes;
    for (const Addon& addon : read()) hashes[addon.name] = addon.hash;
    return hashes;
  }
  std::optional<std::map<std::string, std::string>> outside() {
    return addon_hashes(trees_, folder_.string());
  }
  PosixTrees trees_;
};

TEST_F(AddonHashesTest, AreThoseOfTheProgramInside) {
  write("shop/__manifest__.py", "{}");
  write("shop/models/order.py", std::string("\0\xff", 2));
  write("shop/models.py", "sorts before the folder's own files");
  write("shop/models/__pycache__/order.pyc", "compiled");
  write("shop/old.pyc", "compiled");
  write("shop/.hidden", "");
  write("stock/__manifest__.py", "{}");
  write(".git/config", "no addon");
  write("readme.txt", "no addon");
  std::filesystem::create_directory(folder_ / "empty");
  EXPECT_EQ(inside().size(), 3u);
  EXPECT_EQ(outside(), inside());
}

TEST_F(AddonHashesTest, AreNotGivenWhereTheProgramMaySeeSomethingElse) {
  write("shop/__manifest__.py", "{}");
  EXPECT_TRUE(outside());
  std::filesystem::create_symlink("__manifest__.py", folder_ / "shop/link");
  EXPECT_EQ(outside(), std::nullopt);
  std::filesystem::remove(folder_ / "shop/link");
  std::filesystem::permissions(folder_ / "shop/__manifest__.py",
                               std::filesystem::perms::owner_read);
  EXPECT_EQ(outside(), std::nullopt);
}

TEST(ParseAddonsTest, FindsTheListAmongWarnings) {
  const auto addons = parse_addons(
      "warning: locale\n{\"addons\": [{\"name\": \"shop\", \"hash\": \"aa\"}]}\nwarning\n");
  EXPECT_THAT(lines_of(addons), ElementsAre("shop||"));
}

TEST(ParseAddonsTest, RefusesWhatIsNoList) {
  try {
    parse_addons("{\"addons\": 1}\n");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::failed);
    EXPECT_EQ(error.message(), "the list of addons is not one: {\"addons\": 1}\\n");
    EXPECT_EQ(error.hint(), "the image needs a python3 of 3.7 or newer");
  }
}

TEST(AddonsTest, SurviveTheWayThroughJson) {
  const std::vector<Addon> addons{{"b", "2", "", "bb"}, {"a", "1", "no __manifest__.py", "aa"}};
  EXPECT_EQ(lines_of(addons_from_json(addons_json(addons))), lines_of(addons));
  const std::vector<Addon> whole{{"a", "1", "", "aa", "uu", {"base"}, false}};
  const Addon back = addons_from_json(addons_json(whole)).front();
  EXPECT_EQ(back.upgrade_hash, "uu");
  EXPECT_THAT(back.depends, ElementsAre("base"));
  EXPECT_FALSE(back.installable);
  EXPECT_TRUE(addons_from_json(Json("none")).empty());
  EXPECT_EQ(listing(addons), "a 1 aa\nb 2 bb\n");
}

}  // namespace
}  // namespace ballast
