"""Whose a file of the state directory is: a key that others could have put there is not ours.

As sshd judges the files of a user. Root may do everything anyway. A group may write to the folder:
so Kubernetes hands volumes out (`fsGroup`). That of a user whom this user namespace does not know
shows as that of nobody, and is refused as well.
"""

import os
import stat
from pathlib import Path

ROOT = 0


def flaw_of(path: Path) -> str | None:
    """What is wrong with a file or folder that is there, and the cure. Raises OSError."""
    return judged(path, path.stat(), os.geteuid())


def judged(path: Path, status: os.stat_result, uid: int) -> str | None:
    """The same of what `stat` said, for a process of the user `uid`."""
    is_folder = stat.S_ISDIR(status.st_mode)
    if status.st_uid not in (ROOT, uid):
        wanted = "root" if uid == ROOT else f"root or uid {uid}"
        cure = (
            "set state_dir to another folder" if is_folder else "remove it, and a new one is made"
        )
        return (
            f"{path}: belongs to uid {status.st_uid}, not to {wanted}, and may be of their making; "
            f"{cure}, or if you trust it: chown {uid} {path}"
        )
    mode = stat.S_IMODE(status.st_mode)
    if is_folder and mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        return (
            f"{path}: every user may replace what is there (mode {mode:04o}); chmod o-w {path}, or "
            "set state_dir to a new folder inside it"
        )
    return None
