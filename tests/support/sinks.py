"""Where notifications go in tests: HTTP and SMTP servers on loopback that take them, or do what they are told."""

import base64
import contextlib
import email
import email.policy
import json
import socket
import ssl
import subprocess
import threading

from support.waiting import until


def make_certificate(folder, name, host):
    """A certificate that signs itself, for that host, as (certificate, key)."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", f"/CN={host}", "-addext", f"subjectAltName={host_name(host)}",
                    "-out", str(certificate), "-keyout", str(key)], check=True, capture_output=True, timeout=60)
    return certificate, key


def host_name(host):
    return f"IP:{host}" if host.replace(".", "").isdigit() else f"DNS:{host}"


class Sink:
    """Accepts connections, each on a thread of its own, and keeps what arrived in `taken`."""

    def __init__(self, certificate=None):
        self.taken = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*certificate)
        self.port = self._listener.getsockname()[1]
        self._open = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # close() alone does not wake who accepts
        self._listener.close()
        with self._lock:
            for connection in self._open:
                connection.close()

    def keep(self, what):
        with self._lock:
            self.taken.append(what)

    def wait_for(self, count):
        until(lambda: len(self.taken) >= count, f"{count} messages at the sink", seconds=30)
        return self.taken

    def _accept(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                connection, _ = self._listener.accept()
                with self._lock:
                    self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), contextlib.closing(connection):
            self.talk(connection)


class Request:
    """One request that arrived."""

    def __init__(self, head, body):
        self.line, *lines = head.decode().split("\r\n")
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.body = body

    @property
    def path(self):
        return self.line.split(" ")[1]

    def json(self):
        return json.loads(self.body)


class HttpSink(Sink):
    """Answers 200, or what it is told: `status`, `headers`, `body`; `hangs` answers nothing at all."""

    def __init__(self, certificate=None):
        self.status = 200
        self.headers = {}
        self.body = b"ok"
        self.hangs = False
        self._released = threading.Event()
        super().__init__(certificate)

    def url(self, path="/", scheme=None):
        return f"{scheme or ('https' if self._context else 'http')}://127.0.0.1:{self.port}{path}"

    def answer(self, status=200, body=b"ok", hangs=False, **headers):
        self.status, self.body, self.hangs = status, body, hangs
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def close(self):
        self._released.set()
        super().close()

    def talk(self, connection):
        if self._context:
            connection = self._context.wrap_socket(connection, server_side=True)
        with contextlib.closing(connection):
            self.answer_one(connection)

    def answer_one(self, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        request = Request(head, b"")
        while len(body) < int(request.headers.get("content-length", 0)):
            body += connection.recv(65536)
        request.body = body
        self.keep(request)
        if self.hangs:
            self._released.wait()
            return
        lines = [f"HTTP/1.1 {self.status} X", f"Content-Length: {len(self.body)}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + self.body)


class MailSink(Sink):
    """An SMTP server: STARTTLS with a certificate, `login` as "user:password", `refusals` by command."""

    def __init__(self, certificate=None, login=None):
        self.login = login
        self.refusals = {}
        super().__init__(certificate)

    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def messages(self):
        return [email.message_from_bytes(one["data"], policy=email.policy.default) for one in self.taken]

    def talk(self, connection):
        conversation = Conversation(self, connection)
        try:
            conversation.hold()
        finally:
            conversation.connection.close()


class Conversation:
    def __init__(self, sink, connection):
        self.sink = sink
        self.connection = connection
        self.data = b""
        self.secure = False
        self.mail = {"from": "", "to": [], "login": None, "secure": False}

    def say(self, line):
        self.connection.sendall(line.encode() + b"\r\n")

    def line(self):
        while b"\r\n" not in self.data:
            piece = self.connection.recv(65536)
            if not piece:
                raise OSError("closed")
            self.data += piece
        line, _, self.data = self.data.partition(b"\r\n")
        return line.decode()

    def hold(self):
        self.say("220 sink")
        while True:
            line = self.line()
            word = line.split(" ")[0].upper()
            if word in self.sink.refusals:
                self.say(self.sink.refusals[word])
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                getattr(self, "take_" + word.lower(), self.take_other)(line)

    def take_other(self, _):
        self.say("250 ok")

    def take_ehlo(self, _):
        offers = ["sink", "SIZE 1000000"]
        if self.sink._context and not self.secure:
            offers.append("STARTTLS")
        if self.sink.login:
            offers.append("AUTH PLAIN")
        for offer in offers[:-1]:
            self.say("250-" + offer)
        self.say("250 " + offers[-1])

    def take_starttls(self, _):
        self.say("220 go on")
        self.connection = self.sink._context.wrap_socket(self.connection, server_side=True)
        self.secure = True

    def take_auth(self, line):
        words = line.split(" ")
        if len(words) < 3:
            self.say("334 ")
            words.append(self.line())
        _, user, password = base64.b64decode(words[2]).decode().split("\0")
        self.mail["login"] = f"{user}:{password}"
        self.say("235 welcome" if self.mail["login"] == self.sink.login else "535 5.7.8 wrong password")

    def take_mail(self, line):
        self.mail = {**self.mail, "from": line, "to": []}
        self.say("250 ok")

    def take_rcpt(self, line):
        self.mail["to"].append(line)
        self.say("250 ok")

    def take_data(self, _):
        self.say("354 go on")
        while b"\r\n.\r\n" not in self.data:
            piece = self.connection.recv(65536)
            if not piece:
                raise OSError("closed")
            self.data += piece
        text, _, self.data = self.data.partition(b"\r\n.\r\n")
        self.sink.keep({**self.mail, "data": text + b"\r\n", "secure": self.secure})
        self.say("250 taken")
