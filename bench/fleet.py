"""A server that is only pretended: an engine on a Unix socket, and the site of each stack on a port of its own.

As a program (`fleet.py SOCKET COUNT DATABASE_PORT`) it says in one line of JSON which ports the sites have, and on
each line that it reads how often they were asked. It is a process of its own, so that what it uses is nobody else's.
"""

import asyncio
import functools
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import time
import urllib.parse

NAME = "shop{}"
PROJECT = "fleet-shop{}"
REPOSITORY = "fleet/shop"
LABEL = "com.docker.compose."
NOW = "2026-01-01T00:00:00.000000000Z"
MEMORY = 180_000_000

# What a real engine tells of a container and Ballast does not ask for: it is to be read all the same.
HOST_CONFIG = {
    "Binds": [], "ContainerIDFile": "", "LogConfig": {"Type": "json-file", "Config": {}}, "NetworkMode": "default",
    "PortBindings": {}, "RestartPolicy": {"Name": "unless-stopped", "MaximumRetryCount": 0}, "AutoRemove": False,
    "VolumeDriver": "", "VolumesFrom": [], "CapAdd": None, "CapDrop": None, "CgroupnsMode": "private", "Dns": None,
    "DnsOptions": None, "DnsSearch": None, "ExtraHosts": None, "GroupAdd": None, "IpcMode": "private", "Cgroup": "",
    "Links": None, "OomScoreAdj": 0, "PidMode": "", "Privileged": False, "PublishAllPorts": False,
    "ReadonlyRootfs": False, "SecurityOpt": None, "UTSMode": "", "UsernsMode": "", "ShmSize": 67108864,
    "Runtime": "runc", "ConsoleSize": [0, 0], "Isolation": "", "CpuShares": 0, "Memory": 0, "NanoCpus": 0,
    "CgroupParent": "", "BlkioWeight": 0, "BlkioWeightDevice": None, "BlkioDeviceReadBps": None,
    "BlkioDeviceWriteBps": None, "BlkioDeviceReadIOps": None, "BlkioDeviceWriteIOps": None, "CpuPeriod": 0,
    "CpuQuota": 0, "CpuRealtimePeriod": 0, "CpuRealtimeRuntime": 0, "CpusetCpus": "", "CpusetMems": "", "Devices": None,
    "DeviceCgroupRules": None, "DeviceRequests": None, "KernelMemory": 0, "KernelMemoryTCP": 0, "MemoryReservation": 0,
    "MemorySwap": 0, "MemorySwappiness": None, "OomKillDisable": None, "PidsLimit": None, "Ulimits": None,
    "CpuCount": 0, "CpuPercent": 0, "IOMaximumIOps": 0, "IOMaximumBandwidth": 0,
    "MaskedPaths": ["/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
                    "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"],
    "ReadonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]}
PLUGINS = {"Volume": ["local"], "Network": ["bridge", "host", "ipvlan", "macvlan", "null", "overlay"], "Authorization": None,
           "Log": ["awslogs", "fluentd", "gcplogs", "gelf", "journald", "json-file", "local", "logentries", "splunk", "syslog"]}


def hashed(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Container:
    """One service of one stack, as the engine tells of it."""

    def __init__(self, number, service, image, ports, environment):
        self.project = PROJECT.format(number)
        self.name = f"{self.project}_{service}_1"
        self.id = hashed(self.name)
        self.image = image
        self.image_id = "sha256:" + hashed(image)
        self.ports = ports
        self.environment = [f"{name}={value}" for name, value in environment.items()]
        self.labels = {
            LABEL + "config-hash": hashed(self.name + "config"), LABEL + "container-number": "1", LABEL + "oneoff": "False",
            LABEL + "project": self.project, LABEL + "project.config_files": "docker-compose.yml",
            LABEL + "project.working_dir": f"/srv/stacks/{NAME.format(number)}", LABEL + "service": service,
            LABEL + "version": "1.29.2"}
        # Its address is the loopback one, where what it pretends to be answers.
        self.network = {
            "IPAMConfig": None, "Links": None, "Aliases": [service, self.id[:12]], "NetworkID": hashed(self.project),
            "EndpointID": hashed(self.name + "endpoint"), "Gateway": "127.0.0.1", "IPAddress": "127.0.0.1",
            "IPPrefixLen": 16, "IPv6Gateway": "", "GlobalIPv6Address": "", "GlobalIPv6PrefixLen": 0,
            "MacAddress": "02:42:ac:12:00:02", "DriverOpts": None}
        self.networks = {self.project + "_default": self.network}
        self.mount = {"Type": "volume", "Name": f"{self.project}_{service}-data", "Driver": "local", "Mode": "rw", "RW": True,
                      "Source": f"/var/lib/docker/volumes/{self.project}_{service}-data/_data", "Propagation": "",
                      "Destination": "/var/lib/odoo" if service == "web" else "/var/lib/postgresql/data"}

    @functools.cached_property
    def listed(self):
        ports = [{"IP": "127.0.0.1", "PrivatePort": inside, "PublicPort": outside, "Type": "tcp"}
                 for inside, outside in self.ports.items()]
        return {"Id": self.id, "Names": ["/" + self.name], "Image": self.image, "ImageID": self.image_id, "Ports": ports,
                "Command": "/entrypoint.sh", "Created": 1767225600, "Labels": self.labels, "State": "running",
                "Status": "Up 5 hours (healthy)", "HostConfig": {"NetworkMode": self.project + "_default"},
                "NetworkSettings": {"Networks": self.networks}, "Mounts": [self.mount]}

    @functools.cached_property
    def inspected(self):
        ports = {f"{inside}/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(outside)}]
                 for inside, outside in self.ports.items()}
        health = [{"Start": NOW, "End": NOW, "ExitCode": 0, "Output": "accepting connections"}] * 5
        return json.dumps({
            "Id": self.id, "Created": NOW, "Path": "/entrypoint.sh", "Args": [], "Image": self.image_id,
            "State": {"Status": "running", "Running": True, "Paused": False, "Restarting": False, "OOMKilled": False,
                      "Dead": False, "Pid": 0, "ExitCode": 0, "Error": "", "StartedAt": NOW,
                      "FinishedAt": "0001-01-01T00:00:00Z",
                      "Health": {"Status": "healthy", "FailingStreak": 0, "Log": health}},
            "ResolvConfPath": f"/var/lib/docker/containers/{self.id}/resolv.conf", "LogPath": "", "Name": "/" + self.name,
            "RestartCount": 0, "Driver": "overlay2", "Platform": "linux", "MountLabel": "", "ProcessLabel": "",
            "AppArmorProfile": "", "ExecIDs": None, "HostConfig": HOST_CONFIG,
            "GraphDriver": {"Name": "overlay2", "Data": {"MergedDir": f"/var/lib/docker/overlay2/{self.id}/merged"}},
            "Mounts": [self.mount],
            "Config": {"Hostname": self.id[:12], "User": "", "Env": self.environment, "Cmd": None, "Image": self.image,
                       "Volumes": {}, "WorkingDir": "", "Entrypoint": ["/entrypoint.sh"], "Labels": self.labels},
            "NetworkSettings": {"Bridge": "", "SandboxID": hashed(self.name + "sandbox"), "Ports": ports,
                                "IPAddress": "", "Networks": self.networks}}).encode()


class Engine:
    """Answers as the Docker Engine does: bytes of JSON, or None where there is no such thing."""

    def __init__(self, containers):
        self.containers = {one.id: one for one in containers}
        self.whole_list = self._list(containers)
        self.strange = set()  # that was asked for, and is not known here

    @staticmethod
    def _list(containers):
        return json.dumps([one.listed for one in containers]).encode()

    @functools.cache
    def list_of(self, label):
        name, _, value = label.partition("=")
        return self._list([one for one in self.containers.values()
                           if name in one.labels and value in ("", one.labels[name])])

    def answer(self, target):
        path, _, query = target.partition("?")
        if path == "/containers/json":
            filters = json.loads(urllib.parse.parse_qs(query).get("filters", ["{}"])[0])
            return self.list_of(filters["label"][0]) if filters.get("label") else self.whole_list
        if found := re.fullmatch(r"/containers/(\w+)/(json|stats)", path):
            return self.container(*found.groups())
        if path == "/info":
            return json.dumps({"ServerVersion": "20.10.24", "DockerRootDir": "/", "Driver": "overlay2", "Plugins": PLUGINS,
                               "Containers": len(self.containers), "RegistryConfig": {"IndexConfigs": {}, "Mirrors": []},
                               "SystemTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}).encode()
        if path == "/_ping":
            return b"OK"
        if path == "/images/json":
            return b"[]"
        self.strange.add(path)
        return None

    def container(self, identity, what):
        found = self.containers.get(identity)
        if what == "json" or not found:
            return found and found.inspected
        parts = {name: 0 for name in ("active_anon", "active_file", "anon", "file", "file_dirty", "kernel_stack", "pgfault",
                                      "pgmajfault", "shmem", "slab", "sock", "unevictable", "inactive_file")}
        return json.dumps({"read": NOW, "id": identity, "name": "/" + found.name, "num_procs": 0, "storage_stats": {},
                           "cpu_stats": {"cpu_usage": {"total_usage": 1}, "system_cpu_usage": 1, "online_cpus": 2},
                           "memory_stats": {"usage": MEMORY, "stats": parts, "limit": 8 << 30}, "networks": {}}).encode()


class Talk(asyncio.Protocol):
    """HTTP/1.1 with requests that have no body; `answer` gives (status, body), or None: the stream of events."""

    def __init__(self, answer):
        self.answer = answer
        self.rest = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        *requests, self.rest = (self.rest + data).split(b"\r\n\r\n")
        for request in requests:
            self.transport.write(self.bytes_of(self.answer(request.split(b" ", 2)[1].decode())))

    @staticmethod
    def bytes_of(answer):
        if answer is None:
            return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        return b"HTTP/1.1 %d X\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % (answer[0], len(answer[1])) + answer[1]


class Site:
    """The pages of one stack, and when its health was asked for."""

    PAGES = {"/": b"<p>shop", "/web/health": b'{"status": "pass"}', "/web/login": b"<form>" + b" " * 2000}

    def __init__(self):
        self.asked = 0
        self.last = None
        self.longest_gap = 0

    def answer(self, target):
        path = target.partition("?")[0]
        if path == "/web/health":
            now = time.monotonic()
            self.longest_gap = max(self.longest_gap, now - (self.last or now))
            self.asked, self.last = self.asked + 1, now
        page = self.PAGES.get(path)
        return (200, page) if page else (404, b"")


def engine_answer(engine):
    def answer(target):
        if target.startswith("/events"):
            return None
        found = engine.answer(target)
        return (200, found) if found is not None else (404, b'{"message": "no such thing"}')
    return answer


def containers_of(number, port, database_port):
    user = {"POSTGRES_USER": "odoo", "POSTGRES_PASSWORD": "odoo"}
    yield Container(number, "web", f"{REPOSITORY}:sha-a000001", {8069: port}, {"HOST": "db", "USER": "odoo"})
    yield Container(number, "db", "fixture/postgres:15", {}, {**user, "PGPORT": str(database_port)})


async def serve(socket, count, database_port):
    loop = asyncio.get_running_loop()
    sites = [Site() for _ in range(count)]
    servers = [await loop.create_server(functools.partial(Talk, site.answer), "127.0.0.1", 0, backlog=64) for site in sites]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    engine = Engine([one for number, port in enumerate(ports) for one in containers_of(number, port, database_port)])
    await loop.create_unix_server(functools.partial(Talk, engine_answer(engine)), socket, backlog=256)
    print(json.dumps(ports), flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps({"asked": [site.asked for site in sites], "strange": sorted(engine.strange),
                          "gap": max(site.longest_gap for site in sites)}), flush=True)
        for site in sites:
            site.longest_gap = 0


class Fleet:
    """The program above, run beside the one that measures."""

    def __init__(self, folder, count, database_port):
        self.socket = str(folder / "docker.sock")
        self._process = subprocess.Popen(
            [sys.executable, str(pathlib.Path(__file__).resolve()), self.socket, str(count), str(database_port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ports = json.loads(self._process.stdout.readline())

    def told(self):
        """How often each site was asked, the longest time in which one was not, since the last call."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self):
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
