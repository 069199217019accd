"""The settings, from the environment and `.env`; a bad value stops the start and says which it is.

A setting's name in the environment is its field's in capitals (`variables.py`). Those in `SECRETS` may come from a file
instead: `JWT_SECRET_FILE=/run/secrets/jwt` for `JWT_SECRET`. The real environment wins over `.env`; an empty
value counts as not given.
"""

from __future__ import annotations

import difflib
import logging
from collections.abc import Mapping
from pathlib import Path

from app.settings import dotenv
from app.settings.check import check
from app.settings.structs import SECRETS, Settings
from app.settings.values import SettingsError, parse, text_or_file
from app.settings.variables import VARIABLES, settings_of

__all__ = ["SECRETS", "Settings", "SettingsError", "read_settings"]

OWN_PREFIXES = ("WEBSOCKET_", "LIMIT_")
"""Names that begin so are surely meant for us: an unknown one is a misspelling and worth a warning."""

_log = logging.getLogger(__name__)


def read_settings(environ: Mapping[str, str], dotenv_path: Path | None = None) -> Settings:
    """Read and check the settings; warn of names that look like ours and are not.

    Raises:
        SettingsError: for the first value that cannot be, naming the variable and what is allowed.
    """
    try:
        from_file = dotenv.read(dotenv_path) if dotenv_path else {}
    except (OSError, ValueError) as error:
        raise SettingsError(str(error)) from error
    given = _merge(environ, from_file)
    _warn_of_misspellings(given)
    values: dict[str, object] = {}
    for name, variable in VARIABLES.items():
        text = text_or_file(name, given) if name.lower() in SECRETS else given.get(name)
        if text is not None:
            values[name] = parse(name, text.strip(), variable.type)
    values["VAR_DIR"] = Path(str(values.get("VAR_DIR", "var"))).expanduser().absolute()
    settings = settings_of(values)
    check(settings)
    return settings


def _merge(environ: Mapping[str, str], from_file: Mapping[str, str]) -> dict[str, str]:
    given = {name: value for name, value in environ.items() if value.strip()}
    for name, value in from_file.items():
        # A secret in the environment also wins over the same secret's other spelling in the file.
        other = name.removesuffix("_FILE") if name.endswith("_FILE") else f"{name}_FILE"
        if value.strip() and name not in given and not (other in environ and environ[other].strip()):
            given[name] = value
    return given


def _warn_of_misspellings(given: Mapping[str, str]) -> None:
    for name in sorted(given.keys() - VARIABLES.keys()):
        if name.startswith(OWN_PREFIXES):
            nearest = difflib.get_close_matches(name, VARIABLES, n=1, cutoff=0)
            _log.warning("%s is no setting and has no effect; did you mean %s?", name, nearest[0])
