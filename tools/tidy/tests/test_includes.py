"""Layers, fences, the border and dead headers: what may include what."""
from fixture import TreeTest, LAYERS


class LayersTest(TreeTest):
    def test_a_module_includes_itself_and_what_its_line_names(self):
        text = '// A.\n#include "types/a.h"\n#include "base/b.h"\n#include <vector>\n'
        self.assertEqual(self.rules("src/types/a.cc", text), [])

    def test_an_edge_that_is_not_written_down_is_found(self):
        text = '// A.\n#include "types/a.h"\n'
        self.assertIn("src/base/a.cc:2 layers", self.findings({"src/base/a.cc": text}))

    def test_the_longest_module_decides(self):
        layers = "base:\nquery/exec/engine: base\nquery/exec: base query/exec/engine\n"
        text = '// A.\n#include "query/exec/a.h"\n'
        self.assertEqual(self.rules("src/query/exec/engine/a.cc", text, layers=layers), ["layers"])
        self.assertEqual(self.rules("src/query/exec/deep/a.cc", text, layers=layers), [])

    def test_an_include_in_a_comment_does_not_count(self):
        text = '// A.\n// #include "types/a.h"\n/*\n#include "types/a.h"\n*/\n'
        self.assertEqual(self.rules("src/base/a.cc", text), [])

    def test_only_tests_include_testing(self):
        text = '// A.\n#include "testing/a.h"\n'
        self.assertEqual(self.rules("src/types/a.cc", text), ["layers"])
        self.assertEqual(self.rules("src/types/a_test.cc", text), [])
        self.assertEqual(self.rules("tests/slt/a.cc", text), [])

    def test_a_module_that_names_a_higher_one_is_found(self):
        found = self.findings({}, layers="base: types\ntypes: base\n")
        self.assertEqual(found, ["src/LAYERS:1 layers"])

    def test_a_folder_outside_of_layers_is_found(self):
        self.assertEqual(self.rules("src/other/a.cc", "// A.\n"), ["layers"])


class FencesTest(TreeTest):
    def test_a_library_behind_its_fence_passes(self):
        self.assertEqual(self.rules("src/storage/hot/a.cc", "// A.\n#include <rocksdb/db.h>\n"), [])

    def test_a_library_outside_of_its_fence_is_found(self):
        self.assertEqual(self.rules("src/types/a.cc", "// A.\n#include <rocksdb/db.h>\n"), ["fence"])
        self.assertEqual(self.rules("src/types/a.cc", '// A.\n#include "rocksdb/db.h"\n'), ["fence"])

    def test_the_longest_prefix_decides(self):
        text = "// A.\n#include <boost/asio.hpp>\n#include <boost/beast/http.hpp>\n"
        self.assertIn("src/running/a.cc:3 fence", self.findings({"src/running/a.cc": text}))
        self.assertEqual(self.rules("src/running/a.cc", text), ["fence"])


class BorderTest(TreeTest):
    CROSSING = "// A.\nTask<int> F() { co_return co_await context.blocking.Run(job); }\n"

    def test_a_crossing_in_an_unlisted_file_is_found(self):
        self.assertEqual(self.rules("src/running/a.cc", self.CROSSING), ["border"])
        self.assertEqual(self.rules("src/running/a.cc", "// A.\nint x = AwaitOnWorker(f);\n"),
                         ["border"])

    def test_a_listed_file_may_cross(self):
        border = "src/running/a.cc # the only way to the rows\n"
        self.assertEqual(self.rules("src/running/a.cc", self.CROSSING, border=border), [])

    def test_a_coroutine_does_not_include_a_blocking_facade(self):
        layers = "base:\nstorage/hot: base\nrunning: base storage/hot\n"
        text = '// A.\n#include "storage/hot/store.h"\nTask<> F() { co_await G(); }\n'
        self.assertEqual(self.rules("src/running/a.cc", text, layers=layers), ["border"])
        self.assertEqual(self.rules("src/running/a.cc", text.replace("co_await", "return"),
                                    layers=layers), [])

    def test_a_list_names_existing_files_and_reasons(self):
        border = "src/base/gone.cc # reason\n"
        self.assertEqual(self.findings({}, border=border), ["tools/tidy/lists/border.txt:1 lists"])
        allow = "clock src/base/*\n"
        self.assertEqual(self.findings({}, allow=allow), ["tools/tidy/lists/allow.txt:1 lists"])

    def test_an_operation_beside_its_async_twin_is_found(self):
        text = "// A.\n#pragma once\nint Get(int);\nTask<int> GetAsync(int);\nTask<> WaitAsync();\n"
        self.assertEqual(self.rules("src/types/a.h", text), ["async-pair"])


class DeadTest(TreeTest):
    FILES = {"src/base/a.h": "// A.\n#pragma once\n", "src/base/a.cc": '// A.\n#include "base/a.h"\n',
             "src/base/a_test.cc": '// A.\n#include "base/a.h"\n',
             "src/base/README.md": "line\n" * 12}

    def test_a_header_of_its_own_file_and_test_is_dead(self):
        self.assertEqual(self.findings(self.FILES), ["src/base/a.h:1 dead"])

    def test_a_header_that_another_file_includes_lives(self):
        files = dict(self.FILES)
        files["src/base/b.cc"] = '// B.\n#include "base/a.h"\n'
        self.assertEqual(self.findings(files), [])

    def test_layers_of_the_fixture_are_right(self):
        self.assertEqual(self.findings({}, layers=LAYERS), [])
