"""Answers of OpenAI, of Azure, and of services that pass requests on to others."""

from __future__ import annotations

import asyncio

from tests.bots.recorded.completion import document, shape
from tests.bots.recorded.shape import DONE, SAID, STOP, People, Words, chunk, stream
from tests.bots.upstream import Answer, sse

SAFE = {"hate": {"filtered": False, "severity": "safe"}}

OPENAI = [
    shape(
        "usage comes last, without choices",
        "platform.openai.com/docs/api-reference/chat-streaming",
        stream(
            chunk("", role="assistant"), SAID, STOP, sse({"choices": [], "usage": {"total_tokens": 9}}), DONE
        ),
    ),
    shape(
        "a refusal",
        "openclaw/openclaw#102334",
        stream(chunk(None, role="assistant", refusal="I can't"), chunk(None, refusal=" help."), STOP, DONE),
        People(),
    ),
    shape(
        "a refusal that only the reason tells",
        "openai/openai-agents-python#3769",
        stream(chunk("", role="assistant"), chunk(finish_reason="content_filter"), DONE),
        People(),
    ),
    shape(
        "a filter that steps in after a few words",
        "learn.microsoft.com/azure/ai-services/openai/concepts/content-streaming",
        stream(chunk("Yes, but"), chunk(finish_reason="content_filter"), DONE),
        People(),
    ),
    shape(
        "a stop without a word",
        "BerriAI/litellm#40578",
        stream(chunk("", role="assistant"), STOP, DONE),
        People(),
    ),
    shape(
        "only blanks", "abetlen/llama-cpp-python#372", stream(chunk(" "), chunk("\n"), STOP, DONE), People()
    ),
    shape(
        "only what nobody can see",
        "abetlen/llama-cpp-python#372",
        stream(chunk("\u200b\u2060\ufeff"), STOP, DONE),
        People(),
    ),
    shape("only null", "langgenius/dify#2267", stream(chunk(None, role="assistant"), STOP, DONE), People()),
    shape(
        "cut off at the limit of tokens",
        "vllm-project/vllm#35705",
        stream(chunk("Yes, we"), chunk(" do.", "length"), DONE),
        People("limit"),
    ),
    shape(
        "wants a tool",
        "vllm-project/vllm#27572",
        stream(
            chunk(None, tool_calls=[{"index": 0, "function": {"name": "ship"}}]),
            chunk(finish_reason="tool_calls"),
        ),
        People(),
    ),
    shape(
        "words before a tool",
        "platform.openai.com/docs/guides/function-calling",
        stream(chunk("Let me look."), chunk(finish_reason="tool_calls"), DONE),
        People(),
    ),
    shape(
        "a second answer beside the first",
        "ModelTC/LightLLM#1445",
        stream(
            sse({"choices": [{"index": 1, "delta": {"content": "No."}, "finish_reason": "stop"}]}),
            SAID,
            STOP,
            DONE,
        ),
    ),
    shape(
        "too busy, and told when to come back",
        "platform.openai.com/docs/guides/rate-limits",
        (
            Answer(status=429, headers={"retry-after": "0"}),
            *stream(SAID, STOP, DONE),
        ),
    ),
    shape(
        "too busy for longer than a customer waits",
        "platform.openai.com/docs/guides/rate-limits",
        stream(b'{"error": {"code": "rate_limit_exceeded"}}', status=429, headers={"retry-after": "20"}),
        People(),
    ),
    shape(
        "a bad key",
        "platform.openai.com/docs/guides/error-codes",
        document(b'{"error": {"code": "invalid_api_key"}}', status=401),
        People(),
    ),
]

AZURE = [
    shape(
        "the first chunk tells of the prompt",
        "AbanteAI/archive-old-cli-mentat#429",
        stream(
            sse(
                {
                    "id": "",
                    "choices": [],
                    "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": SAFE}],
                }
            ),
            SAID,
            STOP,
            DONE,
        ),
    ),
    shape(
        "the last chunk tells of the filter, without a delta",
        "microsoft/autogen#6465",
        stream(
            SAID,
            STOP,
            sse({"id": "", "choices": [{"index": 0, "finish_reason": None, "content_filter_results": SAFE}]}),
            DONE,
        ),
    ),
    shape(
        "a filter that decides after the end",
        "learn.microsoft.com/azure/ai-services/openai/concepts/content-streaming",
        stream(SAID, STOP, chunk(finish_reason="content_filter"), DONE),
        People(),
    ),
    shape(
        "too busy, within the stream",
        "langchain-ai/langchainjs#11579",
        (
            *stream(sse({"error": {"code": "429", "message": "Please retry"}})),
            *stream(SAID, STOP, DONE),
        ),
    ),
]

