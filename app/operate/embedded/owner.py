"""As whom the engines run, for PostgreSQL refuses to run as root.

An ordinary user runs it as himself. For root there are three ways, and the first that works is taken:

1. as the owner of `VAR_DIR`, where that is somebody else (`sudo make run` in one's own checkout);
2. as root outside and `nobody` inside a user namespace: files stay root's, and `/root` stays closed;
3. as `nobody`, where namespaces are forbidden (in most containers) and `VAR_DIR` is within nobody's reach.
"""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path

import msgspec

from app.operate.embedded import unprivileged
from app.operate.embedded.errors import EnginesError


class Owner(msgspec.Struct, frozen=True):
    """The owner of the engines' files, and what a command line begins with to run as them in a directory."""

    uid: int
    launcher: tuple[str, ...] = ()

    def command(self, directory: Path, *command: str) -> list[str]:
        return [*self.launcher, str(directory), *command] if self.launcher else list(command)

    def give(self, path: Path) -> None:
        """Make the owner own `path` and all below it, where that is not so yet."""
        if path.stat().st_uid != self.uid:
            for each in (path, *path.rglob("*")):
                os.chown(each, self.uid, -1, follow_symlinks=False)


def find_owner(var_dir: Path, executable: str) -> Owner:
    """Find the first way to run `executable` in `var_dir` that works.

    Raises:
        EnginesError: for root, if none does.
    """
    if os.geteuid() != 0:
        return Owner(os.geteuid())
    launch = (sys.executable, "-I", unprivileged.__file__)
    nobody = pwd.getpwnam("nobody").pw_uid
    ways = [Owner(0, (*launch, "namespace", str(nobody))), Owner(nobody, (*launch, "user", str(nobody)))]
    if (uid := var_dir.stat().st_uid) != 0:
        ways.insert(0, Owner(uid, (*launch, "user", str(uid))))
    complaints = []
    for way in ways:
        command = way.command(var_dir, executable, "--version")
        probe = subprocess.run(command, capture_output=True, text=True, check=False)
        if probe.returncode == 0:
            return way
        complaints.append(probe.stderr.strip())
    raise EnginesError(
        f"PostgreSQL refuses to run as root, and in {str(var_dir)!r} nobody else can run it"
        f" ({'; '.join(complaints)}). Start Fireside as an ordinary user, or set VAR_DIR to a directory that"
        " all may enter, or set DATABASE_URL."
    )
