#include "restore/ground.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

constexpr const char* globals = R"(--
-- Roles
--

SET client_encoding = 'UTF8';

CREATE ROLE odoo;
ALTER ROLE odoo WITH SUPERUSER LOGIN PASSWORD 'SCRAM-SHA-256$1';
CREATE ROLE "Read ""only""";
ALTER ROLE "Read ""only""" WITH NOSUPERUSER LOGIN PASSWORD 'SCRAM-SHA-256$2';
ALTER ROLE "Read ""only""" SET statement_timeout TO '5s';
GRANT odoo TO "Read ""only""" GRANTED BY odoo;
)";

TEST(GroundTest, OnlyRolesThatAreMissingAreMade) {
  EXPECT_EQ(statements_for_missing_roles(globals, {"odoo"}),
            "CREATE ROLE \"Read \"\"only\"\"\";\n"
            "ALTER ROLE \"Read \"\"only\"\"\" WITH NOSUPERUSER LOGIN PASSWORD 'SCRAM-SHA-256$2';\n"
            "ALTER ROLE \"Read \"\"only\"\"\" SET statement_timeout TO '5s';\n"
            "GRANT odoo TO \"Read \"\"only\"\"\" GRANTED BY odoo;\n");
}

TEST(GroundTest, NothingIsDoneWhereAllAreThere) {
  EXPECT_EQ(statements_for_missing_roles(globals, {"odoo", "Read \"only\""}), "");
}

}  // namespace
}  // namespace ballast
