from app.protocol import typescript as protocol_types


def test_the_typescript_types_are_those_of_the_python_events() -> None:
    written = protocol_types.TARGET.read_text(encoding="utf-8")
    assert written == protocol_types.render(), "run `python -m app.protocol.typescript`"
