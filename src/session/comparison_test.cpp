#include "session/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "session/incident.h"

namespace ballast {
namespace {

using docker::ChangeKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const ObservedStack stack{.project = "shop",
                          .services = {"web"},
                          .data = {"/var/lib/odoo"},
                          .addons = "/mnt/extra-addons",
                          .tag_variable = "SHOP_TAG"};
constexpr const char* module_path = "/mnt/extra-addons/pay/models.py";

ObservedFile text(ChangeKind change, std::optional<std::string> image,
                  std::optional<std::string> now) {
  return {.change = change,
          .content = "text",
          .digest = now.value_or(""),
          .now = std::move(now),
          .image = std::move(image)};
}

Observation of(std::map<std::string, ObservedFile> files, const std::string& id = "c1") {
  return {.trouble = {},
          .containers = {{.service = "web",
                          .id = id,
                          .image = "sha256:1",
                          .started = "2026-11-25T03:00:00Z",
                          .restarts = 0,
                          .files = std::move(files)}}};
}

TEST(Comparison, NothingChanged) {
  const SessionChanges left = compare(of({}), of({}), "");
  EXPECT_FALSE(left.changed());
  EXPECT_THAT(left.containers, IsEmpty());
}

TEST(Comparison, WhatWasChangedBeforeTheSessionIsNotOfIt) {
  const auto same = text(ChangeKind::changed, "a\n", "b\n");
  EXPECT_FALSE(compare(of({{module_path, same}}), of({{module_path, same}}), "").changed());
  const auto more = text(ChangeKind::changed, "a\n", "c\n");
  const SessionChanges left = compare(of({{module_path, same}}), of({{module_path, more}}), "");
  ASSERT_EQ(left.files.size(), 1U);
  EXPECT_EQ(left.files[0].change, "changed");
}

TEST(Comparison, WhatWasPutBackAsInTheImageIsNamedButIsNoChange) {
  const SessionChanges left =
      compare(of({{module_path, text(ChangeKind::changed, "a\n", "b\n")}}), of({}), "");
  ASSERT_EQ(left.files.size(), 1U);
  EXPECT_EQ(left.files[0].change, "as-in-the-image");
  EXPECT_FALSE(left.changed());
}

TEST(Comparison, RestartsAndOtherContainers) {
  Observation after = of({});
  after.containers[0].started = "2026-11-25T03:10:00Z";
  EXPECT_THAT(compare(of({}), after, "").containers, ElementsAre("web was restarted"));
  EXPECT_FALSE(compare(of({}), after, "").changed());
  EXPECT_THAT(compare(of({}), of({}, "c2"), "").containers, ElementsAre("web was made anew"));
  after = of({}, "c2");
  after.containers[0].image = "sha256:2";
  EXPECT_THAT(compare(of({}), after, "").containers, ElementsAre("web runs another image"));
  EXPECT_TRUE(compare(of({}), after, "").changed());
  EXPECT_FALSE(compare(of({}), after, "sha-a000002").changed());
  EXPECT_THAT(compare(of({}), Observation{}, "").containers,
              ElementsAre("web has no container any more"));
}

TEST(Comparison, WhatCouldNotBeSeenIsUnknown) {
  Observation before;
  before.trouble = "the engine does not answer";
  const SessionChanges left = compare(before, of({}), "");
  EXPECT_THAT(left.troubles, ElementsAre("containers before it: the engine does not answer"));
}

TEST(Comparison, PatchesAreNamedAsInTheRepository) {
  const Observation after =
      of({{module_path, text(ChangeKind::changed, "a\nb\n", "a\nc\n")},
          {"/mnt/extra-addons/pay/new.py", text(ChangeKind::added, std::nullopt, "x\n")},
          {"/mnt/extra-addons/pay/old.py", text(ChangeKind::removed, "y\n", std::nullopt)},
          {"/etc/odoo/odoo.conf", text(ChangeKind::changed, "w = 1\n", "w = 2\n")},
          {"/opt/logo.png",
           {.change = ChangeKind::added,
            .content = "binary",
            .digest = "d",
            .now = {},
            .image = {}}}});
  SessionChanges left = compare(of({}), after, "");
  const Patches patches = container_patches(stack, after, left);
  EXPECT_EQ(patches.repository,
            "--- a/odoo_modules/pay/models.py\n"
            "+++ b/odoo_modules/pay/models.py\n"
            "@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
            "--- /dev/null\n"
            "+++ b/odoo_modules/pay/new.py\n"
            "@@ -0,0 +1 @@\n+x\n"
            "--- a/odoo_modules/pay/old.py\n"
            "+++ /dev/null\n"
            "@@ -1 +0,0 @@\n-y\n");
  EXPECT_THAT(patches.container, HasSubstr("--- a/etc/odoo/odoo.conf\n"));
  for (const LeftFile& file : left.files)
    EXPECT_EQ(file.patch, file.path == "/opt/logo.png"         ? ""
                          : file.path == "/etc/odoo/odoo.conf" ? "container.patch"
                                                               : "changes.patch")
        << file.path;
}

TEST(Comparison, WithoutModulesAllOfItIsTheRepositorys) {
  const Observation after = of({{"/srv/site.py", text(ChangeKind::changed, "a\n", "b\n")}});
  SessionChanges left = compare(of({}), after, "");
  ObservedStack plain = stack;
  plain.addons = "";
  EXPECT_THAT(container_patches(plain, after, left).repository, HasSubstr("+++ b/srv/site.py\n"));
}

TEST(Comparison, WhatEveryRunChangesIsRoutine) {
  for (const char* path : {"/tmp", "/tmp/x", "/run/odoo.pid", "/var/log/odoo/a.log", "/var/cache/x",
                           "/root/.bash_history", "/usr/lib/a/__pycache__", "/usr/lib/a/x.pyc"})
    EXPECT_TRUE(is_routine(path)) << path;
  for (const char* path : {"/tmpx", "/etc/odoo/odoo.conf", module_path, "/var/lib/x", "/runner"})
    EXPECT_FALSE(is_routine(path)) << path;
}

TEST(Comparison, WhatIsKeptOfAnObservationReadsBack) {
  const Observation before = of({{module_path, text(ChangeKind::changed, "a\n", "b\n")}});
  const Json json = observation_json(stack, before);
  const Observation back = parse_observation(json);
  EXPECT_EQ(pretty_json(observation_json(parse_observed_stack(json), back)), pretty_json(json));
  EXPECT_FALSE(compare(back, before, "").changed());
  EXPECT_THAT(pretty_json(json), Not(HasSubstr("\"now\"")));
  EXPECT_EQ(parse_observation(Json()).trouble, "it was not looked at before");
}

// --- the page ---

BreakGlass closed_session() {
  const Time noon = *parse_time("2026-11-25T03:00:00Z");
  return {.id = "20261125T030000Z-3f9a",
          .stack = "shop",
          .project = "shop",
          .reason = "cannot pay",
          .ticket = "https://tickets/1",
          .opened_by = {.name = "ken", .user = 1000, .from_kernel = true},
          .opened = noon,
          .length = std::chrono::hours(1),
          .keep = std::chrono::hours(24),
          .needs_approval = true,
          .approved_by = Person{.name = "eva", .user = 1001, .from_kernel = true},
          .approved = noon + std::chrono::minutes(1),
          .closed = noon + std::chrono::minutes(30),
          .closed_by = "ken",
          .changed = true,
          .follow_ups = {{.name = "pull-request", .link = {}, .by = {}, .done = {}},
                         {.name = "notes", .link = {}, .by = {}, .done = {}}}};
}

TEST(Incident, ThePageTellsWhoWhatWhenAndWhatIsLeft) {
  BreakGlass session = closed_session();
  const std::vector<Recording> recordings{{.number = 1,
                                           .place = "web",
                                           .container = "c1",
                                           .argv = {"sed", "-i", "s/a b/c/", "x|y"},
                                           .by = session.opened_by,
                                           .began = session.opened + std::chrono::minutes(5),
                                           .ended = session.opened + std::chrono::minutes(6),
                                           .status = 0,
                                           .ending = "itself",
                                           .sha256 = "abcd",
                                           .process = 1,
                                           .boot = "b"}};
  SessionChanges left = compare(of({}), of({}), "");
  left.variables.push_back({.name = "SMTP_PASSWORD", .change = "changed"});
  Patches patches;
  patches.repository = "+password = geheimnis\n";
  Secrets secrets;
  secrets.add("geheimnis");
  const std::string page = incident_page({.session = session,
                                          .recordings = recordings,
                                          .comparison = left,
                                          .patches = patches,
                                          .secrets = secrets,
                                          .host = "server"});
  EXPECT_THAT(page, HasSubstr("# Incident: 20261125T030000Z-3f9a on shop\n"));
  EXPECT_THAT(page, HasSubstr("- Reason: cannot pay\n- Ticket: <https://tickets/1>\n"));
  EXPECT_THAT(page, HasSubstr("- Opened by: ken (uid 1000)\n- Approved by: eva (uid 1001)\n"));
  EXPECT_THAT(page, HasSubstr(iso_local(session.opened) + " opened by ken, for 1 h\n- " +
                              iso_local(*session.approved) + " approved by eva\n- "));
  EXPECT_THAT(page, HasSubstr("| 1 | ken | `sed -i 's/a b/c/' 'x\\|y'` in web | exit status 0 | "
                              "001.cast | abcd |\n"));
  EXPECT_THAT(page, HasSubstr("- `SMTP_PASSWORD` in .env: changed\n"));
  EXPECT_THAT(page, HasSubstr("+password = ***\n"));
  EXPECT_THAT(page, Not(HasSubstr("geheimnis")));
  EXPECT_TRUE(
      page.ends_with("\n## Still to do\n\n- [ ] pull request with the change\n"
                     "- [ ] incident notes\n"))
      << page;

  session.follow_ups[0] = {
      .name = "pull-request", .link = "https://pr/1", .by = "eva", .done = session.closed};
  EXPECT_TRUE(with_to_do(page, session)
                  .ends_with("\n## Still to do\n\n- [x] pull request with the change, " +
                             iso_local(*session.closed) +
                             " by eva: <https://pr/1>\n- [ ] incident notes\n"));
}

}  // namespace
}  // namespace ballast
