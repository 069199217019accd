"""/openapi.json, made by quart-schema from the same structs that read and write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Any

import msgspec
from quart import Quart
from quart_schema import HttpSecurityScheme, Info, OpenAPIProvider, QuartSchema
from werkzeug.routing.converters import BaseConverter, NumberConverter, UUIDConverter
from werkzeug.routing.rules import Rule

from app.protocol import VERSION
from app.spine.http.operations import DOCUMENTED, Documented

SSE_EVENT = {
    "type": "object",
    "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
    "required": ["event", "data"],
}
REF = "#/components/schemas/{name}"
RELATIONS = "relations"
"""Attribute of a struct with what JSON Schema can say of its fields together, and their types cannot."""
DESCRIPTION = """
The REST side of Fireside. Live events travel over the WebSocket at `/ws/widget` and `/ws/admin`.

Customers use the session token of `POST /chat/sessions`, agents the access token of `POST /auth/login`,
backends an API key made by `python -m app create-api-key`; each as `Authorization: Bearer …`.
"""


class Provider(OpenAPIProvider):
    """quart-schema inlines models and loses the structs that they refer to; here all are named components."""

    def schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = super().schema()
        schema["components"]["schemas"] = dict(sorted(schema["components"]["schemas"].items()))
        schema["paths"] = dict(sorted(schema["paths"].items()))
        return schema

    def generate_rules(self) -> Iterator[Rule]:
        """Leave out pages and files."""
        for rule in self._app.url_map.iter_rules():
            if hasattr(self._app.view_functions[rule.endpoint], DOCUMENTED):
                yield rule

    def build_paths(self, rule: Rule) -> tuple[dict[str, Any], dict[str, Any]]:
        paths, components = super().build_paths(rule)
        more: Documented = getattr(self._app.view_functions[rule.endpoint], DOCUMENTED)
        for path in paths.values():
            for operation in path.values():
                operation["tags"] = [rule.endpoint.partition(".")[0]]
                if not operation["description"]:
                    del operation["description"]
                for status, codes in more.codes.items():
                    operation["responses"][status]["description"] = ", ".join(f"`{code}`" for code in codes)
                if more.streams:
                    operation["responses"][200]["content"]["text/event-stream"] = {"schema": SSE_EVENT}
        return paths, components

    def build_path_parameter(self, name: str, converter: BaseConverter) -> dict[str, Any]:
        parameter: dict[str, Any] = super().build_path_parameter(name, converter)
        if isinstance(converter, UUIDConverter):
            parameter["schema"]["format"] = "uuid"
        if isinstance(converter, NumberConverter):
            parameter["schema"] = {"type": "integer", "minimum": converter.min, "maximum": converter.max}
        return parameter

    def build_querystring_parameters(self, model: type[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        return build_parameters(model, "query")

    def build_headers_parameters(self, model: type[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        return build_parameters(model, "header")

    def build_request_body(self, model: type[Any], source: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        reference, components = build_schema(model)
        return {"required": True, "content": {"application/json": {"schema": reference}}}, components

    def build_response_object(
        self, model: type[Any] | None, headers_model: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        if model is None:
            return {"description": "Done; there is nothing to tell."}, {}
        reference, components = build_schema(model)
        return {
            "description": (model.__doc__ or model.__name__).strip(),
            "content": {"application/json": {"schema": reference}},
        }, components


def build_schema(model: type[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a reference to a struct and all components that it needs."""
    (reference,), components = msgspec.json.schema_components([model], ref_template=REF)
    for struct in structs_of(msgspec.inspect.type_info(model)):
        if relations := getattr(struct, RELATIONS, None):
            components[struct.__name__] |= relations
    return reference, components


def structs_of(walked: Any, known: frozenset[type] = frozenset()) -> frozenset[type]:
    """Return a type's structs, those of its fields included."""
    if isinstance(walked, msgspec.inspect.StructType):
        if walked.cls in known:
            return known
        known |= {walked.cls}
        return reduce(lambda found, field: structs_of(field.type, found), walked.fields, known)
    match walked:
        case msgspec.inspect.Metadata(type=inner):
            parts: Iterable[Any] = (inner,)
        case msgspec.inspect.UnionType(types=parts) | msgspec.inspect.TupleType(item_types=parts):
            pass
        case msgspec.inspect.CollectionType(item_type=inner):
            parts = (inner,)
        case msgspec.inspect.DictType(value_type=inner):
            parts = (inner,)
        case _:
            parts = ()
    return reduce(lambda found, part: structs_of(part, found), parts, known)


def build_parameters(model: type[Any], place: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return a struct's fields as parameters of the query or the header."""
    reference, components = build_schema(model)
    own = components.pop(reference["$ref"].rpartition("/")[2])
    parameters = []
    for name, schema in own["properties"].items():
        parameters.append(
            {
                "name": name.replace("_", "-").title() if place == "header" else name,
                "in": place,
                "required": name in own.get("required", ()),
                "schema": schema,
            }
        )
    return parameters, components


def register(app: Quart) -> None:
    QuartSchema(
        app,
        swagger_ui_path=None,
        redoc_ui_path=None,
        scalar_ui_path=None,
        info=Info(title="Fireside", version=f"{VERSION}.0", description=DESCRIPTION.strip()),
        security_schemes={
            "agent": HttpSecurityScheme("bearer", "JWT"),
            "session": HttpSecurityScheme("bearer"),
            "api_key": HttpSecurityScheme("bearer"),
        },
        conversion_preference="msgspec",
        openapi_provider_class=Provider,
    )
