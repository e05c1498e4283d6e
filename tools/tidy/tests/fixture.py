"""A tiny repository in a temporary folder, and what tidy says about it."""
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import main  # noqa: E402  (needs the path above)

LAYERS = "base:\ntypes: base\nstorage/hot: base\nrunning: base types\ntesting: base types\n"
FENCES = "rocksdb/ storage/hot # one facade\nboost/ running # loop\nboost/beast net # costly\n"


class TreeTest(unittest.TestCase):
    """Give `findings` a path -> text mapping; the other files a module needs are added."""

    def findings(self, files, fences=FENCES, border="", allow="", layers=LAYERS):
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            lists = root / "tools/tidy/lists"
            self._write(lists / "fences.txt", fences)
            self._write(lists / "border.txt", border)
            self._write(lists / "allow.txt", allow)
            self._write(root / "src/LAYERS", layers)
            for path, text in files.items():
                self._write(root / path, text)
            found = main.findings_of(root, lists)
        return [f"{finding.path}:{finding.line} {finding.rule}" for finding in found]

    def rules(self, path, text, **lists):
        """The rules that one file breaks, apart from being a lone file without a README."""
        found = self.findings({path: text}, **lists)
        return [line.split(" ")[1] for line in found
                if line.startswith(path) and not line.endswith((" dead", " readme"))]

    @staticmethod
    def _write(path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
