"""C++ as far as tidy needs it: text without comments and strings, and functions.

Not a compiler: braces are matched in stripped text and the words before a brace
say what it opens. Made to raise no false alarm on namespaces, classes,
initializers and constructor initializer lists.
"""
import re
from typing import NamedTuple

TOKEN = re.compile(
    r'(?P<raw>(?:\bu8|\bu|\bU|\bL|\b)?R"(?P<mark>[^\s()\\]{0,16})\((?:.|\n)*?\)(?P=mark)")'
    r'|(?P<comment>//(?:\\\n|[^\n])*|/\*(?:.|\n)*?\*/)'
    r'|(?P<string>"(?:\\(?:.|\n)|[^"\\\n])*")'
    r"|(?P<char>(?:(?<![\w'])|(?<=\bu8)|(?<=\b[uUL]))'(?:\\.|[^'\\\n])+')")
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)


class Stripped(NamedTuple):
    code: str
    comments: list  # of (line, text)


def strip(text):
    """Removes comments and the contents of literals, and keeps every line break."""
    comments = []

    def replace(match):
        found = match[0]
        breaks = "\n" * found.count("\n")
        if match.lastgroup == "comment":
            comments.append((text.count("\n", 0, match.start()) + 1, found))
            return " " + breaks
        return ("''" if match.lastgroup == "char" else '""') + breaks

    return Stripped(TOKEN.sub(replace, text), comments)


class Function(NamedTuple):
    name: str
    line: int      # of the opening brace
    lines: int     # from the opening brace to the closing one
    coroutine: bool


class _Brace:
    def __init__(self, kind, start, name=""):
        self.kind = kind  # scope, type, function, lambda, block or initializer
        self.start = start
        self.name = name
        self.coroutine = False


MARK = re.compile(r"[{};]|\bco_(?:await|return|yield)\b")
LAMBDA = re.compile(r"(?<!\])\]\s*(?:<[^<>{}]*>\s*)?(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?\s*"
                    r"(?:mutable|noexcept|constexpr|static|\s)*(?:->\s*[\w:<>,&*\s]+)?$")
TEMPLATE = re.compile(r"^\s*template\s*<")
LABEL = re.compile(r"^\s*(?:public|private|protected)\s*:")
TYPE = re.compile(r"^(?:typedef\s+|static\s+|constexpr\s+|const\s+|inline\s+)*"
                  r"(?:class|struct|union|enum)\b")
SCOPE = re.compile(r'^(?:inline\s+)?namespace\b|^extern\s+""\s*$|^export\b')
OPERATOR = re.compile(r"\boperator\s*(?:\(\s*\)|\[\s*\]|[^\s\w(]+)")
TAIL = re.compile(r"\)\s*(?:const\b|volatile\b|noexcept\b(?:\s*\(.*\))?|override\b|final\b|try\b|&&?|"
                  r"\[\[.*\]\]|\s)*(?:->[^=;]*)?(?:\brequires\b.*)?$", re.DOTALL)
# `)` and then one colon that is not part of `::`: a constructor's initializer list.
INITIALIZERS = re.compile(r"\)\s*(?:noexcept\b(?:\s*\([^()]*\))?\s*)?:(?!:)")
NAME = re.compile(r"(operator\W{1,3}|[\w~:]+)\s*\(")


def functions(code):
    """Every function with a body, and every lambda that is a coroutine."""
    code = DIRECTIVE.sub(lambda match: "\n" * match[0].count("\n"), code)
    found = []
    stack = []
    head = 0  # where the text that explains the next brace begins
    for mark in MARK.finditer(code):
        word = mark[0]
        if word == ";":
            head = mark.end()
        elif word == "{":
            brace = _open(stack, code, head, mark.start())
            stack.append(brace)
            if brace.kind != "initializer":
                head = mark.end()
        elif word == "}":
            if not stack:
                continue
            brace = stack.pop()
            _close(found, stack, brace, code, mark.start())
            if brace.kind != "initializer":
                head = mark.end()
        else:
            _mark_coroutine(stack)
    return found


def _open(stack, code, head, at):
    inside = stack[-1].kind if stack else "scope"
    text = code[head:at]
    if inside in ("function", "lambda", "block"):
        kind = "lambda" if LAMBDA.search(text[-400:]) else "block"
        return _Brace(kind, at, "lambda")
    if inside == "initializer":
        kind = "lambda" if LAMBDA.search(text[-400:]) else "initializer"
        return _Brace(kind, at, "lambda")
    return _classify(text, at)


def _classify(text, at):
    """What a brace at namespace or class level opens, by the words before it."""
    while True:
        text = LABEL.sub("", text).strip()
        if not TEMPLATE.match(text):
            break
        text = _after_angles(text)
    if SCOPE.match(text):
        return _Brace("scope", at)
    if TYPE.match(text) and not text.endswith(")") and not _assigns(text):
        return _Brace("type", at)
    if LAMBDA.search(text[-400:]):
        return _Brace("lambda", at, "lambda")
    plain = OPERATOR.sub("operator_", text)
    if _assigns(plain) or "(" not in plain:
        return _Brace("initializer", at)
    if INITIALIZERS.search(plain):
        # A brace after a member's name initializes it; after `)` or `}` begins the body.
        body = plain[-1] in ")}"
    else:
        body = TAIL.search(plain) is not None
    if not body:
        return _Brace("initializer", at)
    name = NAME.search(text)
    return _Brace("function", at, name[1].strip() if name else "function")


def _after_angles(text):
    depth = 0
    for at, letter in enumerate(text):
        if letter == "<":
            depth += 1
        elif letter == ">" and text[at - 1] != "-":
            depth -= 1
            if depth == 0:
                return text[at + 1:]
    return ""


def _assigns(text):
    """Whether an `=` stands outside of parentheses and of comparisons."""
    depth = 0
    for at, letter in enumerate(text):
        if letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif letter == "=" and depth == 0:
            if text[at - 1:at] not in ("=", "!", "<", ">") and text[at + 1:at + 2] != "=":
                return True
    return False


def _close(found, stack, brace, code, at):
    report = brace.kind == "function" or (brace.kind == "lambda" and
                                          (brace.coroutine or not _in_function(stack)))
    if report:
        first = code.count("\n", 0, brace.start) + 1
        found.append(Function(brace.name, first, code.count("\n", brace.start, at) + 1,
                              brace.coroutine))


def _in_function(stack):
    return any(brace.kind in ("function", "lambda") for brace in stack)


def _mark_coroutine(stack):
    for brace in reversed(stack):
        if brace.kind in ("function", "lambda"):
            brace.coroutine = True
            return
