#!/usr/bin/python3
"""Seeds each kind of violation into a small house and requires that check_layers names it."""
import unittest

import house

SCRIPT = "check_layers"

CLEAN = {
    "main.cpp": '#include "base/error.h"\n#include "cli/commands.h"\n',
    "base/error.h": "#include <string>\n",
    "base/json.h": "#include <nlohmann/json.hpp>\n",
    "base/hash.cpp": "#include <openssl/evp.h>\n",
    "host/disk.cpp": '#include <unistd.h>\n#include <sys/stat.h>\n#include <curl/curl.h>\n#include "base/error.h"\n',
    "model/yaml.cpp": "#include <yaml-cpp/yaml.h>\n",
    "tools/docker.h": '#include "host/disk.h"\n#include <libpq-fe.h>\n',
    "host/disk.h": '#include "base/error.h"\n',
    "journal/journal.cpp": "#include <sqlite3.h>\n",
    "live/stack.h": '#include "tools/docker.h"\n#include "base/error.h"\n',
    "live/stack_test.cpp": '#include <gtest/gtest.h>\n#include "live/stack.h"\n#include "support/fakes.h"\n',
    "host/test_folder.h": "#include <gtest/gtest.h>\n",
    "host/disk_test.cpp": '#include "host/test_folder.h"\n',
    "backup/set.h": '#include "live/stack.h"\n',
    "deploy/deploy.h": '#include "backup/set.h"\n#include <fmt/format.h>\n',
    "watch/round.cpp": '#include "deploy/deploy.h"\n',
    "daemon/daemon.h": '#include "base/error.h"\n',
    "daemon/daemon.cpp": '#include "daemon/daemon.h"\n#include "deploy/deploy.h"\n',
    "cli/commands.h": '#include "deploy/deploy.h"\n',
    "cli/arguments.cpp": "#include <CLI/CLI.hpp>\nvoid f() { std::cout << 1; }\n",
}

# What is seeded: (file, text, line of the break, a part of the reason).
VIOLATIONS = [
    ("base/text.cpp", '\n#include "host/disk.h"\n', 2, "base must not include host"),
    ("host/clock.cpp", '#include "model/env.h"\n', 1, "host must not include model"),
    ("model/names.cpp", '#include "host/disk.h"\n', 1, "model must not include host"),
    ("tools/engine.cpp", '#include "journal/journal.h"\n', 1, "tools must not include journal"),
    ("check/disk.cpp", '#include "notify/mail.h"\n', 1, "check must not include notify"),
    ("operation/runner.cpp", '#include "live/stack.h"\n', 1, "operation must not include live"),
    ("backup/take.cpp", '#include "deploy/deploy.h"\n', 1, "backup must not include deploy"),
    ("gate/gate.cpp", '#include "backup/set.h"\n', 1, "gate must not include backup"),
    ("prune/plan.cpp", '#include "watch/round.h"\n', 1, "prune must not include watch"),
    ("watch/round.h", '#include "daemon/daemon.h"\n', 1, "watch must not include daemon"),
    ("watch/rules.cpp", '# include "cli/commands.h"\n', 1, "watch must not include cli"),
    ("live/new.cpp", '#include "stack.h"\n', 1, "has no room"),
    ("live/new.cpp", '#include "live/absent.h"\n', 1, "does not exist"),
    ("live/new.cpp", '#include "support/fakes.h"\n', 1, "is not in any room"),
    ("attic/old.cpp", "int x;\n", 1, "not a room"),
    ("base/time.cpp", "#include <filesystem>\n", 1, "no system calls"),
    ("base/time.cpp", "#include <time.h>\n", 1, "is the system's"),
    ("live/wait.cpp", "#include <unistd.h>\n", 1, "is the system's"),
    ("backup/pool.cpp", "#include <sys/stat.h>\n", 1, "is the system's"),
    ("backup/pool_test.cpp", "#include <fcntl.h>\n", 1, "is the system's"),
    ("cli/table.cpp", "#include <CLI/CLI.hpp>\n", 1, "belongs in cli/arguments"),
    ("model/policy.cpp", "#include <yaml-cpp/yaml.h>\n", 1, "belongs in model/yaml"),
    ("model/policy.cpp", "#include <nlohmann/json.hpp>\n", 1, "belongs in base/json"),
    ("notify/web.cpp", "#include <curl/curl.h>\n", 1, "belongs in host/"),
    ("check/query.cpp", "#include <libpq-fe.h>\n", 1, "belongs in tools/"),
    ("audit/audit.cpp", "#include <sqlite3.h>\n", 1, "belongs in journal/"),
    ("backup/digest.cpp", "#include <openssl/sha.h>\n", 1, "belongs in base/"),
    ("live/stack.cpp", "#include <gmock/gmock.h>\n", 1, "belongs in *_test.cpp"),
    ("live/stack.cpp", '#include "host/test_folder.h"\n', 1, "is for tests only"),
    ("live/stack.cpp", "#include <iostream>\n", 1, "does not print"),
    ("live/stack.cpp", '\n\nvoid f() { std::cerr << "x"; }\n', 3, "does not print"),
    ("deploy/run.cpp", 'void f() { fmt::print("x"); }\n', 1, "does not print"),
    ("deploy/run.cpp", "#include <archive.h>\n", 1, "belongs in host/* only"),
    ("deploy/run.cpp", "#include <unistd.h>\n", 1, "is the system's"),
]


class CheckLayers(unittest.TestCase):
    def test_clean_house_passes(self):
        result = house.run_on(SCRIPT, CLEAN)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("0 broken rules", result.stdout)

    def test_each_violation_is_named(self):
        for file, text, line, reason in VIOLATIONS:
            with self.subTest(file=file, reason=reason):
                result = house.run_on(SCRIPT, {**CLEAN, file: text})
                self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
                broken = [found for found in result.stdout.splitlines() if found.startswith(f"{file}:{line}: ")]
                self.assertEqual(len(broken), 1, result.stdout)
                self.assertIn(reason, broken[0])
                self.assertIn(" 1 broken rules", result.stdout)

    def test_comments_do_not_count(self):
        result = house.run_on(SCRIPT, {**CLEAN, "live/stack.cpp": '// #include "cli/commands.h"\n// std::cout is for cli\n'})
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_absent_folder_is_an_error(self):
        result = house.run(SCRIPT, "/nonexistent")
        self.assertEqual(result.returncode, 2)
        self.assertIn("error: no folder", result.stderr)


if __name__ == "__main__":
    unittest.main()
