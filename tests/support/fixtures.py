"""The fixtures: images, their tags, and the templates of stacks."""

import functools
import pathlib
import re
import shutil
import subprocess
import tempfile
import uuid
from typing import NamedTuple

from support import engine

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "tests/fixtures"
TAG_VARIABLE = "SHOP_TAG"
DATABASE = "shop"


class Template(NamedTuple):
    """What a template of a stack leaves open."""

    image: str
    tag_variable: str
    port: str
    chat_port: str = ""


TEMPLATES = {
    "shop": Template("fixture/shop", TAG_VARIABLE, "SHOP_PORT", "SHOP_CHAT_PORT"),
    "tenants": Template("fixture/shop", TAG_VARIABLE, "SHOP_PORT", "SHOP_CHAT_PORT"),
    "plain": Template("fixture/plain", "PLAIN_TAG", "PLAIN_PORT"),
}


@functools.cache
def tags():
    """Name of each release in the table of tags → its tag."""
    rows = (line.split() for line in (FOLDER / "tags").read_text().splitlines())
    return {row[0]: row[1] for row in rows if row and not row[0].startswith("#")}


def tag(name):
    return tags()[name]


def changes_of_databases():
    """The releases that are about `-u`: most are bad only where they are upgraded to."""
    return {name for name in tags() if name.startswith("up")}


def build_image(template, tag, reference, *lines, files=None):
    """An image that behaves as that one of the fixtures, and is no other's: it is gone when its last name is.

    `lines` are more of its Dockerfile, which may copy `files`, name → text, from `stack/`.
    """
    text = "\n".join([f"FROM {TEMPLATES[template].image}:{tag}", f"LABEL tools.ballast.test={uuid.uuid4().hex}", *lines, ""])
    with tempfile.TemporaryDirectory() as folder:
        context = pathlib.Path(folder)
        (context / "Dockerfile").write_text(text)
        (context / "stack").mkdir()
        for name, content in (files or {}).items():
            (context / "stack" / name).write_text(content)
        subprocess.run(["docker", "build", "--quiet", "--tag", reference, folder], text=True, check=True,
                       capture_output=True, timeout=120)


def read_env(path):
    lines = (line.partition("=") for line in path.read_text().splitlines())
    return {name: value for name, equals, value in lines if equals and not name.startswith("#")}


def write_env(path, settings):
    """Sets values in place; what the file does not name is added at its end."""
    text = path.read_text()
    for name, value in settings.items():
        line = f"{name}={value}"
        text, count = re.subn(rf"^{name}=.*$", lambda _, line=line: line, text, flags=re.MULTILINE)
        if count == 0:
            text = text.rstrip("\n") + f"\n{line}\n"
    path.write_text(text)


def make_stack(name, directory, repository, settings):
    """A copy whose release service takes its image from that repository."""
    shutil.copytree(FOLDER / "stacks" / name, directory)
    compose = directory / "docker-compose.yml"
    image = TEMPLATES[name].image
    compose.write_text(re.sub(rf"image: (\$\{{\w+:-{image}\}}|{image}):", f"image: {repository}:", compose.read_text()))
    write_env(directory / ".env", settings)


def add_missing_column(stack):
    """What the release `column` lacks in the database, without its upgrade."""
    _alter_users(stack, "ADD COLUMN theme varchar")


def drop_missing_column(stack):
    _alter_users(stack, "DROP COLUMN theme")


def _alter_users(stack, change):
    engine.execute(stack.container("db")["Id"], "psql", "-v", "ON_ERROR_STOP=1", "-U", "odoo", "-d", DATABASE, "-c",
                   f"ALTER TABLE res_users {change}")
