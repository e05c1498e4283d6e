"""fence: a third-party library is included by the modules named in lists/fences.txt."""


def check(tree, lists):
    fences = [(entry.words[0], entry.words[1:]) for entry in lists.fences]
    # The longest prefix decides: boost/beast before boost/.
    fences.sort(key=lambda fence: -len(fence[0]))
    for file in tree.files:
        for line, include, _ in file.includes:
            message = _judge(tree, file, include, fences)
            if message:
                yield file.finding(line, "fence", message)


def _judge(tree, file, include, fences):
    for prefix, modules in fences:
        if not include.startswith(prefix):
            continue
        if _allowed(tree.module_of(file), modules) or ("*_test" in modules and file.is_test):
            return None
        return f"<{include}> is only for {' '.join(modules)}: go through that module's interface"
    return None


def _allowed(module, modules):
    # `tests` stands for everything under tests/; a module of src/ stands for itself alone.
    return module in modules or ("tests" in modules and module and module.startswith("tests"))
