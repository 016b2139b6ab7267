#include "daemon/drift_message.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

const Time noon = *parse_time("2026-11-25T12:00:00Z");

PendingFinding pending(bool changes_release) {
  return {.id = "20261125T120000Z-0001",
          .finding = {.what = "executed",
                      .subject = "db",
                      .text = "db: docker exec: sh",
                      .at = noon,
                      .changes_release = changes_release,
                      .key = {}},
          .users = {{"ken", "pts/0", "192.0.2.7", noon}}};
}

Policy policy() {
  Policy made;
  made.service = "web";
  return made;
}

TEST(DriftMessage, WhatIsOverAtOnceIsAnIncidentOfItsOwn) {
  const auto made = drift_message("shop", pending(false), policy());
  ASSERT_TRUE(made);
  EXPECT_FALSE(made->begins_alert);
  EXPECT_EQ(made->message.id, "20261125T120000Z-0001");
  EXPECT_EQ(made->message.group, "shop/modified-by-hand/db/20261125T120000Z-0001");
  EXPECT_TRUE(made->message.lasts);
  EXPECT_EQ(made->message.lead().name(), "Changed By Hand: shop db");
  EXPECT_EQ(made->message.lead().text,
            "db: docker exec: sh; logged in: ken (pts/0 from 192.0.2.7)");
  EXPECT_EQ(made->message.lead().hint, "look at it: ballast drift shop");
  EXPECT_EQ(made->message.lead().severity, Severity::warn);
}

TEST(DriftMessage, WhatChangesTheReleaseBeginsTheAlertThatALaterReleaseEnds) {
  const auto made = drift_message("shop", pending(true), policy());
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->begins_alert);
  EXPECT_EQ(made->message.group, "shop/modified-by-hand/web");
  EXPECT_EQ(made->message.lead().key(), "shop/modified-by-hand/web");
  EXPECT_FALSE(made->message.lasts);
}

TEST(DriftMessage, ThePolicySaysHowLoudAndWhether) {
  Policy quiet = policy();
  AlertSettings settings = default_settings(*find_alert("modified-by-hand"));
  settings.severity = Severity::page;
  settings.hint = "call Mia";
  quiet.alerts["modified-by-hand"] = settings;
  EXPECT_EQ(drift_message("shop", pending(false), quiet)->message.severity(), Severity::page);
  EXPECT_EQ(drift_message("shop", pending(false), quiet)->message.lead().hint, "call Mia");
  settings.enabled = false;
  quiet.alerts["modified-by-hand"] = settings;
  EXPECT_FALSE(drift_message("shop", pending(false), quiet));
}

}  // namespace
}  // namespace ballast