OPENROUTER = [
    shape(
        "comments keep the line open",
        "openai/openai-go#227",
        stream(
            b": OPENROUTER PROCESSING\n\n",
            b": OPENROUTER PROCESSING\n\n",
            SAID,
            b": OPENROUTER PROCESSING\n\n",
            STOP,
            DONE,
        ),
    ),
    shape(
        "comments that a proxy makes events",
        "mnfst/llm-gateway#2053",
        stream(b"data: : OPENROUTER PROCESSING\n\n", SAID, STOP, DONE),
    ),
    shape(
        "an error in mid-stream, with a reason",
        "openrouter.ai/docs/api/reference/streaming",
        stream(
            chunk("Yes, we"),
            sse(
                {
                    "error": {"code": "server_error"},
                    "choices": [{"index": 0, "delta": {}, "finish_reason": "error"}],
                }
            ),
        ),
        People(),
    ),
    shape(
        "the reason alone",
        "openrouter.ai/docs/api/reference/streaming",
        stream(chunk("Yes, we"), chunk(finish_reason="error"), DONE),
        People(),
    ),
    shape(
        "an error with the status 200, no stream",
        "openrouter.ai/docs/api/errors",
        document(b"\n         \n\n", b'{"error": {"code": 402, "message": "credits"}}'),
        People(),
    ),
    shape(
        "a provider that was down for a moment",
        "openrouter.ai/docs/api/errors",
        (*document(b'{"error": {"code": 502, "message": "provider"}}'), *stream(SAID, STOP, DONE)),
    ),
    shape(
        "an emoji in two chunks",
        "elizaOS/eliza#30904",
        stream(
            chunk("Yes, we do. "),
            b'data: {"choices": [{"index": 0, "delta": {"content": "\\ud83d"}}]}\n\n',
            b'data: {"choices": [{"index": 0, "delta": {"content": "\\ude9a"}}]}\n\n',
            STOP,
            DONE,
        ),
    ),
    shape(
        "half an emoji",
        "Kohaku-Lab/KohakuTerrarium#48",
        stream(
            b'data: {"choices": [{"index": 0, "delta": {"content": "Yes \\udcaf!\\ud83d"}}]}\n\n', STOP, DONE
        ),
        Words("Yes \ufffd!\ufffd"),
    ),
]

LITELLM = [
    shape(
        "closed in mid-stream, with a good end of the body",
        "BerriAI/litellm#39748",
        stream(chunk("Yes, we")),
        People(),
    ),
    shape("cut in mid-stream", "BerriAI/litellm#39748", stream(chunk("Yes, we"), cut=True), People()),
    shape(
        "left open after the end of the reply", "vllm-project/vllm#22341", stream(SAID, STOP, asyncio.Event())
    ),
    shape("cut after the end of the reply", "BerriAI/litellm#39748", stream(SAID, STOP, cut=True)),
    shape(
        "an error that a proxy writes as text",
        "tetsuo-ai/agenc-core#2492",
        stream(chunk(None, reasoning_content="They ask"), b"upstream error: read ECONNRESET\n"),
        People(),
    ),
    shape(
        "an error with a status",
        "BerriAI/litellm#18757",
        document(b'{"error": {"code": "400"}}', status=400),
        People(),
    ),
    shape(
        "the answer of the frame around it",
        "fastapi.tiangolo.com/tutorial/handling-errors",
        document(b'{"detail": "Not Found"}'),
        People(),
    ),
    shape(
        "a name for each event",
        "ggml-org/llama.cpp#16109",
        stream(b"event: ping\ndata: ping\n\n", b"event: message\n" + SAID, STOP, DONE),
    ),
    shape(
        "an error as an event of this name",
        "ggml-org/llama.cpp#16109",
        stream(chunk("Yes, we"), b'event: error\ndata: {"message": "died"}\n\n', DONE),
        People(),
    ),
]
