from __future__ import annotations

from app.cli import typescript


def test_the_typescript_types_are_those_of_the_python_structs() -> None:
    for path, text in typescript.render().items():
        assert path.read_text(encoding="utf-8") == text, "run `python -m app.cli.typescript`"
