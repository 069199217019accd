"""Two locks in `VAR_DIR`: one held by all users of the engines together, one by who starts or stops them."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.operate.embedded.errors import EnginesError

PATIENCE_SECONDS = 90
"""Seconds another process may take to start or stop the engines; crash recovery is the slowest case."""
POLL_SECONDS = 0.05


class Lease:
    """One user's share in the running engines."""

    def __init__(self, users: int, starting: int) -> None:
        self._users = users
        self._starting = starting

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep all others from starting or stopping engines meanwhile."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _try_lock(self._starting):
            if time.monotonic() > deadline:
                raise EnginesError(
                    f"Another process has been starting or stopping engines for {PATIENCE_SECONDS} seconds."
                    " Look for one that hangs, or choose another VAR_DIR."
                )
            time.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            fcntl.flock(self._starting, fcntl.LOCK_UN)

    def is_last(self) -> bool:
        """Whether nobody else uses the engines; to be asked, and acted upon, while `alone`."""
        return _try_lock(self._users)


@contextmanager
def lease(var_dir: Path) -> Iterator[Lease]:
    """Take a share for the time of the block. The shared lock itself is taken at once: it hinders nobody."""
    try:
        _make(var_dir)
        users = _open(var_dir / "users.lock")
    except OSError as error:
        raise EnginesError(
            f"VAR_DIR {str(var_dir)!r} cannot be used: {error}. Choose another directory."
        ) from error
    try:
        starting = _open(var_dir / "starting.lock")
        try:
            held = Lease(users, starting)
            with held.alone():
                fcntl.flock(users, fcntl.LOCK_SH)
            yield held
        finally:
            os.close(starting)
    finally:
        os.close(users)


def _make(var_dir: Path) -> None:
    if not var_dir.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        _give_to_owner_of(var_dir.parent, var_dir)


def _open(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    _give_to_owner_of(path.parent, path)
    return descriptor


def _give_to_owner_of(directory: Path, path: Path) -> None:
    # Files that root makes in a user's checkout are the user's, who may come back without root.
    if os.geteuid() == 0:
        owner = directory.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
