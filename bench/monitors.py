"""What servers are watched with otherwise, all from Debian: Prometheus with its companions, and Monit."""

import json
import subprocess
import sys

from support.server import free_port, get
from support.waiting import until

LOOPBACK = "127.0.0.1"
ENDING = 20


class Watched:
    """What is to be watched of one stack."""

    def __init__(self, name, urls, ports):
        self.name = name
        self.urls = urls
        self.ports = ports  # (address, port)


def watched(stack):
    """Its pages, the port of its site, and that of its database."""
    networks = stack.container("db")["NetworkSettings"]["Networks"].values()
    address = next(network["IPAddress"] for network in networks)
    return Watched(stack.name, [stack.url + path for path in ("/", "/web/health?db_server_status=1", "/web/login")],
                   [(LOOPBACK, stack.port), (address, 5432)])


class _Programs:
    """Processes that run until they are closed; what they say goes to files."""

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir()
        self._processes = []

    def pids(self):
        """Of all that were started; none of them has ended."""
        for process in self._processes:
            if process.poll() is not None:
                sys.exit(f"{process.args[0]} has ended:\n{(self.folder / process.args[0]).with_suffix('.log').read_text()}")
        return [process.pid for process in self._processes]

    def start(self, *argv):
        with (self.folder / f"{argv[0]}.log").open("w") as log:
            self._processes.append(subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder))

    def close(self):
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(timeout=ENDING)


def _scraped(name, port, **more):
    return {"job_name": name, "static_configs": [{"targets": [f"{LOOPBACK}:{port}"]}], **more}


def _probed(name, module, targets, blackbox):
    """As the blackbox exporter's own manual has it: the target is a parameter."""
    return {"job_name": name, "metrics_path": "/probe", "params": {"module": [module]},
            "static_configs": [{"targets": targets}],
            "relabel_configs": [{"source_labels": ["__address__"], "target_label": "__param_target"},
                                {"source_labels": ["__param_target"], "target_label": "instance"},
                                {"target_label": "__address__", "replacement": f"{LOOPBACK}:{blackbox}"}]}


def _rules():
    disk = "node_filesystem_avail_bytes{mountpoint=\"/\"} / node_filesystem_size_bytes{mountpoint=\"/\"} < 0.15"
    return {"groups": [{"name": "watch", "rules": [
        {"alert": "Down", "expr": "probe_success == 0", "labels": {"severity": "page"}},
        {"alert": "DiskFull", "expr": disk, "labels": {"severity": "page"}}]}]}


class Prometheus(_Programs):
    """With Alertmanager, node exporter and blackbox exporter; every alert goes to `sink` at once.

    JSON is YAML, too.
    """

    def __init__(self, folder, stacks, seconds, sink):
        super().__init__(folder)
        self.port, self.alertmanager, self.node, self.blackbox = (free_port() for _ in range(4))
        self._write("blackbox.yml", {"modules": {
            "page": {"prober": "http", "timeout": "3s", "http": {"preferred_ip_protocol": "ip4"}},
            "port": {"prober": "tcp", "timeout": "3s"}}})
        self._write("alertmanager.yml", {
            "route": {"receiver": "sink", "group_by": ["..."], "group_wait": "0s", "group_interval": "1s"},
            "receivers": [{"name": "sink", "webhook_configs": [{"url": sink, "send_resolved": True}]}]})
        self._write("rules.yml", _rules())
        self._write("prometheus.yml", self._configuration(stacks, seconds))
        self._start_all()
        until(lambda: get(f"http://{LOOPBACK}:{self.port}/-/ready")[0] == 200, "Prometheus is ready")

    def _write(self, name, content):
        (self.folder / name).write_text(json.dumps(content))

    def _configuration(self, stacks, seconds):
        pages = [url for stack in stacks for url in stack.urls]
        ports = [f"{address}:{port}" for stack in stacks for address, port in stack.ports]
        return {"global": {"scrape_interval": f"{seconds}s", "evaluation_interval": f"{seconds}s"},
                "rule_files": ["rules.yml"],
                "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"{LOOPBACK}:{self.alertmanager}"]}]}]},
                "scrape_configs": [_scraped("node", self.node), _probed("pages", "page", pages, self.blackbox),
                                   _probed("ports", "port", ports, self.blackbox)]}

    def _start_all(self):
        self.start("prometheus-node-exporter", f"--web.listen-address={LOOPBACK}:{self.node}")
        self.start("prometheus-blackbox-exporter", "--config.file=blackbox.yml",
                   f"--web.listen-address={LOOPBACK}:{self.blackbox}")
        self.start("prometheus-alertmanager", "--config.file=alertmanager.yml", "--storage.path=alertmanager",
                   f"--web.listen-address={LOOPBACK}:{self.alertmanager}", "--cluster.listen-address=")
        self.start("prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
                   f"--web.listen-address={LOOPBACK}:{self.port}")

    def wait_until_all_is_well(self, count):
        """That many probes succeed, and nothing fires."""
        def is_well():
            answer = json.loads(get(f"http://{LOOPBACK}:{self.port}/api/v1/query?query=count(probe_success==1)")[1])
            result = answer["data"]["result"]
            return bool(result) and int(result[0]["value"][1]) == count
        until(is_well, f"{count} probes of Prometheus succeed", seconds=120, pause=0.5)


class Monit(_Programs):
    """A cycle of so many seconds; nobody is told, which costs it nothing."""

    def __init__(self, folder, stacks, seconds):
        super().__init__(folder)
        control = self.folder / "monitrc"
        control.write_text("\n".join([
            f"set daemon {seconds}", f"set pidfile {folder}/pid", f"set idfile {folder}/id", f"set statefile {folder}/state",
            "set log " + str(folder / "events"), "check filesystem root with path /", "  if space usage > 85% then alert",
            "check system host", "  if memory usage > 95% then alert", *map(self._check, stacks), ""]))
        control.chmod(0o600)
        self.start("monit", "-I", "-c", str(control))
        until(lambda: (self.folder / "state").exists(), "Monit checks")

    @staticmethod
    def _check(stack):
        lines = []
        for number, url in enumerate(stack.urls):
            lines += [f"check host {stack.name}-page-{number} with address {LOOPBACK}",
                      f"  if failed url {url} with timeout 3 seconds then alert"]
        for number, (address, port) in enumerate(stack.ports):
            protocol = " protocol pgsql" if port == 5432 else ""
            lines += [f"check host {stack.name}-port-{number} with address {address}",
                      f"  if failed port {port}{protocol} with timeout 3 seconds then alert"]
        return "\n".join(lines)
