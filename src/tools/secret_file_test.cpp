#include "tools/secret_file.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "host/posix_disk.h"
#include "host/test_folder.h"
#include "tools/test_host.h"

namespace ballast {
namespace {

class SecretFileTest : public testing::Test {
 protected:
  std::string read(const std::string& place) {
    try {
      return read_secret(disk, machine, place, place, "a secret URL");
    } catch (const Error& error) {
      return error.message() + " | " + error.hint();
    }
  }
  std::string write(const std::string& content, unsigned mode = 0600) {
    const std::string path = folder.write("secret", content);
    std::filesystem::permissions(path, static_cast<std::filesystem::perms>(mode));
    return path;
  }

  TestFolder folder;
  PosixDisk disk;
  FakeMachine machine;
};

TEST_F(SecretFileTest, ItsFirstLineCounts) {
  EXPECT_EQ(read(write("  https://hooks.example.com/T/B \n# of ken\n")),
            "https://hooks.example.com/T/B");
}

TEST_F(SecretFileTest, OthersMustNotReadIt) {
  const std::string path = write("geheim", 0640);
  EXPECT_EQ(read(path),
            path + " holds a secret URL and is open to others (mode 0640) | chmod 0600 " + path);
}

TEST_F(SecretFileTest, AbsentEmptyOrNoText) {
  EXPECT_EQ(read(folder / "none"), (folder / "none") +
                                       " is missing: it is to hold a secret URL | write it: "
                                       "(umask 077 && cat > " +
                                       (folder / "none") + "), paste, Ctrl-D");
  const std::string path = write("\n \n");
  EXPECT_EQ(read(path), path +
                            " is empty: it is to hold a secret URL | write it into the file, "
                            "on one line");
  EXPECT_EQ(read(write(std::string("a\0b", 3))),
            path + " holds what is no text | write a secret URL into it, on one line");
  EXPECT_EQ(read(folder.path()),
            folder.path() + " is not a regular file | put the file itself there");
}

TEST_F(SecretFileTest, ACredentialOfSystemd) {
  EXPECT_EQ(read("slack-url"),
            "the credential slack-url (a secret URL) is not here: systemd hands it to the service "
            "| in a command typed by hand or run by cron it is not known: the daemon sends what "
            "waits, or name a file by its absolute path");
  machine.variables["CREDENTIALS_DIRECTORY"] = folder.path();
  EXPECT_EQ(read("slack-url"),
            "the credential slack-url (a secret URL) is missing | add "
            "LoadCredential=slack-url:/etc/ballast/… to the service");
  folder.write("slack-url", "https://x\n");
  EXPECT_EQ(read("slack-url"), "https://x");
}

}  // namespace
}  // namespace ballast
