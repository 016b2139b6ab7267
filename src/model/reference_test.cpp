#include "model/reference.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

struct Case {
  const char* text;
  const char* repository;
  const char* tag;
  const char* digest;
  const char* registry;
};

const Case cases[] = {
    {"odoo", "odoo", "", "", "docker.io"},
    {"odoo:18.0", "odoo", "18.0", "", "docker.io"},
    {"acme/odoo:18.0", "acme/odoo", "18.0", "", "docker.io"},
    {"ghcr.io/acme/odoo:sha-1", "ghcr.io/acme/odoo", "sha-1", "", "ghcr.io"},
    {"127.0.0.1:5000/shop", "127.0.0.1:5000/shop", "", "", "127.0.0.1:5000"},
    {"127.0.0.1:5000/shop:a", "127.0.0.1:5000/shop", "a", "", "127.0.0.1:5000"},
    {"localhost/shop:a", "localhost/shop", "a", "", "localhost"},
    {"odoo@sha256:ab", "odoo", "", "sha256:ab", "docker.io"},
    {"ghcr.io/a/b:t@sha256:ab", "ghcr.io/a/b", "t", "sha256:ab", "ghcr.io"},
    {"", "", "", "", "docker.io"},
};

TEST(ReferenceTest, TakesApartAndPutsTogether) {
  for (const Case& one : cases) {
    const Reference reference = parse_reference(one.text);
    EXPECT_EQ(reference.repository, one.repository) << one.text;
    EXPECT_EQ(reference.tag, one.tag) << one.text;
    EXPECT_EQ(reference.digest, one.digest) << one.text;
    EXPECT_EQ(reference.registry(), one.registry) << one.text;
    EXPECT_EQ(reference.text(), one.text);
  }
}

TEST(ReferenceTest, AnotherTagDropsTheDigest) {
  EXPECT_EQ(parse_reference("127.0.0.1:5000/a/b:t@sha256:ab").with_tag("u"),
            "127.0.0.1:5000/a/b:u");
  EXPECT_EQ(parse_reference("odoo").with_tag("18.0"), "odoo:18.0");
}

}  // namespace
}  // namespace ballast
