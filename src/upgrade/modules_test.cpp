#include "upgrade/modules.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(StoredVersionTest, HasTheSeriesBeforeIt) {
  EXPECT_EQ(stored_version("1.0", "18.0"), "18.0.1.0");
  EXPECT_EQ(stored_version("1.2.3", "18.0"), "18.0.1.2.3");
  EXPECT_EQ(stored_version("18.0.1.0", "18.0"), "18.0.1.0");
  EXPECT_EQ(stored_version("18.0.1.0.0", "18.0"), "18.0.1.0.0");
}

TEST(StoredVersionTest, WhatOnlyLooksLikeTheSeriesIsAVersion) {
  EXPECT_EQ(stored_version("18.0", "18.0"), "18.0.18.0");
  EXPECT_EQ(stored_version("18.01", "18.0"), "18.0.18.01");
  EXPECT_EQ(stored_version("17.0.1.0", "18.0"), "18.0.17.0.1.0");
  EXPECT_EQ(stored_version("1.0", "saas~17.4"), "saas~17.4.1.0");
}

TEST(StoredVersionTest, OfAManifestThatDoesNotTell) {
  EXPECT_EQ(stored_version("", "18.0"), "18.0.1.0");
  EXPECT_EQ(stored_version("", ""), "1.0");
}

TEST(SeriesTest, IsThatOfBase) {
  EXPECT_EQ(series_of({{"account", "17.0.1.0", "installed"}, {"base", "18.0.1.3", "installed"}}),
            "18.0");
  EXPECT_EQ(series_of({{"base", "saas~17.4.1.3", "to upgrade"}}), "saas~17.4");
}

TEST(SeriesTest, IsUnknownWithoutBase) {
  EXPECT_EQ(series_of({}), "");
  EXPECT_EQ(series_of({{"account", "17.0.1.0", "installed"}}), "");
  EXPECT_EQ(series_of({{"base", "", "to install"}}), "");
}

}  // namespace
}  // namespace ballast
