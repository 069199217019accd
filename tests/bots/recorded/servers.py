"""Answers of vLLM, SGLang, Ollama and llama.cpp."""

from __future__ import annotations

from tests.bots.recorded.completion import document, shape, whole
from tests.bots.recorded.shape import DONE, SAID, STOP, TEXT, People, chunk, stream
from tests.bots.upstream import sse

VLLM = [
    shape("no reason to finish is ever given", "sgl-project/sglang#4550", stream(SAID, chunk(""), DONE)),
    shape(
        "the reason is missing in all chunks but the last",
        "vllm-project/vllm#19650",
        stream(sse({"choices": [{"index": 0, "delta": {"content": TEXT, "tool_calls": []}}]}), STOP, DONE),
    ),
    shape(
        "the last word comes with the reason",
        "vllm-project/vllm#36944",
        stream(chunk("Yes, we do. "), chunk("🚚", "stop"), DONE),
    ),
    shape(
        "all that it says is thought",
        "vllm-project/vllm#40816",
        stream(chunk(None, reasoning="They ask"), chunk(None, reasoning="We do."), STOP, DONE),
        People(),
    ),
    shape(
        "thoughts in a field of their own",
        "vllm-project/vllm#13197",
        stream(chunk(None, reasoning_content="They ask"), chunk("", reasoning_content="."), SAID, STOP, DONE),
    ),
    shape("it fails before the first word", "vllm-project/vllm#40986", stream(DONE), People()),
    shape(
        "an error in mid-stream",
        "BerriAI/litellm#40578",
        stream(chunk("Yes, we"), sse({"error": {"message": "engine died", "code": 500}}), DONE),
        People(),
    ),
    shape(
        "an error of the old form",
        "microsoft/autogen#1037",
        stream(
            sse(
                {
                    "object": "error",
                    "message": "roles must alternate",
                    "type": "invalid_request_error",
                    "code": None,
                }
            ),
            DONE,
        ),
        People(),
    ),
    shape(
        "an error without a blank line before the end",
        "BerriAI/litellm#25492",
        stream(
            b'data: {"error": {"object": "error", "message": "too many tokens", "code": 400}}\ndata: [DONE]\n\n'
        ),
        People(),
    ),
    shape(
        "no reason to finish, and no blank line before the end",
        "BerriAI/litellm#25492",
        stream(SAID.removesuffix(b"\n"), DONE),
    ),
    shape(
        "chunks without blank lines between them",
        "BerriAI/litellm#25492",
        stream((SAID + STOP + DONE).replace(b"\n\n", b"\n") + b"\n"),
    ),
    shape("a stream that calls itself JSON", "vllm-project/vllm-ascend#6985", document(SAID, STOP, DONE)),
]

OLLAMA = [
    shape(
        "thoughts in a field of another name",
        "QwenLM/Qwen-Agent#792",
        stream(chunk("", role="assistant", reasoning="We"), chunk("", reasoning=" need"), SAID, STOP, DONE),
    ),
    shape(
        "thoughts in tags",
        "agno-agi/agno#4978",
        stream(
            chunk("<think>"),
            chunk("\nThey ask"),
            chunk(" of Norway.\n"),
            chunk("</think>"),
            chunk("\n\n"),
            SAID,
            STOP,
            DONE,
        ),
    ),
    shape(
        "tags in many pieces",
        "ItzCrazyKns/Vane#1028",
        stream(*(chunk(letter) for letter in f"<think>\na < b\n</think>\n\n{TEXT}"), STOP, DONE),
    ),
    shape(
        "no thoughts in tags",
        "vllm-project/vllm#35705",
        stream(chunk(f"<think>\n\n</think>\n\n{TEXT}", "stop"), DONE),
    ),
    shape(
        "thoughts that never end",
        "vllm-project/vllm#35705",
        stream(chunk("<think>They"), chunk(" ask"), STOP, DONE),
        People(),
    ),
    shape(
        "thoughts that never end, after words",
        "vllm-project/vllm#35705",
        stream(SAID, chunk("<think>But"), STOP, DONE),
        People(),
    ),
]

LLAMA_CPP = [
    shape(
        "an error in a field of its own",
        "ggml-org/llama.cpp#16104",
        stream(b'error: {"code":400,"message":"the request exceeds the available context size"}\n\n', DONE),
        People(),
    ),
    shape(
        "the same in mid-stream",
        "coddy-project/coddy-agent#106",
        stream(chunk("Yes, we"), b'error: {"code":500,"message":"slot died"}\n\n', DONE),
        People(),
    ),
    shape(
        "an error with the status 200",
        "ggml-org/llama.cpp#14566",
        stream(sse({"error": {"code": 400, "type": "exceed_context_size_error"}}), DONE),
        People(),
    ),
    shape(
        "no blank line at the very end",
        "darshi1337/apogee#139",
        stream(sse({"choices": [{"delta": {"role": "assistant", "content": None}}]}), SAID, b"data: [DONE]"),
    ),
    shape(
        "the template has opened the thoughts",
        "ggml-org/llama.cpp#12107",
        stream(chunk("They ask"), chunk(" of Norway.\n</thi"), chunk("nk>\n\n"), SAID, STOP, DONE),
    ),
    shape("the same, whole", "ggml-org/llama.cpp#23320", document(whole(f"They ask.\n</think>\n\n{TEXT}"))),
    shape(
        "documents over several lines",
        "ggml-org/llama.cpp#12107",
        stream(
            b'data: {\ndata:   "choices": [\ndata:     {"delta": {"content": "Yes, we do. \xf0\x9f\x9a\x9a"}}\n'
            b"data:   ]\n"
            b"data: }\n\n",
            STOP,
            DONE,
        ),
    ),
    shape(
        "no space after the colon",
        "html.spec.whatwg.org/multipage/server-sent-events.html",
        stream((SAID + STOP + DONE).replace(b"data: ", b"data:")),
    ),
]
