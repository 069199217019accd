"""A Chromium to test with: `CHROMIUM`, or the system's, or the one from the npm packages."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

PACKAGED = Path("frontend/node_modules/.cache/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> dict[str, Any]:
    """Return the arguments of Playwright's `chromium.launch` for the first browser found."""
    given = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if given:
        return {"executable_path": given, "args": ARGUMENTS}
    directory = PACKAGED.absolute()
    executable = directory / "chromium"
    if not (directory / "al2023").exists():
        directory.mkdir(parents=True, exist_ok=True)
        script = Path(__file__).with_name("unpack_chromium.mjs")
        # The package unpacks its libraries, too, where it believes to be in the place it was made for.
        environment = os.environ | {"TMPDIR": str(directory), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}
        subprocess.run(["node", str(script)], env=environment, check=True, stdout=subprocess.DEVNULL)
    linked = subprocess.run(["ldd", str(executable)], capture_output=True, text=True, check=True).stdout
    libraries = {"LD_LIBRARY_PATH": str(directory / "al2023" / "lib")} if "not found" in linked else {}
    return {"executable_path": str(executable), "args": ARGUMENTS, "env": os.environ | libraries}
