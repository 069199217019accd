"""Write what travels as TypeScript for the frontends: `python -m app.cli.typescript`."""

from __future__ import annotations

from pathlib import Path

from app.factory import create_app
from app.protocol import typescript
from app.settings import Settings
from app.spine.http.operations import DOCUMENTED, Documented

FOLDER = Path(__file__).parents[2] / "frontend/shared/src/protocol"


def render() -> dict[Path, str]:
    """Return the files with their texts."""
    operations = documented()
    return {
        FOLDER / "index.ts": typescript.events(),
        FOLDER / "rest.ts": typescript.rest(
            [kind for operation in operations for kind in operation.sent],
            [kind for operation in operations for kind in operation.answered],
        ),
    }


def documented() -> list[Documented]:
    """Return what every operation of the REST API reads and answers. The app is made for it, and not started."""
    app = create_app(
        Settings(database_url="postgresql://nobody@localhost/none", redis_url="redis://localhost")
    )
    views = (app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules())
    return [getattr(view, DOCUMENTED) for view in views if hasattr(view, DOCUMENTED)]


if __name__ == "__main__":
    for path, text in render().items():
        path.write_text(text, encoding="utf-8")
