"""The gate in tests: a view of this machine of its own, in which a server's root stands for /.

In that view (a mount namespace; nothing of it is seen outside) there are the deploy user, the templates of the
package in their places, the program as /usr/bin/ballast, and a real sshd on loopback.
"""

import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile

from support.fixtures import REPOSITORY
from support.server import Result, free_port
from support.waiting import until

TEMPLATES = REPOSITORY / "packaging/templates"
GATE = "/usr/bin/ballast gate"
# /run and /var/lib are new ones: of the old ones only what is the engine's is left.
VIEW = """\
set -e
mount -t tmpfs tmpfs {work}
cd {work}
for part in etc usr/bin; do
  mkdir -p upper/$part work/$part
  mount -t overlay overlay -o lowerdir=/$part,upperdir=$PWD/upper/$part,workdir=$PWD/work/$part /$part
done
mkdir -p run/sshd run/sudo run/ballast lib/docker lib/ballast home
touch run/docker.sock
mount --bind /run/docker.sock run/docker.sock
mount --bind {root}/run/ballast run/ballast
mount --rbind run /run
mount --bind /var/lib/docker lib/docker
mount --bind {root}/var/lib/ballast lib/ballast
mount --rbind lib /var/lib
mkdir -p /etc/ballast /etc/ssh/sshd_config.d /etc/sudoers.d
for part in srv etc/ballast; do mount --bind {root}/$part /$part; done
mount --bind home /home
cp {binary} /usr/bin/ballast
chmod 0755 /usr/bin/ballast
groupadd ballast-gate
useradd --system --create-home --home-dir /home/deploy --shell /bin/sh --groups ballast-gate deploy
useradd --system --no-create-home --home-dir / --groups ballast-gate other
usermod -p '*' deploy
install -m 0644 {templates}/sshd-ballast.conf /etc/ssh/sshd_config.d/ballast.conf
install -m 0440 {templates}/sudoers-ballast-gate /etc/sudoers.d/ballast-gate
echo ready
exec sleep infinity
"""
CONFIGURATION = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
UsePAM no
PidFile none
Subsystem sftp /usr/lib/openssh/sftp-server
Include /etc/ssh/sshd_config.d/ballast.conf
"""


class Key:
    """A pair of keys, with the line that lets it in."""

    def __init__(self, folder, name):
        self.name = name
        self.path = folder / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(self.path)], check=True,
                       timeout=60)
        self.public = self.path.with_suffix(".pub").read_text().strip()
        shown = subprocess.run(["ssh-keygen", "-lf", f"{self.path}.pub"], check=True, capture_output=True, text=True,
                               timeout=60).stdout
        self.fingerprint = shown.split()[1]

    def line(self, called=None):
        return f'restrict,command="{GATE} --key {called or self.name}" {self.public}\n'


class Gateway:
    """Close it, whatever happened."""

    def __init__(self, server):
        self.server = server
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{server.prefix}-gate-"))
        self.folder.chmod(0o755)
        self.port = free_port()
        self.keys = {}
        self._started = []
        self._host_key = Key(self.folder, "host_key")
        (self.folder / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {self._host_key.public}\n")
        for part in ("etc/ballast", "var/lib/ballast", "run/ballast"):
            server.path(part).mkdir(parents=True, exist_ok=True)
        self._view = self._make_view()
        self._start_sshd()

    def close(self):
        for process in reversed(self._started):
            self.end(process)
        self._view.kill()
        self._view.wait()
        subprocess.run(["rm", "-rf", str(self.folder)], check=False)

    def _make_view(self):
        work = self.folder / "view"
        work.mkdir()
        script = VIEW.format(work=work, root=self.server.root, binary=self.server.program, templates=TEMPLATES)
        view = subprocess.Popen(["unshare", "--mount", "--propagation", "private", "bash", "-c", script],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = ""
        for line in view.stdout:
            said += line
            if line == "ready\n":
                return view
        raise AssertionError(f"there is no view of this machine:\n{said}")

    def _start_sshd(self):
        (self.folder / "sshd_config").write_text(CONFIGURATION.format(port=self.port, folder=self.folder))
        log = open(self.folder / "sshd.log", "w", encoding="utf-8")  # noqa: SIM115
        self._started.append(subprocess.Popen(
            self.inside("/usr/sbin/sshd", "-D", "-e", "-f", str(self.folder / "sshd_config")), env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True))
        until(lambda: "listening" in (self.folder / "sshd.log").read_text(), "sshd listens")

    def environment(self, **more):
        return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
                "TZ": "Asia/Tokyo", **more}

    # Who is inside.

    def inside(self, *argv):
        return ["nsenter", f"--mount=/proc/{self._view.pid}/ns/mnt", f"--wd={self.folder}", *argv]

    def run(self, *argv, timeout=300, **environment):
        done = subprocess.run(self.inside(*argv), env=self.environment(**environment), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", timeout=timeout, check=False)
        return Result(argv, done.returncode, done.stdout, done.stderr)

    def run_as(self, user, *argv, group=None, **environment):
        """With the groups that this user has in the view."""
        return self.run("setpriv", f"--reuid={user}", f"--regid={group or user}", "--init-groups", *argv, **environment)

    def ballast(self, *words):
        return self.run("/usr/bin/ballast", *words)

    def start_daemon(self):
        said = self.folder / "daemon.log"
        with open(said, "w", encoding="utf-8") as log:
            process = subprocess.Popen(self.inside("/usr/bin/ballast", "watch"), env=self.environment(),
                                       stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self._started.append(process)
        until(lambda: " watches " in said.read_text(), "the daemon watches")
        return process

    def daemon_said(self):
        return (self.folder / "daemon.log").read_text()

    @staticmethod
    def end(process, number=signal.SIGTERM):
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        process.wait(timeout=60)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    # Who may come in.

    def key(self, name):
        if name not in self.keys:
            self.keys[name] = Key(self.folder, name)
        return self.keys[name]

    def authorize(self, *lines):
        self.server.path("etc/ballast/authorized_keys").mkdir(exist_ok=True)
        self.put("authorized_keys/deploy", "".join(lines))

    def allow(self, text):
        """access.yaml; `{name}` in it stands for the fingerprint of that key."""
        self.put("access.yaml", text.format(**{name: key.fingerprint for name, key in self.keys.items()}))

    def put(self, name, text, mode=0o644):
        path = self.server.path("etc/ballast", name)
        path.write_text(text)
        path.chmod(mode)

    # From outside.

    def client(self, program, *options):
        return [program, "-F", "none", "-o", f"UserKnownHostsFile={self.folder}/known_hosts", "-o", "BatchMode=yes",
                "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=yes", "-o", "ConnectTimeout=30", *options]

    def ssh_argv(self, key, command, *options):
        return self.client("ssh", "-i", str(self.key(key).path), "-p", str(self.port), *options, "deploy@127.0.0.1",
                           *([] if command is None else [command]))

    def ssh(self, key, command, *options, timeout=300, **environment):
        """The command as one word, so that no shell of ours looks at it; None: a login."""
        done = subprocess.run(self.ssh_argv(key, command, *options), capture_output=True, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, timeout=timeout, check=False,
                              env={"PATH": os.environ["PATH"], **environment})
        return Result([key, str(command)], done.returncode, done.stdout, done.stderr)

    def start_ssh(self, key, command):
        return subprocess.Popen(self.ssh_argv(key, command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, env={"PATH": os.environ["PATH"]})


