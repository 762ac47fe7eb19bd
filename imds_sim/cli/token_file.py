"""`--token-file`: the file with a client's authorization token, not as clients expect it.

Source: how AWS SDKs read AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: some refuse a line end, some send
it, some go on to another provider; those that read the file once lose a token that is replaced.
"""

import os
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from imds_sim.admin.paths import make_private
from imds_sim.cli.ending import USAGE, FileNotWritable, FileUnreadable
from imds_sim.journal.entry import Entry
from imds_sim.kernel.errors import SimError
from imds_sim.kernel.exchange import Surface
from imds_sim.server.state import write_atomically
from imds_sim.simulator.environment import (
    AUTHORIZATION_TOKEN,
    AUTHORIZATION_TOKEN_FILE,
    WEB_IDENTITY_TOKEN_FILE,
)
from imds_sim.workloads.pod import Pod

if TYPE_CHECKING:
    from imds_sim.simulator.core import Core


class TokenFile(StrEnum):
    """What is wrong with the file, or unusual."""

    NEWLINE = "newline"
    CRLF = "crlf"
    MISSING = "missing"
    ROTATES = "rotates"


ENDINGS = {TokenFile.NEWLINE: "\n", TokenFile.CRLF: "\r\n"}


class NoTokenFile(SimError):
    """The workload shows no token that stands in a file, or none that is replaced."""

    exit_status = USAGE


def placed(
    variables: Mapping[str, str], how: TokenFile, folder: Path, whose: str
) -> dict[str, str]:
    """`variables` that lead to a file in `folder`, `missing` or with a line end after the token.

    Where the token stands in a variable that stays: which of the two wins differs by client.
    `folder` is made if it is not there. Raises NoTokenFile, FileUnreadable, FileNotWritable,
    FolderNotPrivate.
    """
    irsa = WEB_IDENTITY_TOKEN_FILE in variables
    variable = WEB_IDENTITY_TOKEN_FILE if irsa else AUTHORIZATION_TOKEN_FILE
    authorization_token = _token(variables, variable, whose)
    file = folder / f"token-{quote(whose, safe='')}-{how}"
    try:
        make_private(str(folder), os.geteuid())
        if how is TokenFile.MISSING:
            file.unlink(missing_ok=True)
        else:
            content = f"{authorization_token}{ENDINGS[how]}".encode()
            write_atomically(file, content, lasting=False)
    except OSError as error:
        told = f"{file}: cannot be written: {error.strerror}"
        raise FileNotWritable(f"{told}; name a folder of yours in XDG_RUNTIME_DIR") from error
    return {**variables, variable: str(file)}


def rotating(core: "Core", pod: object, variables: Mapping[str, str]) -> Callable[[Entry], None]:
    """Called with every request, it replaces the file of a pod after each fetch of credentials.

    The token from before has ended then, as it has for a client that kept it for too long. It
    belongs to the core's thread. Raises NoTokenFile.
    """
    if not isinstance(pod, Pod) or pod.irsa:
        raise NoTokenFile(
            "--token-file rotates: nobody's file is replaced but that of a pod with Pod Identity; "
            "run it --as one"
        )
    file = Path(variables[AUTHORIZATION_TOKEN_FILE])

    def replace_after_fetch(entry: Entry) -> None:
        if (entry.surface, entry.workload, entry.status) == (Surface.EKS, pod.name, 200):
            token = core.cluster_tokens.mint_last(pod)
            write_atomically(file, token.reveal().encode(), lasting=False)

    return replace_after_fetch


def _token(variables: Mapping[str, str], variable: str, whose: str) -> str:
    if variable not in variables:
        if AUTHORIZATION_TOKEN in variables:
            return variables[AUTHORIZATION_TOKEN]
        raise NoTokenFile(
            f"--token-file: {whose} shows no token; pods, endpoints and "
            "functions with snap_start do"
        )
    file = variables[variable]
    try:
        return Path(file).read_text().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text"
        raise FileUnreadable(f"{file}: {reason}; run this as the user of the daemon") from error
