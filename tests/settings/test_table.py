"""docs/configuration.md says what can be set."""

from app.settings import table as settings_table
from app.settings.variables import VARIABLES


def test_the_table_in_the_docs_is_the_one_made_from_the_settings() -> None:
    text = settings_table.PAGE.read_text(encoding="utf-8")
    assert settings_table.page(text) == text, "stale: run python -m app.settings.table"


def test_every_setting_is_described() -> None:
    for line in settings_table.table().splitlines()[2:]:
        assert line.split("|")[3].strip(), f"no description: {line}"
    assert len(settings_table.table().splitlines()) == len(VARIABLES) + 2
