#include "model/policy_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Policy read(const std::string& text) {
  return read_policy(parse_compose("c.yml", "services: {web: {image: 'a:${A_TAG}'}}"), "b.yaml",
                     "stack-files: from-image\n" + text)
      .policy;
}

std::vector<std::string> keys(const std::vector<PolicyChange>& changes) {
  std::vector<std::string> found;
  for (const PolicyChange& change : changes) found.push_back(change.key);
  return found;
}

std::vector<std::string> looser(const std::string& before, const std::string& after) {
  return keys(loosening_changes(read(before), read(after)));
}

TEST(PolicyChangesTest, StricterIsFree) {
  EXPECT_THAT(looser("",
                     "gates: {disk: 80%, memory-available: 1GB}\nkeep-releases: 5\n"
                     "candidate: {enabled: true, timeout: 5m}\n"
                     "verify: {timeout: 5m, settle: 30s, urls: [/a]}\n"
                     "addons: {required: [a]}\nbackup: {before-deploy: required}\n"
                     "keep-fallback: 9d\nupgrade-timeout: 2h\n"
                     "stop-timeout: 2m\ncertificates: ['https://a.example']\n"),
              IsEmpty());
  EXPECT_THAT(looser("verify: {skip: [urls]}\ndata: [/a, /b]\n", "data: [/a]\n"), IsEmpty());
}

TEST(PolicyChangesTest, LooserIsTold) {
  EXPECT_THAT(looser("gates: {disk: 80%, memory-available: 1GB}\nkeep-releases: 5\n"
                     "candidate: {enabled: true}\nverify: {settle: 30s, urls: [/a]}\n"
                     "addons: {required: [a]}\nbackup: {before-deploy: required}\n"
                     "certificates: ['https://a.example']\n",
                     "data: [/etc]\nverify: {skip: [urls]}\n"),
              ElementsAre("addons.required", "backup.before-deploy", "candidate.enabled",
                          "certificates", "data", "gates.disk", "gates.memory-available",
                          "keep-releases", "verify.settle", "verify.skip", "verify.urls"));
}

TEST(PolicyChangesTest, WhateverElseChangesIsTold) {
  EXPECT_THAT(looser("", "keep-fallback: 1d\nmigrate: {run: a}\nrehearse: off\nupgrade: ask\n"),
              ElementsAre("keep-fallback", "migrate.run", "rehearse", "upgrade"));
  EXPECT_THAT(looser("",
                     "url: https://a.example\ntag-pattern: v.*\noffsite: {remote: 'x:y'}\n"
                     "alerts: {disk-full: {enabled: false}}\n"),
              ElementsAre("alerts", "offsite.remote", "tag-pattern", "url"));
}

TEST(PolicyChangesTest, WhatAStackIsNeverChanges) {
  Policy before = read("");
  Policy after = before;
  after.service = "other";
  after.tag_variable = "B_TAG";
  after.stack_files_from_image = false;
  EXPECT_THAT(keys(firm_changes(before, after)),
              ElementsAre("service", "stack-files", "tag-variable"));
  EXPECT_THAT(loosening_changes(before, after), IsEmpty());
  EXPECT_EQ(firm_changes(before, after).front().before, "\"web\"");
  EXPECT_EQ(firm_changes(before, after).front().after, "\"other\"");
}

}  // namespace
}  // namespace ballast
