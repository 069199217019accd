"""Give up root, then become the command: `unprivileged.py user|namespace UID DIRECTORY COMMAND …`.

A script of its own, because this is no work for a child between fork and exec. In a namespace the process is
`UID` in its own eyes, while its files belong to root outside; it has no capabilities left either way.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000


def become_user(uid: int) -> None:
    os.setgroups([])
    os.setgid(pwd.getpwuid(uid).pw_gid)
    os.setuid(uid)


def enter_namespace(uid: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespace")
    # Without this the kernel lets nobody map a group (user_namespaces(7)).
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} 0 1")
    Path("/proc/self/gid_map").write_text(f"{pwd.getpwuid(uid).pw_gid} 0 1")


def main(way: str, uid: str, directory: str, *command: str) -> None:
    try:
        become_user(int(uid)) if way == "user" else enter_namespace(int(uid))
        os.chdir(directory)
        os.execv(command[0], command)
    except (OSError, AttributeError, KeyError) as error:
        sys.exit(
            f"as {pwd.getpwuid(int(uid)).pw_name}: {error}" if isinstance(error, OSError) else repr(error)
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
