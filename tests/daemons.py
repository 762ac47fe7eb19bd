"""The daemon as a user starts it: a process of its own, ready before it is used."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from imds_sim.admin.client import AdminClient
from tests import in_process
from tests.namespaces import Namespace

NOTHING: Mapping[str, str] = MappingProxyType({})
BARE = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}


@dataclass(slots=True)
class Daemon:
    """A running `imds-sim serve`, in a namespace if one is given."""

    process: subprocess.Popen[str]
    folder: Path
    namespace: Namespace | None
    ready: dict[str, Any] = field(default_factory=dict)

    @property
    def admin(self) -> str:
        """The address of the admin socket."""
        return f"unix:{self.folder}/admin.sock"

    def inside(self, *argv: str) -> list[str]:
        """`argv`, to be run where the daemon runs."""
        return self.namespace.command(*argv) if self.namespace else list(argv)

    def run(
        self,
        *argv: str,
        environment: Mapping[str, str] = NOTHING,
        check: bool = True,
        timeout: float = 60,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command beside the daemon, with a bare environment and `environment`."""
        done = subprocess.run(
            self.inside(*argv),
            env={**BARE, "HOME": str(self.folder), **environment},
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd=self.folder,
        )
        if check and done.returncode:
            raise AssertionError(f"{argv} ended {done.returncode}: {done.stdout}\n{done.stderr}")
        return done

    def imds_sim(self, *argv: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of ours against this daemon, with a bare environment.

        In this process, since an interpreter of its own takes longer than most tests; but where
        the daemon has a namespace, there.
        """
        environment = {"IMDS_SIM_ADMIN": self.admin}
        if self.namespace is not None:
            command = (sys.executable, "-m", "imds_sim", *argv)
            return self.run(*command, environment=environment, check=check)
        bare = {**dict.fromkeys(os.environ), **BARE, "HOME": str(self.folder), **environment}
        done = in_process.invoke(argv, bare)
        if check and done.exit_code:
            raise AssertionError(f"{argv} ended {done.exit_code}: {done.stdout}\n{done.stderr}")
        return subprocess.CompletedProcess(argv, done.exit_code, done.stdout, done.stderr)

    def arn_of(self, keys: Mapping[str, str], environment: Mapping[str, str] = NOTHING) -> str:
        """Whose credentials these are, a document as IMDS hands it out; the STS says so."""
        variables = {
            **environment,
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["Token"],
            "AWS_ENDPOINT_URL_STS": self.ready["sts"][0],
            "AWS_REGION": "us-east-1",
        }
        argv = (sys.executable, "-m", "imds_sim", "whoami", "--json")
        return str(json.loads(self.run(*argv, environment=variables).stdout)["arn"])

    def environment(self, workload: str) -> dict[str, str]:
        """What `env` prints for a workload."""
        printed = self.imds_sim("env", "--as", workload, "--format", "json").stdout
        return dict(json.loads(printed))

    def journal(self, after: int = 0) -> list[dict[str, Any]]:
        """The entries numbered above `after`, oldest first."""
        document = AdminClient(f"{self.folder}/admin.sock").call(
            "GET", "/v1/journal", {"after": str(after)}
        )
        entries = document["entries"]
        assert isinstance(entries, list)
        return entries

    def log(self) -> str:
        """Everything the daemon wrote to standard error so far."""
        return (self.folder / "stderr").read_text()

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


# What a service manager does between fork and exec: the descriptors start at 3, LISTEN_PID is ours.
_HAND_OVER = """
import os, sys
names, numbers, command = sys.argv[1], sys.argv[2].split(","), sys.argv[3:]
parked = [os.dup2(int(number), 100 + index) for index, number in enumerate(numbers)]
for index, number in enumerate(parked):
    os.dup2(number, 3 + index)
    os.close(number)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(parked)), LISTEN_FDNAMES=names)
os.execv(command[0], command)
"""


def handed_over(command: Sequence[str], sockets: Sequence[tuple[str, socket.socket]]) -> list[str]:
    """`command`, started with these named sockets as systemd hands them over."""
    names = ":".join(name for name, _ in sockets)
    numbers = ",".join(str(each.fileno()) for _, each in sockets)
    return [sys.executable, "-c", _HAND_OVER, names, numbers, *command]


@contextmanager
def daemon(
    folder: Path,
    config: str,
    namespace: Namespace | None = None,
    environment: Mapping[str, str] = NOTHING,
    inherited: Sequence[tuple[str, socket.socket]] = (),
    arguments: Sequence[str] = (),
) -> Iterator[Daemon]:
    """Start `serve` on `config` (YAML) in `folder`; it is ready inside the block.

    `inherited` are listening sockets, each with the name under which it is handed over.

    The admin socket is in the folder, through RUNTIME_DIRECTORY. Standard output is read until the
    ready file is there, so nothing waits on a clock.
    """
    file, ready = folder / "config.yaml", folder / "ready.json"
    file.write_text(config)
    argv = [sys.executable, "-m", "imds_sim", "serve", "--config", str(file)]
    argv += ["--ready-file", str(ready), *arguments]
    if inherited:
        argv = handed_over(argv, inherited)
    with (folder / "stderr").open("w") as stderr:
        process = subprocess.Popen(
            namespace.command(*argv) if namespace else argv,
            env={**BARE, "HOME": str(folder), "RUNTIME_DIRECTORY": str(folder), **environment},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            cwd=folder,
            pass_fds=[each.fileno() for _, each in inherited],
        )
    started = Daemon(process, folder, namespace)
    assert process.stdout is not None
    try:
        for _ in process.stdout:  # the first line comes when everything is bound and minted
            break
        assert ready.exists(), f"the daemon did not start: {started.log()}"
        started.ready = json.loads(ready.read_text())
        yield started
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=30)
        process.stdout.close()
