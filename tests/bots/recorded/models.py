"""Answers of single makers' models."""

from __future__ import annotations

from tests.bots.recorded.completion import document, shape, whole
from tests.bots.recorded.shape import DONE, SAID, STOP, TEXT, People, chunk, stream
from tests.bots.upstream import sse

MODELS = [
    shape(
        "Magistral says its content in parts",
        "NousResearch/hermes-agent#4748",
        stream(
            chunk([{"type": "thinking", "thinking": [{"type": "text", "text": "They ask."}]}]),
            chunk([{"type": "text", "text": "Yes, we do. "}]),
            chunk("🚚", "stop"),
            DONE,
        ),
    ),
    shape(
        "parts, whole", "NousResearch/hermes-agent#4748", document(whole([{"type": "text", "text": TEXT}]))
    ),
    shape(
        "parts without text",
        "simonw/llm-mistral#39",
        document(whole([{"type": "thinking", "thinking": []}])),
        People(),
    ),
    shape(
        "MiniMax says it all again at the end",
        "GCWing/OpenBitFun#792",
        stream(chunk("", role=""), SAID, b"data: " + whole() + b"\n\n"),
    ),
    shape(
        "Mistral counts nothing in each chunk",
        "BerriAI/litellm#1371",
        stream(
            sse({"choices": [{"index": 0, "delta": {"content": TEXT}, "finish_reason": None}], "usage": {}}),
            STOP,
            DONE,
        ),
    ),
    shape(
        "Zhipu filters",
        "langgenius/dify#7559",
        stream(chunk("Yes, we"), chunk("", "sensitive"), DONE),
        People(),
    ),
    shape(
        "Zhipu loses its line",
        "promptfoo/promptfoo#9905",
        stream(chunk("Yes, we"), chunk("", "network_error")),
        People(),
    ),
    shape(
        "DeepSeek thinks and says nothing",
        "openclaw/openclaw#91604",
        stream(chunk(None, reasoning_content="They ask of Norway."), STOP, DONE),
        People(),
    ),
    shape(
        "DeepSeek keeps the line open",
        "api-docs.deepseek.com/quick_start/rate_limit",
        stream(b": keep-alive\n\n", b": keep-alive\n\n", SAID, STOP, DONE),
    ),
    shape(
        "DeepSeek writes blank lines",
        "api-docs.deepseek.com/quick_start/rate_limit",
        document(b"\n", b"\n\n", whole()),
    ),
    shape(
        "Gemini lists its one error",
        "FuzzAnything/PromptFuzz#42",
        document(b'[{"error": {"code": 400, "status": "INVALID_ARGUMENT"}}]'),
        People(),
    ),
]
