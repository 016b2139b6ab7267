#!/usr/bin/python3
"""Seeds each kind of fault into the workflow of the example, and requires that check_workflows names it."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).with_name("check_workflows")
NAME = "odoo18-prod.yml"
WORKFLOW = pathlib.Path(__file__).resolve().parents[2] / "examples/odoo18-prod/.github/workflows" / NAME

# What is seeded: (what stands there, what comes in its place, the place and a part of the reason).
FAULTS = [
    ("branches: [main]", "branches: [main, dev]", "on.push.branches: is not main alone"),
    ('      - ".github/workflows/odoo18-prod.yml"\n', "", "on.push.paths: lacks the workflow itself"),
    ("  push:\n", "  pull_request_target:\n", "on: is not a push"),
    ("    branches:", "    tags: [v1]\n    branches:", "on: is not a push with branches and paths"),
    ("  queue: max\n", "", "concurrency: is not group, queue"),
    ("queue: max", "queue: single", "concurrency: cancels runs"),
    ("cancel-in-progress: false", "cancel-in-progress: true", "concurrency: cancels runs"),
    ("group: odoo18-prod", "group: ${{ github.sha }}", "concurrency.group: is not one for all"),
    ("permissions: {}\n\ndefaults", "permissions: write-all\n\ndefaults", "permissions: is not {}"),
    ("contents: read", "contents: write", "jobs.build.permissions: `contents: write` is more"),
    ("packages: write", "id-token: write", "jobs.build.permissions: `id-token: write` is more"),
    ("    timeout-minutes: 30\n", "", "jobs.build: `timeout-minutes` is missing"),
    ("    timeout-minutes: 30\n", "    continue-on-error: true\n    timeout-minutes: 30\n", "jobs.build: the key `continue-on-error`"),
    ("    runs-on: ubuntu-24.04\n", "    runs-on: ubuntu-latest\n", "jobs.build: `ubuntu-latest` is not one"),
    ("needs: build", "needs: test", "jobs.deploy: needs `test`"),
    ("shell: bash", "shell: sh", "defaults: the shell is not bash"),
    ("# v7.0.1", "", "does not say which version"),
    ("checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", "checkout@v7", "`actions/checkout@v7` is not pinned"),
    ("persist-credentials: false", "persist-credentials: true", "the token of the checkout stays"),
    ("release=$IMAGE:sha-$GITHUB_SHA", "release=$IMAGE:sha-${{ github.sha }}", "steps[2].run: an expression stands in a script"),
    ("${{ vars.KNOWN_HOSTS }}", "${{ github.event.head_commit.message }}", "KNOWN_HOSTS is more than one secret"),
    ("${{ secrets.GITHUB_TOKEN }}", "${{ secrets.DEPLOY_KEY }}", "REGISTRY_TOKEN is of an environment"),
    ("          SERVER: ", "          server: ", "`server` is no name of a variable"),
    ("    environment: production\n", "", "DEPLOY_KEY is of an environment, and the job has none"),
    ('"$folder/key")', "$folder/key)", "Double quote to prevent globbing"),
    ("        run: |\n          folder", "        if: always()\n        run: |\n          folder", "steps[1]: the key `if` is not known"),
    ("name: odoo18-prod\n", "name: odoo18-prod\nname: again\n", "the key `name` stands twice"),
    ("name: odoo18-prod\n", "name: odoo18-prod \n", "line 3: has blanks at its end"),
    ("name: odoo18-prod\n", "name: {odoo18-prod\n", "yaml: while parsing"),
]


def check(folder, text):
    path = pathlib.Path(folder) / NAME
    path.write_text(text, encoding="utf-8")
    return subprocess.run([sys.executable, "-B", str(SCRIPT), str(path)], text=True, capture_output=True, check=False,
                          timeout=120)


class CheckWorkflows(unittest.TestCase):
    def test_the_example_is_clean(self):
        with tempfile.TemporaryDirectory() as folder:
            done = check(folder, WORKFLOW.read_text(encoding="utf-8"))
        self.assertEqual((done.returncode, done.stdout), (0, "1 workflows, 0 broken rules\n"), done.stderr)

    def test_each_fault_is_named(self):
        clean = WORKFLOW.read_text(encoding="utf-8")
        for there, instead, reason in FAULTS:
            with self.subTest(reason=reason), tempfile.TemporaryDirectory() as folder:
                self.assertIn(there, clean)
                done = check(folder, clean.replace(there, instead, 1))
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn(reason, done.stdout)


if __name__ == "__main__":
    unittest.main()
