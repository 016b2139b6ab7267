#!/usr/bin/python3
"""Seeds types of one name into a small house and requires that check_types names those that can meet, and no others."""
import unittest

import house

SCRIPT = "check_types"

HOUSE = {
    "host/look.h": "#pragma once\n\nnamespace ballast {\n\nstruct Look {\n  int at = 0;\n};\n\n}  // namespace ballast\n",
    "host/test_fakes.h": "namespace ballast { class FakeLook {}; }\n",
    "host/look_test.cpp": '#include "host/test_fakes.h"\nnamespace ballast { struct LookTest {}; }\n',
}

# What is seeded: (file, text, line of the break, the type).
TWICE = [
    ("live/plan.cpp", "namespace ballast {\nstruct Look {};\n}\n", 2, "ballast::Look"),
    ("host/other.cpp", "namespace ballast {\nclass Look {};\n}\n", 2, "ballast::Look"),
    ("live/plan.cpp", "namespace ballast {\nclass Look final : public Base<Look(int), 3> {\n};\n}\n", 2, "ballast::Look"),
    ("live/plan.cpp", "namespace ballast {\n\nclass [[nodiscard]] Look\n    : public Base {\n};\n}\n", 4, "ballast::Look"),
    ("live/plan.cpp", "namespace ballast {\ntemplate <class T> struct Look {};\n}\n", 2, "ballast::Look"),
    ("live/plan.cpp", "namespace ballast {\ntemplate <class T> requires (A<T> || B) struct Look {};\n}\n", 2, "ballast::Look"),
    ("live/plan.cpp", "namespace ballast {\nenum class Look : int { a, b };\n}\n", 2, "ballast::Look"),
    ("live/plan.cpp", "namespace ballast {\nstatic const struct Look { int a; } look{1};\n}\n", 2, "ballast::Look"),
    ("live/plan.cpp", "namespace ballast {\nnamespace { struct A { int a; }; }\nint f() { return 1; }\nstruct Look {};\n}\n", 4,
     "ballast::Look"),
    ("live/plan.cpp", 'namespace ballast {\nconst char* text = R"x(})x";\nconst char sign = \'}\';\nstruct Look {};\n}\n', 4,
     "ballast::Look"),
    ("live/plan.cpp", "namespace ballast {\nconst int limits[] = {1, 2};\nstruct Look {};\n}\n", 3, "ballast::Look"),
    ("host/z_test.cpp", "namespace ballast {\nstruct LookTest {};\n}\n", 2, "ballast::LookTest"),
    ("model/z_test.cpp", "namespace ballast {\nstruct Look {};\n}\n", 2, "ballast::Look"),
    ("model/z_test.cpp", '#include "host/test_fakes.h"\nnamespace ballast {\nclass FakeLook {};\n}\n', 3, "ballast::FakeLook"),
]

ONCE = [
    "namespace ballast { struct Look; class Other; }",
    "namespace ballast { struct Look look(); struct Look* shown; enum class Look : int; }",
    "namespace ballast { namespace { struct Look {}; } }",
    "namespace ballast { namespace { namespace inner { struct Look {}; } } }",
    "namespace ballast { struct Another { struct Look {}; class Inner { struct Look {}; }; }; }",
    "namespace ballast { struct Another { struct Look; }; struct Another::Look {}; }",
    "namespace ballast { struct Another { int a() { return 1; } struct Look {}; }; }",
    "namespace ballast { void f() { struct Look { int a; }; } }",
    "namespace ballast { struct Look f() { return {}; } }",
    "namespace ballast { auto f(struct Look look) -> struct Look { return look; } }",
    "namespace ballast { struct Look look{1}; }",
    "namespace ballast { template <struct Look* look> struct Other {}; }",
    "namespace ballast { template <> struct Look<int> {}; }",
    "namespace ballast::docker { struct Look {}; }",
    "namespace ballast { namespace docker { struct Look {}; } }",
    "namespace ballast { // struct Look {\n/* struct Look {}; */ }",
    "#define LOOK struct Look { \\\n  struct Look {} }\n",
    'namespace ballast { const char* text = "struct Look {"; const auto longer = R"(\nstruct Look {)"; }',
]


class CheckTypes(unittest.TestCase):
    def test_what_is_defined_twice_is_named(self):
        for file, text, line, name in TWICE:
            with self.subTest(file=file, text=text):
                result = house.run_on(SCRIPT, {**HOUSE, file: text})
                self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
                self.assertTrue(result.stdout.startswith(f"{file}:{line}: {name} is defined in host/"), result.stdout)
                self.assertIn(" 1 defined twice", result.stdout)

    def test_what_cannot_meet_is_not(self):
        for text in ONCE:
            with self.subTest(text=text):
                result = house.run_on(SCRIPT, {**HOUSE, "deploy/plan.cpp": text})
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_tests_of_two_rooms_are_two_programs(self):
        text = "namespace ballast { struct LookTest {}; class FakeLook {}; }\n"
        result = house.run_on(SCRIPT, {**HOUSE, "model/z_test.cpp": text})
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(result.stdout, "4 files, 5 types, 0 defined twice\n")

    def test_absent_folder_is_an_error(self):
        result = house.run(SCRIPT, "/nonexistent")
        self.assertEqual(result.returncode, 2)
        self.assertIn("error: no folder", result.stderr)


if __name__ == "__main__":
    unittest.main()
