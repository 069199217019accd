"""Answers to Coze's `POST /v3/chat`, of api.coze.com, api.coze.cn and Coze Studio."""

from __future__ import annotations

import msgspec

from tests.bots.dialects import coze_chat, coze_message
from tests.bots.recorded.shape import TEXT, Outcome, People, Shape, Words, stream
from tests.bots.upstream import Answer, sse

DOCS = "coze.com/docs/developer_guides/chat_v3"
DOCS_CN = "coze.cn/docs/developer_guides/chat_v3"
END = coze_chat("completed", last_error={"code": 0, "msg": ""}, usage={"token_count": 633})
DONE = sse('"[DONE]"', name="done")
FINISH = coze_message("completed", '{"msg_type":"generate_answer_finish","data":""}', type="verbose", id="9")
SAID = coze_message("delta", "Yes, we do. ") + coze_message("delta", "🚚") + coze_message("completed", TEXT)


def shape(name: str, source: str, answers: tuple[Answer, ...], outcome: Outcome | None = None) -> Shape:
    return Shape(name, source, "coze", answers, outcome or Words())


def parts(*given: dict[str, str]) -> str:
    return msgspec.json.encode(given).decode()


COZE = [
    shape(
        "as documented",
        DOCS,
        stream(
            coze_chat("created"),
            coze_chat("in_progress"),
            SAID,
            FINISH,
            coze_message("completed", "To Sweden too?", type="follow_up", id="8"),
            END,
            DONE,
        ),
    ),
    shape(
        "what it looked up is not for the customer",
        DOCS_CN,
        stream(
            coze_chat("created"),
            coze_message("completed", "---\nrecall slice 1", type="knowledge", id="1"),
            coze_message("completed", '{"name":"search"}', type="function_call", id="2"),
            coze_message("completed", "{}", type="tool_output", id="3", content_type="card"),
            SAID,
            END,
            DONE,
        ),
    ),
    shape(
        "thoughts in a field of their own",
        DOCS_CN,
        stream(coze_message("delta", "", reasoning_content="They ask"), SAID, END, DONE),
    ),
    shape(
        "thoughts in tags",
        DOCS_CN,
        stream(coze_message("completed", f"<think>They ask</think>{TEXT}"), END, DONE),
    ),
    shape(
        "ids that are numbers",
        "coze-dev/coze-py",
        stream(
            sse(
                {
                    "id": 7490890868547862564,
                    "type": "answer",
                    "content": "Yes, we do. ",
                    "content_type": "text",
                },
                name="conversation.message.delta",
            ),
            sse(
                {"id": 7490890868547862564, "type": "answer", "content": "🚚", "content_type": "text"},
                name="conversation.message.delta",
            ),
            sse(
                {"id": 7490890868547862564, "type": "answer", "content": TEXT, "content_type": "text"},
                name="conversation.message.completed",
            ),
            END,
            DONE,
        ),
    ),
    shape(
        "text among pictures",
        "coze-dev/coze-js#44",
        stream(
            coze_message(
                "completed",
                parts(
                    {"type": "text", "text": TEXT}, {"type": "image", "file_url": "https://p.example/1.png"}
                ),
                content_type="object_string",
            ),
            END,
            DONE,
        ),
    ),
    shape(
        "only pictures",
        "coze-dev/coze-js#44",
        stream(
            coze_message(
                "completed",
                parts({"type": "image", "file_url": "https://p.example/1.png"}),
                content_type="object_string",
            ),
            END,
            DONE,
        ),
        People(),
    ),
    shape(
        "only a card",
        DOCS_CN,
        stream(coze_message("completed", "{}", content_type="card"), END, DONE),
        People(),
    ),
    shape(
        "a card beside an answer",
        DOCS_CN,
        stream(coze_message("completed", "{}", content_type="card", id="1"), SAID, END, DONE),
    ),
    shape(
        "no answer", DOCS, stream(coze_chat("created"), coze_chat("in_progress"), FINISH, END, DONE), People()
    ),
    shape(
        "cancelled in mid-reply",
        "coze.com/docs/developer_guides/chat_cancel",
        stream(coze_message("delta", "Yes, we"), coze_chat("canceled"), DONE),
        People(),
    ),
    shape(
        "failed",
        "coze-dev/coze-py#67",
        stream(
            coze_chat("created"),
            coze_chat("failed", last_error={"code": 5000, "msg": "event interval error"}),
            DONE,
        ),
        People(),
    ),
    shape(
        "failed in mid-reply",
        "coze-dev/coze-py#67",
        stream(
            coze_message("delta", "Yes, we"),
            coze_chat("failed", last_error={"code": "4028", "msg": ""}),
            DONE,
        ),
        People(),
    ),
    shape(
        "wants its caller to run a tool",
        DOCS,
        stream(coze_chat("requires_action", required_action={"type": "submit_tool_outputs"}), DONE),
        People(),
    ),
    shape("an error as an event", DOCS_CN, stream(sse({"code": 4000, "msg": "bad"}, name="error")), People()),
    shape(
        "an error with the status 200",
        "coze-dev/coze-js#179",
        stream(
            b'{"code": 5000, "detail": {"logid": "1"}, "msg": "server issues"}',
            content_type="application/json",
        ),
        People(),
    ),
    shape(
        "the same without a Content-Type",
        "coze-dev/coze-js#179",
        stream(b'{"code": 4100, "msg": "token"}', content_type=""),
        People(),
    ),
    shape(
        "a chat in place of a stream",
        DOCS,
        stream(
            b'{"code": 0, "data": {"id": "1", "status": "in_progress"}, "msg": ""}',
            content_type="application/json",
        ),
        People(),
    ),
    shape(
        "a stream that calls itself JSON",
        "vllm-project/vllm-ascend#6985",
        stream(SAID, END, DONE, content_type="application/json"),
    ),
    shape(
        "no space after the colon",
        "unit-mesh/auto-dev",
        stream((SAID + END + DONE).replace(b"data: ", b"data:")),
    ),
    shape(
        "only when to come back",
        "html.spec.whatwg.org/multipage/server-sent-events.html",
        stream(b"retry: 3000\n\n", SAID, END, DONE),
    ),
    shape(
        "an emoji in two pieces",
        "elizaOS/eliza#30904",
        stream(
            coze_message("delta", "Yes, we do. "),
            *(
                b'event:conversation.message.delta\ndata:{"id":"m1","type":"answer","content":"'
                + half
                + b'"}\n\n'
                for half in (b"\\ud83d", b"\\ude9a")
            ),
            END,
            DONE,
        ),
    ),
    shape("cut in mid-reply", DOCS, stream(coze_message("delta", "Yes, we"), cut=True), People()),
    shape("closed in mid-reply", DOCS, stream(coze_message("delta", "Yes, we")), People()),
    shape(
        "too busy for a moment",
        DOCS,
        (Answer(status=429, headers={"retry-after": "0"}), *stream(SAID, END, DONE)),
    ),
]
