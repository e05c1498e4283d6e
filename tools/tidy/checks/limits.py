"""file-length, function-length, line-length."""
import cpp

FILE_LINES_MAX = 800
FUNCTION_LINES_MAX = 70
COROUTINE_LINES_MAX = 40
COLUMNS_MAX = 100


def check(tree, lists):
    for file in tree.files:
        yield from _file(file)
        yield from _lines(file)
        yield from _functions(file)


def _file(file):
    count = len(file.text.splitlines())
    if count > FILE_LINES_MAX:
        yield file.finding(1, "file-length", f"{count} lines, at most {FILE_LINES_MAX}: split it")


def _lines(file):
    for number, line in enumerate(file.lines, start=1):
        # An address cannot be broken.
        if len(line) > COLUMNS_MAX and "://" not in line:
            yield file.finding(number, "line-length",
                               f"{len(line)} columns, at most {COLUMNS_MAX}")


def _functions(file):
    for function in cpp.functions(file.code):
        kind, most = "function", FUNCTION_LINES_MAX
        if function.coroutine:
            kind, most = "coroutine", COROUTINE_LINES_MAX
        if function.lines > most:
            yield file.finding(function.line, "function-length",
                               f"{kind} {function.name} has {function.lines} lines, at most {most}")
