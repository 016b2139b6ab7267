#include "model/policy.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/model_test_support.h"
#include "model/policy_keys.h"

namespace ballast {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ComposeFile compose(bool odoo = false) {
  const std::string volumes = odoo ? "    volumes: ['data:/var/lib/odoo']\n" : "";
  return parse_compose("c.yml", "services:\n  web:\n    image: a/b:${ODOO_TAG}\n" + volumes +
                                    "  worker: {image: 'a/b:${ODOO_TAG}'}\n"
                                    "  db: {image: postgres}\n");
}

Policy read(const std::string& text, bool odoo = false) {
  return read_policy(compose(odoo), "b.yaml", "service: web\n" + text).policy;
}

std::string read_error(const std::string& text) {
  return error_text(Kind::usage, [&] { read(text); });
}

TEST(PolicyTest, EveryKeyIsRead) {
  const Policy policy = read(R"(preset: odoo
env: staging
tag-variable: ODOO_TAG
tag-pattern: v[0-9]+
url: https://shop.example.com/
host: shop.example.com
chat-url: https://chat.example.com
port: 8080
chat-port: off
verify:
  timeout: 3m
  settle: 0s
  probe-deadline: 5
  urls: [/shop/ping, /web]
  skip: [web-asset]
candidate: {enabled: false, timeout: 1m30s, arguments: []}
addons: {path: /opt/addons, required: [a, b]}
gates: {disk: 92.5%, memory-available: 1.5GB}
data: [/var/lib/odoo, /srv/x]
keep-releases: 5
stop-timeout: 2m
pull: false
backup: {before-deploy: best-effort}
database: {service: db, include: ["shop_*", erp], exclude: ["test_*"]}
drift: {routine: ["pg_isready*"], ignore: ["/opt/cache/*"]}
offsite: {remote: "nas:backups/", encryption: not-needed}
break-glass: {approval: required, limit: 90m, keep: 30d}
upgrade: ask
rehearse: off
upgrade-timeout: 20m
keep-fallback: 2d
x-note: anything
)");
  EXPECT_EQ(policy.preset, Preset::odoo);
  EXPECT_EQ(policy.environment, "staging");
  EXPECT_EQ(policy.tag_pattern, "v[0-9]+");
  EXPECT_EQ(policy.traffic.url, "https://shop.example.com");
  EXPECT_EQ(policy.traffic.host, "shop.example.com");
  EXPECT_EQ(policy.traffic.chat_url, "https://chat.example.com");
  EXPECT_EQ(policy.traffic.port, 8080);
  EXPECT_EQ(policy.traffic.chat_port, 0);
  EXPECT_EQ(policy.verify.timeout, seconds(180));
  EXPECT_EQ(policy.verify.settle, seconds(0));
  EXPECT_EQ(policy.verify.probe_deadline, seconds(5));
  EXPECT_THAT(policy.verify.urls, ElementsAre("/shop/ping", "/web"));
  EXPECT_THAT(policy.verify.skip, ElementsAre("web-asset"));
  EXPECT_FALSE(policy.candidate.enabled);
  EXPECT_EQ(policy.candidate.timeout, seconds(90));
  EXPECT_THAT(policy.candidate.arguments, IsEmpty());
  EXPECT_EQ(policy.addons.path, "/opt/addons");
  EXPECT_THAT(policy.addons.required, ElementsAre("a", "b"));
  EXPECT_EQ(policy.gates.disk_percent, 92.5);
  EXPECT_EQ(policy.gates.memory_available, 1'500'000'000U);
  EXPECT_THAT(policy.data_mounts, ElementsAre("/var/lib/odoo", "/srv/x"));
  EXPECT_EQ(policy.keep_releases, 5);
  EXPECT_EQ(policy.stop_timeout, seconds(120));
  EXPECT_FALSE(policy.pull);
  EXPECT_EQ(policy.before_deploy, "best-effort");
  EXPECT_EQ(policy.offsite.remote, "nas:backups");
  EXPECT_FALSE(policy.offsite.must_be_encrypted);
  EXPECT_TRUE(policy.break_glass.needs_approval);
  EXPECT_EQ(policy.break_glass.limit, seconds(90 * 60));
  EXPECT_EQ(policy.break_glass.keep, seconds(30 * 24 * 3600));
  EXPECT_EQ(policy.upgrade.when, Policy::UpgradeWhen::ask);
  EXPECT_FALSE(policy.upgrade.rehearse);
  EXPECT_EQ(policy.upgrade.timeout, seconds(20 * 60));
  EXPECT_EQ(policy.upgrade.keep_fallback, seconds(2 * 24 * 3600));
  EXPECT_EQ(policy.database_service, "db");
  EXPECT_THAT(policy.databases_include, ElementsAre("shop_*", "erp"));
  EXPECT_THAT(policy.databases_exclude, ElementsAre("test_*"));
  EXPECT_THAT(policy.drift.routine, ElementsAre("pg_isready*"));
  EXPECT_THAT(policy.drift.ignore, ElementsAre("/opt/cache/*"));
}

TEST(PolicyTest, ThePresetComesFirstWhereverItStands) {
  const Policy policy = read("tag-pattern: x\ncandidate: off\npreset: odoo\n");
  EXPECT_EQ(policy.tag_pattern, "x");
  EXPECT_FALSE(policy.candidate.enabled);
  EXPECT_EQ(policy.addons.path, "/mnt/extra-addons");
  EXPECT_EQ(read("preset: generic\n", true).tag_pattern, "");
}

TEST(PolicyTest, TellsWhatTheFileGave) {
  const ComposeFile odoo = compose();
  const auto file =
      read_policy(odoo, "b.yaml", "service: web\ncandidate: on\nverify:\n  timeout: 1m\nbackup:\n");
  EXPECT_TRUE(file.from_file);
  EXPECT_THAT(file.given, ElementsAre("service", "candidate.enabled", "verify.timeout"));
  EXPECT_TRUE(file.policy.candidate.enabled);
  const ComposeFile one = parse_compose("c.yml", "services: {web: {image: 'a:${A_TAG}'}}");
  EXPECT_FALSE(read_policy(one, "b.yaml", std::nullopt).from_file);
  EXPECT_TRUE(read_policy(one, "b.yaml", "# nothing\n").from_file);
}

TEST(PolicyTest, UnknownKeys) {
  EXPECT_EQ(read_error("verfy: {timeout: 1m}\n"),
            "b.yaml:2: unknown key `verfy` | did you mean `verify`?");
  EXPECT_EQ(read_error("verify:\n  timout: 1m\n"),
            "b.yaml:3: unknown key `verify.timout` | did you mean `verify.timeout`?");
  EXPECT_EQ(read_error("gates: {processor: 1}\n"),
            "b.yaml:2: unknown key `gates.processor` | known keys: gates.disk, "
            "gates.memory-available");
  EXPECT_EQ(read_error("nonsense: 1\n"),
            "b.yaml:2: unknown key `nonsense` | known keys: addons, alerts, backup, "
            "break-glass, candidate, "
            "certificates, chat-port, chat-url, data, database, doctor, drift, env, gates, host, "
            "keep-fallback, keep-releases, migrate, offsite, port, preset, pull, rehearse, "
            "service, stack-files, stop-timeout, tag-pattern, tag-variable, upgrade, "
            "upgrade-timeout, url, verify");
  EXPECT_EQ(read_error("verify.timeout: 1m\n"),
            "b.yaml:2: unknown key `verify.timeout` | write `verify:` and, under it, `timeout: …`");
  EXPECT_EQ(read_error("verify: {x-a: 1}\nx-b: {c: d}\n"), "no error");
}

TEST(PolicyTest, WrongKindsOfValues) {
  EXPECT_EQ(read_error("verify:\n  timeout: [1m]\n"),
            "b.yaml:3: `verify.timeout`: a list stands where one value belongs | "
            "write one value: `timeout: …`");
  EXPECT_EQ(read_error("url: {a: b}\n"),
            "b.yaml:2: `url`: a map stands where one value belongs | write one value: `url: …`");
  EXPECT_EQ(read_error("url:\n"), "b.yaml:2: `url`: has no value | write one, or remove the line");
  EXPECT_EQ(read_error("verify: {urls: /x}\n"),
            "b.yaml:2: `verify.urls`: one value stands where a list belongs | write `urls: [/x]`");
  EXPECT_EQ(read_error("data: {a: b}\n"),
            "b.yaml:2: `data`: a map stands where a list belongs | write `data: […]`");
  EXPECT_EQ(read_error("data: [[/a]]\n"),
            "b.yaml:2: `data`: a list stands where one value belongs | write one value: `data: …`");
  EXPECT_EQ(read_error("verify: 3m\n"),
            "b.yaml:2: `verify`: keys belong under it | known keys: verify.probe-deadline, "
            "verify.settle, verify.skip, verify.timeout, verify.urls");
  EXPECT_EQ(read_error("candidate: [off]\n"),
            "b.yaml:2: `candidate`: keys belong under it | known keys: candidate.arguments, "
            "candidate.enabled, candidate.timeout");
  EXPECT_EQ(error_text(Kind::usage, [] { read_policy(compose(), "b.yaml", "- a\n"); }),
            "b.yaml:1: a policy is a map of keys | write `key: value` lines");
}

TEST(PolicyTest, WrongDurations) {
  const std::string hint = " | write a number with a unit, such as 120s or 2m";
  EXPECT_EQ(read_error("verify: {timeout: soon}\n"),
            "b.yaml:2: `verify.timeout`: \"soon\" is not a duration" + hint);
  EXPECT_EQ(read_error("verify: {timeout: 0s}\n"),
            "b.yaml:2: `verify.timeout`: must be longer than nothing" + hint);
  EXPECT_EQ(read_error("candidate: {timeout: 0}\n"),
            "b.yaml:2: `candidate.timeout`: must be longer than nothing" + hint);
  EXPECT_EQ(read_error("stop-timeout: -1s\n"),
            "b.yaml:2: `stop-timeout`: \"-1s\" is not a duration" + hint);
}

TEST(PolicyTest, WrongNumbers) {
  for (const char* percent : {"0", "0.5%", "101%", "x", "", "-5", "1e1", "nan", "50%%"})
    EXPECT_EQ(read_error(fmt::format("gates: {{disk: \"{}\"}}\n", percent)),
              fmt::format("b.yaml:2: `gates.disk`: \"{}\" is not a percentage | "
                          "write a number from 1% to 100%",
                          percent));
  for (const char* port : {"0", "65536", "-1", "80x", "http", "8069.0", ""})
    EXPECT_EQ(read_error(fmt::format("port: \"{}\"\n", port)),
              fmt::format("b.yaml:2: `port`: \"{}\" is not a port | "
                          "write a number from 1 to 65535, or `off`",
                          port));
  for (const char* count : {"0", "-3", "many", "1.5"})
    EXPECT_EQ(read_error(fmt::format("keep-releases: {}\n", count)),
              fmt::format("b.yaml:2: `keep-releases`: \"{}\" is not a number of at least 1 | "
                          "write a whole number, 1 or more",
                          count));
  for (const char* size : {"lots", "-1MB", "5 parsecs", "GB", "99999999999TB"})
    EXPECT_EQ(read_error(fmt::format("gates: {{memory-available: {}}}\n", size)),
              fmt::format("b.yaml:2: `gates.memory-available`: \"{}\" is not a size | "
                          "write a number with a unit, such as 512MB or 3.5GB",
                          size));
}

TEST(PolicyTest, Sizes) {
  const auto size = [](std::string_view text) {
    return read(fmt::format("gates: {{memory-available: {}}}\n", text)).gates.memory_available;
  };
  EXPECT_EQ(size("0"), 0U);
  EXPECT_EQ(size("1000"), 1000U);
  EXPECT_EQ(size("12 B"), 12U);
  EXPECT_EQ(size("512MB"), 512'000'000U);
  EXPECT_EQ(size("256 MiB"), 256U << 20);
  EXPECT_EQ(size("3.5gb"), 3'500'000'000U);
  EXPECT_EQ(size("1KiB"), 1024U);
}

TEST(PolicyTest, WrongWords) {
  EXPECT_EQ(read_error("preset: odo\n"),
            "b.yaml:2: `preset`: \"odo\" is none of generic, odoo | did you mean `odoo`?");
  EXPECT_EQ(read_error("offsite: {remote: /mnt/disk}\n"),
            "b.yaml:2: `offsite.remote`: \"/mnt/disk\" is not a remote of rclone | write "
            "\"name:path\", where `rclone listremotes` shows the name");
  EXPECT_EQ(read_error("offsite: {encryption: no}\n"),
            "b.yaml:2: `offsite.encryption`: \"no\" is none of required, not-needed | write one of "
            "them");
  EXPECT_EQ(read_error("backup: {before-deploy: sometimes}\n"),
            "b.yaml:2: `backup.before-deploy`: \"sometimes\" is none of required, best-effort, off "
            "| write one of them");
  EXPECT_EQ(read_error("break-glass: {approval: yes}\n"),
            "b.yaml:2: `break-glass.approval`: \"yes\" is none of not-needed, required | write one "
            "of them");
  EXPECT_EQ(read_error("candidate: maybe\n"),
            "b.yaml:2: `candidate.enabled`: \"maybe\" is not a yes or no | write `on` or `off`");
  EXPECT_EQ(read_error("tag-pattern: sha-[\n"),
            "b.yaml:2: `tag-pattern`: \"sha-[\" is not a regular expression | "
            "an example that is one: \"sha-[0-9a-f]{7,40}\"");
  EXPECT_EQ(read_error("tag-pattern: " + std::string(301, 'a') + "\n"),
            "b.yaml:2: `tag-pattern`: is longer than 300 bytes | a shorter pattern can say it");
  EXPECT_EQ(read_error("url: shop.example.com\n"),
            "b.yaml:2: `url`: \"shop.example.com\" is not a URL | "
            "begin with https:// or http://, such as https://shop.example.com");
  EXPECT_EQ(read_error("url: https://\n"),
            "b.yaml:2: `url`: \"https://\" is not a URL | "
            "begin with https:// or http://, such as https://shop.example.com");
  EXPECT_EQ(read_error("host: \"a\\nb\"\n"),
            "b.yaml:2: `host`: \"a\\nb\" is not the name of a host | "
            "write it alone, such as shop.example.com");
  EXPECT_EQ(read_error("data: [/a, b]\n"),
            "b.yaml:2: `data`: \"b\" is not an absolute path | write it from `/` on");
  EXPECT_EQ(read_error("tag-variable: ${ODOO_TAG}\n"),
            "b.yaml:2: `tag-variable`: \"${ODOO_TAG}\" is not the name of a variable | "
            "write it alone, such as ODOO_TAG");
  EXPECT_EQ(read_error("env: a|b\n"),
            "b.yaml:2: `env`: \"a|b\" is not the name of an environment | "
            "write one word, such as prod");
}

TEST(PolicyTest, ADatabaseServerOutsideTheStack) {
  const Policy policy = read("database: {url-file: /etc/shop.url, image: postgres:16}\n");
  EXPECT_EQ(policy.database_service, "");
  EXPECT_EQ(policy.database_url_file, "/etc/shop.url");
  EXPECT_EQ(policy.database_image, "postgres:16");
  EXPECT_TRUE(has_database(policy));
  EXPECT_TRUE(has_database(read("")));
  EXPECT_FALSE(has_database(read("database: {service: \"\"}\n")));
  EXPECT_EQ(read("database: {url-file: \"\"}\n").database_service, "db");
}

TEST(PolicyTest, AServerIsInTheStackOrOutside) {
  EXPECT_EQ(read_error("database:\n  service: db\n  url-file: /etc/shop.url\n"),
            "b.yaml:4: `database.service` (db) and `database.url-file` (/etc/shop.url) are both "
            "given | keep the one that tells where PostgreSQL runs: a service of the stack, or a "
            "server outside of it");
  EXPECT_EQ(read_error("database: {url-file: shop.url}\n"),
            "b.yaml:2: `database.url-file`: \"shop.url\" is not an absolute path | "
            "write it from `/` on");
  EXPECT_EQ(read_error("database: {image: \"postgres 16\"}\n"),
            "b.yaml:2: `database.image`: \"postgres 16\" is not an image | "
            "write it with its tag, such as postgres:16");
}

TEST(PolicyTest, ReleasesThatChangeTheDatabase) {
  const Policy silent = read("");
  EXPECT_EQ(silent.upgrade.when, Policy::UpgradeWhen::automatic);
  EXPECT_TRUE(silent.upgrade.rehearse);
  EXPECT_EQ(read("upgrade: never\n").upgrade.when, Policy::UpgradeWhen::never);
  const Policy generic = read("migrate: {detect: ./manage.py migrate --check, run: ' a && b '}\n");
  EXPECT_EQ(generic.migrate.detect, "./manage.py migrate --check");
  EXPECT_EQ(generic.migrate.run, "a && b");
  EXPECT_EQ(read("migrate: {run: ./migrate}\n").migrate.detect, "");
}

TEST(PolicyTest, HowADatabaseIsNotChanged) {
  EXPECT_EQ(read_error("upgrade: automatic\n"),
            "b.yaml:2: `upgrade`: \"automatic\" is none of auto, ask, never | write one of them");
  EXPECT_EQ(read_error("upgrade: atuo\n"),
            "b.yaml:2: `upgrade`: \"atuo\" is none of auto, ask, never | did you mean `auto`?");
  EXPECT_EQ(read_error("upgrade-timeout: 0s\n"),
            "b.yaml:2: `upgrade-timeout`: must be longer than nothing | write a number with a "
            "unit, such as 120s or 2m");
  EXPECT_EQ(read_error("rehearse: maybe\n"),
            "b.yaml:2: `rehearse`: \"maybe\" is not a yes or no | write `on` or `off`");
  EXPECT_EQ(read_error("migrate: ./migrate\n"),
            "b.yaml:2: `migrate`: keys belong under it | known keys: migrate.detect, migrate.run");
  EXPECT_EQ(read_error("migrate:\n  run: \"a\\nb\"\n"),
            "b.yaml:3: `migrate.run`: \"a\\nb\" is not a command of one line | join its lines with "
            "`&&`, or put them into a script of the image");
  EXPECT_EQ(read_error("migrate: {run: " + std::string(1001, 'a') + "}\n"),
            "b.yaml:2: `migrate.run`: is longer than 1000 bytes | put it into a script of the "
            "image, and call that");
  EXPECT_EQ(read_error("migrate:\n  detect: ./check\n"),
            "b.yaml:3: `migrate.detect`: tells what is to be migrated, but nothing says how | "
            "write `migrate: {run: …}` as well");
  EXPECT_EQ(read_error("preset: odoo\nmigrate:\n  run: ./migrate\n"),
            "b.yaml:4: `migrate.run`: preset odoo knows by itself what to upgrade | take it out; "
            "`upgrade: auto`, `ask` or `never` says when");
}

TEST(PolicyTest, TagsThatMatch) {
  Policy policy;
  EXPECT_TRUE(tag_matches(policy, "18.0"));
  EXPECT_FALSE(tag_matches(policy, "latest"));
  EXPECT_FALSE(tag_matches(policy, ""));
  policy.tag_pattern = ".*";
  EXPECT_FALSE(tag_matches(policy, "latest"));
  EXPECT_FALSE(tag_matches(policy, ""));
  policy.tag_pattern = read("preset: odoo\n").tag_pattern;
  EXPECT_TRUE(tag_matches(policy, "sha-abc1234"));
  EXPECT_TRUE(tag_matches(policy, "sha-" + std::string(40, 'a')));
  EXPECT_FALSE(tag_matches(policy, "sha-abc123"));
  EXPECT_FALSE(tag_matches(policy, "sha-" + std::string(41, 'a')));
  EXPECT_FALSE(tag_matches(policy, "xsha-abc1234"));
  EXPECT_FALSE(tag_matches(policy, "sha-ABC1234"));
  EXPECT_FALSE(tag_matches(policy, "sha-abc1234\n"));
}

TEST(PolicyTest, DatabasesThatAreLeftOut) {
  Policy policy;
  EXPECT_TRUE(concerns_database(policy, "erp"));
  policy.databases_exclude = {"demo", "test_*", "*_old", "a*b*c"};
  for (const char* name : {"demo", "test_", "test_1", "erp_old", "_old", "abc", "a1b2b3c"})
    EXPECT_FALSE(concerns_database(policy, name)) << name;
  for (const char* name : {"erp", "demo2", "test", "old", "mytest_1", "ac", "acb", "abcd"})
    EXPECT_TRUE(concerns_database(policy, name)) << name;
  policy.databases_exclude = {"*"};
  EXPECT_FALSE(concerns_database(policy, "erp"));
  policy.databases_include = {"erp", "shop_*"};
  policy.databases_exclude = {"shop_old"};
  for (const char* name : {"erp", "shop_", "shop_a"})
    EXPECT_TRUE(concerns_database(policy, name)) << name;
  for (const char* name : {"", "erp2", "shop", "shop_old"})
    EXPECT_FALSE(concerns_database(policy, name)) << name;
}

// By its own table, so that a key that is forgotten here cannot be forgotten there.
void expect_same(const Policy& left, const Policy& right) {
  for (const PolicyKey& key : policy_keys())
    EXPECT_EQ(key.value(left), key.value(right)) << key.path;
  EXPECT_EQ(left.companions, right.companions);
  EXPECT_EQ(left.repository_hint, right.repository_hint);
}

TEST(PolicyTest, WhatIsPrintedReadsBack) {
  for (const char* text :
       {"", "preset: odoo\n",
        "preset: odoo\nport: off\nchat-port: off\naddons: {path: \"\"}\ndata: []\n",
        "tag-pattern: \"\"\npreset: odoo\ncandidate: {enabled: off, arguments: []}\n",
        "url: http://127.0.0.1\nhost: \"é\"\nverify: {urls: [/a, '/b,c', '/d]'], skip: ['yes']}\n",
        "gates: {disk: 12.25%, memory-available: 1234567}\nstop-timeout: 90m\npull: off\n",
        "database: {service: \"\", exclude: ['*', 'a b', '\"']}\nkeep-releases: 1\n",
        "database: {url-file: /etc/shop.url, image: 'postgres:16'}\n",
        "break-glass: {approval: required, limit: 30m, keep: 365d}\n",
        "upgrade: never\nrehearse: off\nupgrade-timeout: 90s\nkeep-fallback: 36h\n",
        "migrate: {detect: 'a: b', run: \"say 'x' # y\"}\nupgrade: ask\n",
        "gates: {memory-available: 0}\nenv: 'off'\nverify: {settle: 0}\n"}) {
    const Policy policy = read(text);
    const std::string printed = print_policy(policy);
    const auto back = read_policy(compose(), "printed.yaml", printed);
    expect_same(policy, back.policy);
    EXPECT_EQ(print_policy(back.policy), printed);
  }
}

TEST(PolicyTest, EveryKeyIsPrintedWithItsComment) {
  for (const bool odoo : {false, true}) {
    const std::string printed = print_policy(read("", odoo));
    for (const PolicyKey& key : policy_keys()) {
      EXPECT_THAT(printed, HasSubstr(fmt::format("# {}\n", key.comment)));
      EXPECT_THAT(printed, HasSubstr(fmt::format("{}: ", key.name())));
    }
  }
}

TEST(PolicyTest, TheExamplesAreGood) {
  for (const PolicyKey& key : policy_keys()) {
    if (key.example.empty()) continue;
    std::string line = fmt::format("{}: {}\n", key.name(), key.example);
    if (key.path == "migrate.detect") line += "  run: ./migrate\n";
    EXPECT_EQ(
        read_error(key.section().empty() ? line : fmt::format("{}:\n  {}", key.section(), line)),
        "no error");
  }
}

TEST(PolicyTest, PrintsThisText) {
  const std::string printed = print_policy(read("", true));
  EXPECT_THAT(printed, HasSubstr("\n# the defaults: odoo or generic\npreset: odoo\n"));
  EXPECT_THAT(printed,
              HasSubstr("\n# where users' traffic goes in; without it the published port is "
                        "asked\n# url: https://shop.example.com\n"));
  EXPECT_THAT(printed, HasSubstr("\nverify:\n  # how long one question may take\n"
                                 "  probe-deadline: 10s\n"));
  EXPECT_THAT(printed, HasSubstr("\n  memory-available: 256MiB\n"));
  EXPECT_THAT(printed, HasSubstr("\n  disk: 85%\n"));
}

TEST(PolicyTest, JsonIsUnderTheKeysOfTheFile) {
  const Json json = policy_json(read("url: https://a\n", true));
  EXPECT_EQ(json.at("preset"), "odoo");
  EXPECT_EQ(json.at("url"), "https://a");
  EXPECT_EQ(json.at("verify").at("timeout"), "120s");
  EXPECT_EQ(json.at("gates").at("disk"), "85%");
  EXPECT_EQ(json.at("candidate").at("enabled"), true);
  EXPECT_EQ(json.at("keep-releases"), 3);
  EXPECT_EQ(json.at("data"), Json::array({"/var/lib/odoo"}));
}

}  // namespace
}  // namespace ballast
