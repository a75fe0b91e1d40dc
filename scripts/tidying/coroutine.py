"""The forms that g++ 12 (and some later compilers) compile to corrupt memory. test/canary shows each of them at work."""

import re

from .rule import rule as any_rule

SUSPENDS = re.compile(r"\bco_(?:await|yield)\b")
MOVED = ("std::string", "std::vector", "std::optional", "std::unique_ptr", "std::shared_ptr", "std::function", "std::map",
         "std::unordered_map", "std::set", "std::variant", "std::deque", "std::any", "std::exception_ptr", "std::pair",
         "std::tuple", "std::list", "std::move_only_function")
NON_TRIVIAL = re.compile(r"(?:" + "|".join(MOVED) + r")\b(?!_view)")


def is_checked(source):
    """The canaries are the one place where the forms are written, to see what becomes of them."""
    return source.is_cpp and not source.path.startswith("test/canary/")


def rule(name, reason, whole=False):
    return any_rule(name, reason, whole, is_checked)


def expressions(source):
    """(position, the statement that a co_await or co_yield stands in, without lambda bodies, its start), each once."""
    seen = set()
    for match in SUSPENDS.finditer(source.code):
        start, end = source.statement(match.start())
        if start in seen:
            continue
        seen.add(start)
        yield match.start(), source.own(start, end), start


@rule("await-designated", "g++ 12 destroys an aggregate temporary inside a co_await/co_yield expression twice: name it "
      "first, or give the options a constructor")
def await_designated(source):
    for _, text, start in expressions(source):
        for found in re.finditer(r"[({,]\s*\.[A-Za-z_]\w*\s*(?:=(?!=)|\{)", text):
            yield start + found.end() - 1, "designated initializers inside a co_await/co_yield expression"


@rule("await-braces", "a braced list inside a co_await/co_yield expression does not compile on g++ 12, or makes an "
      "aggregate temporary that it destroys twice: name it first")
def await_braces(source):
    for _, text, start in expressions(source):
        for found in re.finditer(r"[(,]\s*\{(?!\s*\.)", text):
            yield start + found.end() - 1, "a braced argument inside a co_await/co_yield expression"


@rule("await-conditional", "g++ 12 destroys a temporary that a conditional operator inside a co_await/co_yield expression "
      "made twice: name it first")
def await_conditional(source):
    for position, text, start in expressions(source):
        found = text.find("?", max(position - start, 0))
        if found >= 0:
            yield start + found, "a conditional operator inside a co_await/co_yield expression"


@rule("await-aggregate", "g++ 12 destroys an aggregate temporary inside a co_await/co_yield expression twice: name it "
      "first, or give the type a constructor", whole=True)
def await_aggregate(project):
    names = _aggregates(project)
    if not names:
        return
    pattern = re.compile(r"(?<![\w.>])(?:\w+::)*(" + "|".join(map(re.escape, sorted(names))) + r")\s?[{(]")
    for source in filter(is_checked, project.cpp):
        for _, text, start in expressions(source):
            for found in pattern.finditer(text):
                before = text[:found.start()]
                if re.search(r"(?:struct|class)\s*$", before) or (found.group().endswith("(") and before.endswith(".")):
                    continue
                yield source, start + found.start(1), f"{found.group(1)} is an aggregate with a member that has a destructor"


def _aggregates(project):
    """Names of structs without constructors or hidden members that hold something with a destructor."""
    bodies, others = {}, set()
    for source in project.cpp:
        for found in re.finditer(r"\b(struct|class)\s+(\w+)\s*(?:final\s*)?(:[^;{}()]*)?\{", source.code):
            brace = found.end() - 1
            body = _members(source, brace)
            name = found.group(2)
            hidden = found.group(1) == "class" or re.search(r"\b(?:private|protected|virtual)\b", body)
            if hidden or found.group(3) or re.search(rf"(?<![~\w]){name}\s*\(", body):
                others.add(name)
            else:
                bodies[name] = body
    risky = {name for name, body in bodies.items() if NON_TRIVIAL.search(body) or f"~{name}" in body}
    return risky - others


