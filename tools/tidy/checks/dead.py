"""dead: a header that only its own .cc and test include is either dead or private."""
import re


def check(tree, lists):
    users = {}
    for file in tree.files:
        for _, include, _ in file.includes:
            users.setdefault(include, set()).add(file.path)
    for file in tree.files:
        if not (file.is_header and file.path.startswith("src/")):
            continue
        own = re.compile(re.escape(file.path[:-len(".h")]) + r"(?:\.h|\.cc|_test\.cc|_fuzz\.cc)")
        others = {user for user in users.get(file.path[len("src/"):], ()) if not own.fullmatch(user)}
        if not others:
            yield file.finding(1, "dead", "nothing includes the header but its own .cc and test")
