"""Runs `trawl pull FILE.toml`: the file of a case, written beside its lake, with the source's address in it."""

import functools
import re
from pathlib import Path

from rig import tool
from rig.connector_cases import Connector
from rig.mock.client import Source


@functools.cache
def is_there() -> bool:
    """Whether this trawl reads connectors: its help says so."""
    return bool(re.search(r"connector|\.toml", tool.run("pull", "--help").out))


def write(folder: Path, toml: str, source: Source) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "source.toml"
    path.write_text(toml.replace("@URL@", source.url), encoding="utf-8")
    return path


def pull(file: Path, lake: Path, *options: str, environment: dict[str, str] | None = None) -> tool.Result:
    return tool.run("pull", file, "--to", lake, *options, env=tool.environment() | (environment or {}))


def pull_case(case: Connector, source: Source, folder: Path) -> tool.Result:
    file = write(folder, case.toml, source)
    if case.secrets_file:
        (folder / "secrets.toml").write_text(case.secrets_file)
    return pull(file, folder / "lake", *case.options, environment=case.environment)
