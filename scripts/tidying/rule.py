"""The list of rules. A rule is a function from a source (or, `whole`, from the project) to what it finds."""

from dataclasses import dataclass
from typing import Callable

RULES = {}


@dataclass(frozen=True)
class Rule:
    name: str
    reason: str
    find: Callable
    whole: bool
    applies: Callable


def is_cpp(source):
    return source.is_cpp


def rule(name, reason, whole=False, applies=is_cpp):
    """Registers a rule: find(source) yields (position, message), or find(project) yields (source, position, message)."""
    def register(find):
        RULES[name] = Rule(name, reason, find, whole, applies)
        return find
    return register


def findings(project, names=None):
    """[(path, line, rule, message)] over a project, in order."""
    found = []
    for each in RULES.values():
        if names is not None and each.name not in names:
            continue
        if each.whole:
            found += [(source.path, source.line(at), each, message) for source, at, message in each.find(project)]
            continue
        for source in project.sources:
            if each.applies(source):
                found += [(source.path, source.line(at), each, message) for at, message in each.find(source)]
    return sorted(set(found), key=lambda item: (item[0], item[1], item[2].name))
