#include "base/secrets.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

std::string masked(std::initializer_list<std::string_view> values, std::string text) {
  Secrets secrets;
  for (const std::string_view value : values) secrets.add(value);
  return secrets.mask(std::move(text));
}

TEST(NamesASecret, KnowsTheUsualNames) {
  for (const char* name :
       {"POSTGRES_PASSWORD", "API_TOKEN", "SECRET_KEY", "DATABASE_URL", "ADMIN_PASSWD",
        "AWS_CREDENTIALS", "PGPASSWORD", "smtp_pass", "MYSQL_PWD", "GITHUB_TOKEN_2", "APIKEY",
        "SENTRY_DSN", "AWS_SECRET_ACCESS_KEY", "KEY", "PASS", "PASSWORD"})
    EXPECT_TRUE(names_a_secret(name)) << name;
}

TEST(NamesASecret, LeavesOthersAlone) {
  for (const char* name : {"", "PATH", "ODOO_TAG", "POSTGRES_PASSWORD_FILE", "KEYBOARD", "HOST",
                           "BASE_URL", "COMPASS", "REDIRECT_URI"})
    EXPECT_FALSE(names_a_secret(name)) << name;
}

TEST(Secrets, MasksEveryOccurrence) {
  EXPECT_EQ(masked({"hunter2"}, "hunter2 and hunter2"), "*** and ***");
  EXPECT_EQ(masked({"hunter2"}, "hunter2hunter2"), "******");
  EXPECT_EQ(masked({"hunter2"}, ""), "");
  EXPECT_EQ(masked({}, "hunter2"), "hunter2");
}

TEST(Secrets, TheLongerOfTwoHidesTheShorter) {
  EXPECT_EQ(masked({"pass", "passphrase"}, "passphrase pass"), "*** ***");
}

TEST(Secrets, OverlappingOnesLeaveNothingStanding) {
  EXPECT_EQ(masked({"abcdef", "defghi"}, "x abcdefghi y"), "x *** y");
  EXPECT_EQ(masked({"abcdef", "defg", "fghijk"}, "abcdefghijk"), "***");
  EXPECT_EQ(masked({"abab"}, "xababab"), "x***");
  EXPECT_EQ(masked({"abcdefgh", "cdef"}, "abcdefgh"), "***");
}

TEST(Secrets, TheMaskItselfIsNotMasked) { EXPECT_EQ(masked({"****", "word"}, "word"), "***"); }

TEST(Secrets, ShortAndPlainValuesAreNoSecrets) {
  Secrets secrets;
  for (const char* value : {"", "abc", "true", "FALSE", "none", "8069", "12345"})
    secrets.add(value);
  EXPECT_TRUE(secrets.empty());
  secrets.add("123456");
  EXPECT_FALSE(secrets.empty());
}

TEST(Secrets, VariablesCountByTheirNames) {
  Secrets secrets;
  secrets.add_variable("POSTGRES_PASSWORD", "hunter2");
  secrets.add_variable("POSTGRES_USER", "odoo");
  EXPECT_EQ(secrets.mask("odoo:hunter2"), "odoo:***");
}

TEST(Secrets, PasswordsInsideUrls) {
  Secrets secrets;
  secrets.add_variable("BROKER", "amqp://user:rabbit-p%40ss@mq:5672/vhost");
  EXPECT_EQ(secrets.mask("amqp://user:rabbit-p%40ss@mq:5672/vhost"),
            "amqp://user:***@mq:5672/vhost");
  EXPECT_EQ(secrets.mask("login as rabbit-p@ss failed"), "login as *** failed");
}

TEST(Secrets, UrlsWithoutPasswords) {
  Secrets secrets;
  for (const char* url : {"http://host:8069/path", "http://user@host/", "http://host/a:bcdef@g",
                          "host:port@x", "://", "http://:@host/"})
    secrets.add_variable("ADDRESS", url);
  EXPECT_TRUE(secrets.empty());
}

TEST(Secrets, LinesOfAValueAreMaskedByThemselves) {
  Secrets secrets;
  secrets.add_variable("PRIVATE_KEY", "-----BEGIN-----\r\nMIIEvQIBADAN\r\n");
  EXPECT_EQ(secrets.mask("key MIIEvQIBADAN."), "key ***.");
}

TEST(Secrets, HugeTexts) {
  std::string text;
  for (int count = 0; count < 100'000; ++count) text += "x hunter2 ";
  const std::string shown = masked({"hunter2"}, text);
  EXPECT_EQ(shown.size(), 600'000U);
  EXPECT_EQ(shown.find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace ballast
