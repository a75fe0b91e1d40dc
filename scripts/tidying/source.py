"""A source file as the rules see it: its text, the same text with comments and literals blanked, its functions."""

import bisect
import functools
import re
from dataclasses import dataclass

LITERAL_OR_COMMENT = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z_])\'(?:\\.|[^\'\\\n])+\'',
    re.S)
SPACE = re.compile(r"[^\n]")
CONTROL = re.compile(r"\s*(?:if|for|while|switch|catch|else|do|try|return|co_return|co_yield|co_await)\b")


def _blank(match, keep_strings):
    text = match.group()
    if text.startswith(("//", "/*")):
        return SPACE.sub(" ", text)
    if keep_strings:
        return text
    return text[0] + SPACE.sub(" ", text[1:-1]) + text[-1] if len(text) > 1 else text


@dataclass(frozen=True)
class Function:
    name: str
    start: int  # where its head begins
    body: int  # its opening brace
    end: int  # its closing brace


class Source:
    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.is_cpp = path.endswith((".cpp", ".hpp"))

    @functools.cached_property
    def lines(self):
        return [0] + [match.end() for match in re.finditer("\n", self.text)]

    def line(self, position):
        return bisect.bisect_right(self.lines, position)

    @functools.cached_property
    def code(self):
        """Comments and the insides of literals are spaces; every position and line stays."""
        return LITERAL_OR_COMMENT.sub(lambda match: _blank(match, False), self.text)

    @functools.cached_property
    def uncommented(self):
        return LITERAL_OR_COMMENT.sub(lambda match: _blank(match, True), self.text)

    @functools.cached_property
    def includes(self):
        """[(line, name, "quoted" or "angled")]"""
        found = re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', self.uncommented, re.M)
        return [(self.line(match.start(1)), match.group(2), "quoted" if match.group(1) == '"' else "angled")
                for match in found]

    @functools.cached_property
    def pairs(self):
        """Of each bracket's position the position of its partner."""
        partner, stack = {}, []
        for match in re.finditer(r"[(){}\[\]]", self.code):
            position, bracket = match.start(), match.group()
            if bracket in "({[":
                stack.append(position)
            elif stack:
                opening = stack.pop()
                partner[opening], partner[position] = position, opening
        return partner

    @functools.cached_property
    def functions(self):
        return list(_functions(self))

    def is_initializer(self, brace):
        """Whether this `{` starts a braced initializer rather than a block."""
        code = self.code
        if brace > 0 and (code[brace - 1].isalnum() or code[brace - 1] in "_>(,[{"):
            return True
        before = code[max(0, brace - 40):brace].rstrip()
        return before.endswith(("(", ",", "=", "{", "[", "?")) or re.search(
            r"\b(?:return|co_return|co_yield|co_await)$", before) is not None

    def statement(self, position):
        """(start, end) of the full expression or statement around a position, out to the block that it stands in."""
        code, pairs = self.code, self.pairs
        start = position
        while start > 0:
            before = code[start - 1]
            if before == ";" or (before == "{" and not self.is_initializer(start - 1)):
                break
            if before in ")]}" and start - 1 in pairs:
                opening = pairs[start - 1]
                if before == "}" and not self.is_initializer(opening) and not _lambda_body(code, opening):
                    break
                start = opening
            else:
                start -= 1
        end = position
        while end < len(code) and code[end] != ";":
            if code[end] in "({[" and end in pairs:
                if code[end] == "{" and not self.is_initializer(end) and not _lambda_body(code, end):
                    break
                end = pairs[end]
            elif code[end] == "}" and end in pairs and not self.is_initializer(pairs[end]):
                break
            end += 1
        return start, end

    def own(self, start, end):
        """The code between two positions without the bodies of the lambdas in it, which are statements of their own."""
        code, pairs, kept, at = self.code, self.pairs, [], start
        while at < end:
            if code[at] == "{" and at in pairs and not self.is_initializer(at) and pairs[at] < end:
                kept.append("{" + SPACE.sub(" ", code[at + 1:pairs[at]]) + "}")
                at = pairs[at] + 1
            else:
                kept.append(code[at])
                at += 1
        return "".join(kept)


def _lambda_body(code, brace):
    head = code[max(0, brace - 200):brace]
    return re.search(r"\]\s*(?:<[^;{}]*>)?\s*(?:\([^;{}]*\))?\s*(?:mutable|noexcept|constexpr)*\s*(?:->[^;{}()]*)?\s*$",
                     head) is not None


def _functions(source):
    """Functions at namespace and class scope; what stands inside one (lambdas, local classes) belongs to it."""
    code, pairs, at, head = source.code, source.pairs, 0, 0
    for match in iter(lambda: re.compile(r"[;{}()]|^[ \t]*#(?:[^\n\\]|\\.)*(?:\\\n[^\n]*)*", re.M | re.S).search(code, at), None):
        token, position = match.group(), match.start()
        at = match.end()
        if token == "(" and position in pairs:
            at = pairs[position] + 1
        elif token in ";})" or token.lstrip().startswith("#"):
            head = at
        elif token == "{":
            text = code[head:position]
            closing = pairs.get(position, len(code) - 1)
            kind = _kind(text, code, position)
            if kind == "function":
                lead = head + len(text) - len(text.lstrip())
                yield Function(_name(text), lead, position, closing)
                at = head = closing + 1
            elif kind == "scope":
                head = at
            else:
                at = closing + 1


def _kind(head, code, brace):
    plain = re.sub(r"\btemplate\s*<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>", " ", head)
    plain = re.sub(r"^\s*(?:public|private|protected)\s*:", " ", plain).strip()
    if brace > 0 and (code[brace - 1].isalnum() or code[brace - 1] in "_>") or plain.endswith(("=", ",")):
        if not re.search(r"\b(?:const|noexcept|override|final|try)$", plain) and "namespace" not in plain:
            return "initializer"
    if re.match(r'(?:inline\s+)?namespace\b|extern\s+"', plain):
        return "scope"
    if "(" in re.sub(r"\b(?:alignas|nodiscard|__attribute__|declspec)\s*\([^()]*\)", "", plain):
        if re.search(r"\brequires\s*(?:\([^()]*\))?\s*$", plain):
            return "initializer"
        return "other" if CONTROL.match(plain) else "function"
    return "scope" if re.search(r"\b(?:class|struct|union)\b", plain) else "other"


def _name(head):
    named = re.search(r"([\w:~]+|operator[^\s(]+)\s*\(", re.sub(r"\btemplate\s*<[^()]*>", " ", head))
    test = re.search(r"\b(TEST\w*)\s*\(\s*(\w+)\s*,\s*(\w+)", head)
    if test:
        return f"{test.group(2)}.{test.group(3)}"
    return named.group(1) if named else "?"
