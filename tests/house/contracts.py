"""Rules about imports that import-linter has no words for; `pyproject.toml` names these classes as contract types."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OwnStores(Contract):
    """A module of SQL, `store` or `…_store`, is imported from its own folder only: others ask the service."""

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001 - import-linter's.
        strangers = [
            f"{importer} imports {module}"
            for module in sorted(graph.modules)
            if is_store(module)
            for importer in sorted(graph.find_modules_that_directly_import(module))
            if folder_of(importer) != folder_of(module)
        ]
        return ContractCheck(kept=not strangers, metadata={"found": strangers})

    def render_broken_contract(self, check: ContractCheck) -> None:
        render(check)


class AreasOfFeatures(Contract):
    """An area has so few features that its face stays short; with more, it is two areas."""

    areas = fields.ListField(subfield=fields.StringField())
    at_most = fields.IntegerField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001 - import-linter's.
        most = int(self.contract_options["at_most"])
        crowded = []
        for area in self.contract_options["areas"]:
            features = sorted(each for each in graph.find_children(area) if graph.find_children(each))
            if len(features) > most:
                crowded.append(f"{area} has {len(features)} features: {', '.join(features)}")
        return ContractCheck(kept=not crowded, metadata={"found": crowded})

    def render_broken_contract(self, check: ContractCheck) -> None:
        render(check)


def is_store(module: str) -> bool:
    name = module.rpartition(".")[2]
    return name == "store" or name.endswith("_store")


def folder_of(module: str) -> str:
    return module.rpartition(".")[0]


def render(check: ContractCheck) -> None:
    for each in check.metadata["found"]:
        output.print_error(f"- {each}")
