"""Generated data: files as Odoo keeps its attachments, rows that name them, and a database of some size."""

import concurrent.futures
import hashlib
import multiprocessing
import os
import pathlib
import random
import shutil
import subprocess
import tempfile

SHARE_OF_TEXT = 1 / 3
WORKERS = os.cpu_count()
REMOVERS = 16
BYTES_OF_A_MESSAGE = 1050  # as PostgreSQL keeps it, with its index


def database_container(stack):
    return stack.container("db")["Id"]


def psql(stack, sql, database="shop"):
    argv = ["docker", "exec", "-e", "PGOPTIONS=-cclient_min_messages=warning", database_container(stack), "psql", "-X",
            "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "odoo", "-d", database, "-c", sql]
    return subprocess.run(argv, check=True, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout


def add_rows(stack, written, database):
    """By a file: the engine may lose the end of what goes to a program's standard input."""
    with tempfile.NamedTemporaryFile("w") as rows:
        rows.writelines(f"bench\t{name}\t{name[3:]}\t{size}\n" for name, size in written)
        rows.flush()
        os.chmod(rows.name, 0o644)
        subprocess.run(["docker", "cp", rows.name, f"{database_container(stack)}:/tmp/rows"], check=True,
                       stdin=subprocess.DEVNULL)
    psql(stack, "COPY ir_attachment (name, store_fname, checksum, file_size) FROM '/tmp/rows'", database)


def filestore_of(stack, database="shop"):
    mount, = [one for one in stack.container("web")["Mounts"] if one["Destination"] == "/var/lib/odoo"]
    return pathlib.Path(mount["Source"]) / "filestore" / database


def mixed_sizes(count, total, seed=1):
    """Many small ones and a few large ones, as users upload them."""
    choice = random.Random(seed)
    sizes = [choice.lognormvariate(0, 1.3) for _ in range(count)]
    factor = total / sum(sizes)
    return [max(1, int(size * factor)) for size in sizes]


def _content(number, size, choice):
    if size < 64:
        return f"attachment {number:029}"[:40].encode()
    if choice.random() < SHARE_OF_TEXT:
        return os.urandom(size // 2).hex().encode()
    return os.urandom(size)  # pictures and documents are packed already


def _write(folder, numbered_sizes):
    """[(name, size)]; the files belong to whom the folder belongs."""
    os.chdir(folder)
    owner = os.stat(".")
    os.setegid(owner.st_gid)
    os.seteuid(owner.st_uid)
    choice = random.Random(numbered_sizes[0][0])
    written = []
    for number, size in numbered_sizes:
        content = _content(number, size, choice)
        digest = hashlib.sha1(content).hexdigest()
        with open(f"{digest[:2]}/{digest}", "wb") as file:
            file.write(content)
        written.append((f"{digest[:2]}/{digest}", len(content)))
    return written


def _make_folders(filestore):
    owner = filestore.parent.stat()
    for folder in (filestore, *(filestore / f"{number:02x}" for number in range(256))):
        folder.mkdir(exist_ok=True)
        os.chown(folder, owner.st_uid, owner.st_gid)


def add_attachments(stack, sizes, first=0, database="shop"):
    """Files and the rows that name them. `first`: a number that no attachment had yet."""
    filestore = filestore_of(stack, database)
    _make_folders(filestore)
    numbered = list(enumerate(sizes, first))
    shares = [share for share in (numbered[worker::WORKERS] for worker in range(WORKERS)) if share]
    with multiprocessing.Pool(WORKERS, maxtasksperchild=1) as pool:  # each becomes another user
        for written in pool.starmap(_write, [(filestore, share) for share in shares], chunksize=1):
            add_rows(stack, written, database)


MESSAGES = """
    INSERT INTO bench_message (author, subject, body)
    SELECT n % 997, 'Order ' || n || ' of customer ' || md5((n % 9973)::text),
        (SELECT string_agg(md5((n * 20 + k)::text), ' ') FROM generate_series(1, 20) AS k)
        || repeat(' Dear customer, thank you for your order.', 6)
    FROM generate_series({first}, {last}) AS n
"""


def fill_database(stack, size, database="shop"):
    """Messages of which one half is text that packs well and the other is digits."""
    psql(stack, "CREATE TABLE bench_message (id serial PRIMARY KEY, author integer, subject varchar, body text)", database)
    count = int(size / BYTES_OF_A_MESSAGE)
    parts = [(count * part // WORKERS + 1, count * (part + 1) // WORKERS) for part in range(WORKERS)]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for _ in pool.map(lambda part: psql(stack, MESSAGES.format(first=part[0], last=part[1]), database), parts):
            pass
    psql(stack, "CREATE INDEX ON bench_message (author)", database)
    settle(stack, database)


def settle(stack, database="shop"):
    """Nothing of the generated data is left to be done while others are timed."""
    psql(stack, "VACUUM (ANALYZE, PARALLEL 0)", database)
    psql(stack, "CHECKPOINT", database)
    os.sync()


def remove(folder):
    """By many at once: where a file system discards the blocks of each file that goes, each waits for the disk."""
    if folder.exists():
        parts = "".join(f"{path}\0" for path in folder.iterdir())
        subprocess.run(["xargs", "-0", "-r", "-n", "1", "-P", str(REMOVERS), "rm", "-rf", "--"], input=parts, check=True,
                       text=True)
        shutil.rmtree(folder)


def remove_all(server, *stacks):
    """What would take the engine long: it removes one file after the other."""
    for stack in stacks:
        stack.compose("stop", check=False)
        for filestore in filestore_of(stack).parent.iterdir():
            remove(filestore)
    for backups in server.path("srv/backups").glob("*"):
        remove(backups / "pool")


def database_size(stack, database="shop"):
    return int(psql(stack, "SELECT pg_database_size(current_database())", database))
