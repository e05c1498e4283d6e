"""layers: a module includes itself and what its line in src/LAYERS names."""

GENERATED = {"millrace_version.h"}


def check(tree, lists):
    yield from tree.layers.findings
    for file in tree.files:
        if not file.path.startswith("src/"):
            continue
        module = tree.module_of(file)
        if module is None:
            yield file.finding(1, "layers", "the folder belongs to no module of src/LAYERS")
            continue
        for line, include, quoted in file.includes:
            message = _judge(tree, file, module, include, quoted)
            if message:
                yield file.finding(line, "layers", message)


def _judge(tree, file, module, include, quoted):
    target = tree.layers.module_of(include)
    if target is None:
        if quoted and include not in GENERATED and tree.has(f"src/{include}"):
            return f"{include} belongs to no module of src/LAYERS"
        if quoted and "/" not in include and tree.has(_beside(file, include)):
            return f"write the path of {include} from src/"
        return None
    if target == module:
        return None
    if target == "testing":
        return None if file.is_test else "only tests include testing/"
    if target not in tree.layers.allowed[module]:
        return f"{module} may not include {target} (src/LAYERS)"
    return None


def _beside(file, include):
    return file.path.rsplit("/", 1)[0] + "/" + include