def _members(source, brace):
    """A class's own lines, without the bodies of its functions."""
    end = source.pairs.get(brace, brace)
    text, at = [], brace + 1
    while at < end:
        if source.code[at] == "{" and at in source.pairs:
            at = source.pairs[at] + 1
        elif source.code[at] == "(" and at in source.pairs:
            text.append("()")
            at = source.pairs[at] + 1
        else:
            text.append(source.code[at])
            at += 1
    return "".join(text)


@rule("await-lambda", "g++ 12 destroys the captures of a lambda made inside a co_await/co_yield expression twice: pass "
      "arguments to a lambda without captures, capture by reference, or name the lambda first")
def await_lambda(source):
    for _, text, start in expressions(source):
        for found in re.finditer(r"(?<![\w\])\[])\s*\[(?!\[)([^\[\]]*)\]\s*(?=[({<]|mutable|->)", text):
            captures = [part.strip() for part in found.group(1).split(",") if part.strip()]
            by_value = [part for part in captures if not part.startswith("&") and part != "this"]
            if by_value and not re.search(r"\b(?:auto|const)\s*&{0,2}\s*$", text[:found.start()]):
                yield start + found.start(1), f"a lambda that captures {by_value[0]} by value"


@rule("yield-twice", "g++ 12 takes what was sent to the first of two co_yield when it has suspended at the second, and the "
      "sender is gone: give each a line of its own")
def yield_twice(source):
    for _, text, start in expressions(source):
        found = [match.start() for match in re.finditer(r"\bco_yield\b(?!\s*co_yield\b)", text)]
        if len(found) > 1:
            yield start + found[1], "a second co_yield in an expression"


@rule("await-condition", "g++ 12 corrupts the frame of a coroutine that awaits in a condition and declares nothing: write "
      "`auto value = co_await ...;` on a line of its own, or declare the variable in the condition")
def await_condition(source):
    for found in re.finditer(r"\b(?:if|while|for|switch)\s*(?:constexpr\s*)?\(", source.code):
        opening = found.end() - 1
        inside = source.own(opening + 1, source.pairs.get(opening, opening))
        inside = re.sub(r"\{[^{}]*\}", lambda match: " " * len(match.group()), inside)
        declared = re.match(r"\s*(?:const\s+)?(?:auto|[\w:]+(?:<[^;=]*>)?)\s*[&*]*\s+?[&*]*\w+\s*[=:]\s*co_await\b", inside)
        suspends = SUSPENDS.search(inside)
        if suspends and not declared:
            yield opening + 1 + suspends.start(), "co_await/co_yield in a condition"


@rule("await-binding", "GCC 15 and 16 miscompile a structured binding of an awaited value: name the value, then take it apart")
def await_binding(source):
    for found in re.finditer(r"\bauto\s*&{0,2}\s*\[[^\]]*\]\s*(?:=|\{|\()\s*\(?\s*co_(?:await|yield)\b", source.code):
        yield found.start(), "a structured binding of a co_await/co_yield expression"


@rule("coroutine-alignas", "frames know no alignment above the usual one, on any compiler: keep over-aligned values outside")
def coroutine_alignas(source):
    for function in source.functions:
        body = source.code[function.body:function.end]
        found = re.search(r"\balignas\s*\(", body)
        if found and re.search(r"\bco_(?:await|yield|return)\b", body):
            yield function.body + found.start(), "an over-aligned local in a coroutine"


@rule("promise-throws", "clang destroys the locals twice when unhandled_exception() throws: store the exception, rethrow it "
      "after the resume")
def promise_throws(source):
    for found in re.finditer(r"\bunhandled_exception\s*\(\s*\)[^;{]*\{", source.code):
        brace = found.end() - 1
        thrown = re.search(r"\bthrow\b|\brethrow_exception\b", source.code[brace:source.pairs.get(brace, brace)])
        if thrown:
            yield brace + thrown.start(), "unhandled_exception() throws"
