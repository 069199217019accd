"""The place of the engines' sockets: `VAR_DIR`, or a short one when its path is too long for a socket."""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import tempfile
from pathlib import Path

from app.operate.embedded.errors import EnginesError

POSTGRES_SOCKET = ".s.PGSQL.5432"
VALKEY_SOCKET = "valkey.sock"


def socket_directory(var_dir: Path, uid: int) -> Path:
    """Make a directory that only `uid` (and root) may enter and that can hold sockets; always the same.

    Raises:
        EnginesError: if there is none, or if somebody else was quicker to make it.
    """
    near = var_dir / "sockets"
    _make_private(near, uid)
    # PostgreSQL's clients take a comma for the end of a host's name.
    if _holds_sockets(near) and "," not in str(near):
        return near
    name = hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:12]
    far = Path(tempfile.gettempdir()) / f"fireside-{name}"
    _make_private(far, uid)
    if _holds_sockets(far):
        return far
    raise EnginesError(
        f"Neither {str(near)!r} nor {str(far)!r} can hold a socket. Choose a shorter VAR_DIR or TMPDIR."
    )


def is_served(path: Path) -> bool:
    """Whether a process listens on this socket. It does so from its start to its end, whatever its state."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        try:
            client.connect(str(path))
        except BlockingIOError:
            return True  # Its queue is full: somebody is there.
        except OSError:
            return False
        return True


def _make_private(directory: Path, uid: int) -> None:
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0 and directory.parent.stat().st_uid in {0, uid}:
            os.chown(directory, uid, -1, follow_symlinks=False)
        found = directory.lstat()
    except OSError as error:
        raise EnginesError(f"Cannot make {str(directory)!r}: {error}. Choose another VAR_DIR.") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or found.st_mode & 0o077:
        raise EnginesError(f"{str(directory)!r} belongs to somebody else or is open to others. Remove it.")


def _holds_sockets(directory: Path) -> bool:
    path = directory / ".probe.PGSQL"
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.bind(str(path))
        except OSError:
            return False
    path.unlink()
    return True
