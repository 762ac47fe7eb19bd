"""The token files of pods, as the kubelet projects them: replaced whole, before they run out.

Source: Kubernetes, "Configure Service Accounts for Pods" (a token is replaced at 80 % of its life).
"""

import logging
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from imds_sim.admin.paths import SOCKET_NAME, make_private
from imds_sim.kernel.errors import SimError
from imds_sim.server.state import write_atomically
from imds_sim.simulator.cluster_tokens import TOKEN_LIFETIME
from imds_sim.simulator.core import Core
from imds_sim.workloads.pod import IRSA_AUDIENCE, IRSA_TOKEN, POD_AUDIENCE, POD_IDENTITY_TOKEN, Pod

log = logging.getLogger(__name__)

BATCH = 5  # pods that one tick projects at most: under 10 ms of CPU, for ten signatures of RSA
REPLACED_AFTER = TOKEN_LIFETIME * 0.8
AUDIENCES = {POD_IDENTITY_TOKEN: POD_AUDIENCE, IRSA_TOKEN: IRSA_AUDIENCE}


def folder_beside(admin_socket: str) -> Path:
    """The folder of a daemon that is reached at `admin_socket`."""
    place = Path(admin_socket)
    return place.parent / "pods" if place.name == SOCKET_NAME else Path(f"{place}.pods")


class TokensNotWritable(SimError):
    """The token files of pods cannot be written."""

    exit_status = 77


@dataclass(frozen=True, slots=True)
class _Projected:
    """For whom a pod's tokens were minted, and when."""

    pod: Pod
    at: datetime


class ProjectedTokens:
    """Keeps the files under `folder`, one folder for each pod of the core's world.

    The folder is this user's alone; what another daemon left there is removed. The files are there
    until `remove`.
    """

    def __init__(self, folder: Path, core: Core) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self.folder = folder
        self._core = core
        self._projected: dict[str, _Projected] = {}

    def renew(self, batch: int | None = None) -> bool:
        """Write what is missing or due by the simulator's clock, for `batch` pods at most.

        True if more is due. Raises TokensNotWritable, FolderNotPrivate.
        """
        now = self._core.clock.now()
        pods = self._core.world.pods
        try:
            if pods and not self._projected:
                make_private(str(self.folder), os.geteuid())
            for name in self._projected.keys() - {pod.name for pod in pods}:
                shutil.rmtree(self.folder / name)
                del self._projected[name]
            for pod in pods:
                held = self._projected.get(pod.name)
                if held is not None and held.pod == pod and _is_good(held.at, now):
                    continue
                if batch is not None:
                    if batch == 0:
                        return True
                    batch -= 1
                self._project(pod)
                self._projected[pod.name] = _Projected(pod, now)
        except OSError as error:
            raise TokensNotWritable(f"{error.filename}: {error.strerror}") from error
        return False

    def remove(self) -> None:
        """Remove every file and the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._projected.clear()

    def _project(self, pod: Pod) -> None:
        for place, audience in AUDIENCES.items():
            token = self._core.cluster_tokens.mint(pod, audience)
            file = self.folder / pod.name / place
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Without line feed: what SDKs send is the whole content.
            write_atomically(file, token.reveal().encode(), lasting=False)
        log.debug("pod.token_projected", extra={"workload": pod.name})


def _is_good(minted_at: datetime, now: datetime) -> bool:
    """Whether a token is neither due nor, after the clock went back, not valid yet."""
    return minted_at <= now < minted_at + REPLACED_AFTER
