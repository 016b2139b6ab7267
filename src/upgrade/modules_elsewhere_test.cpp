#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "host/test_folder.h"
#include "upgrade/modules.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Runs the very program that runs inside an image, where no Odoo is but that of its configuration.
class ModulesElsewhereTest : public ::testing::Test {
 protected:
  void write(const std::string& file, const std::string& text) const {
    const std::filesystem::path path = folder_ / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  std::vector<std::string> read() const {
    auto argv = read_modules_argv();
    argv.front() = "/usr/bin/python3";
    const std::string command =
        "ODOO_RC=" + shell_quoted(folder_ / "odoo.conf") + " " + shell_quoted(argv);
    FILE* pipe = popen(command.c_str(), "r");
    std::string text;
    for (int byte = std::fgetc(pipe); byte != EOF; byte = std::fgetc(pipe))
      text += static_cast<char>(byte);
    EXPECT_EQ(pclose(pipe), 0);
    std::vector<std::string> lines;
    for (const Addon& addon : parse_addons(text))
      lines.push_back(fmt::format("{} {} {} {}{}", addon.name, addon.version,
                                  join(addon.depends, ","), addon.installable, addon.trouble));
    return lines;
  }

  TestFolder folder_;
};

TEST_F(ModulesElsewhereTest, AreThoseOfTheConfiguredFolders) {
  write("odoo.conf",
        fmt::format("[options]\naddons_path = {0}/a, {0}/b,{0}/absent\n", folder_.path()));
  write("a/base/__manifest__.py", "{'version': '1.3'}");
  write("a/web/__manifest__.py", "{'version': '1.0', 'depends': ['base'], 'installable': False}");
  write("a/no_module/x.py", "");
  write("b/web/__manifest__.py", "{'version': '9.9'}");
  write("b/broken/__manifest__.py", "{'version': ");
  EXPECT_THAT(read(), ElementsAre("base 1.3  true", "web 1.0 base false",
                                  "broken   trueits manifest cannot be read"));
}

TEST_F(ModulesElsewhereTest, AreNotKnownWithoutBase) {
  EXPECT_THAT(read(), IsEmpty());
  write("odoo.conf", fmt::format("[options]\naddons_path = {}/a\n", folder_.path()));
  write("a/web/__manifest__.py", "{}");
  EXPECT_THAT(read(), IsEmpty());
}

}  // namespace
}  // namespace ballast
