"""Limits, names, banned calls and what files say about themselves."""
import unittest

from fixture import TreeTest
import cpp
import headers


def body(lines):
    return "".join(f"  f({i});\n" for i in range(lines))


class StripTest(unittest.TestCase):
    def test_literals_and_comments_go_and_lines_stay(self):
        text = 'a("{ // \\" }"); // {\n/* {\n} */ b(\'{\', 1\'000); R"x(\n{)" }\n)x";\n'
        code = cpp.strip(text).code
        self.assertEqual(code.count("\n"), text.count("\n"))
        self.assertNotIn("{", code)
        self.assertIn("1'000", code)

    def test_prefixed_characters_are_literals(self):
        self.assertNotIn("{", cpp.strip("char8_t c = u8'{'; wchar_t w = L'{';").code)


class FunctionsTest(unittest.TestCase):
    def names(self, code):
        return [(function.name, function.lines) for function in cpp.functions(code)]

    def test_namespaces_types_and_initializers_are_no_functions(self):
        code = """
namespace a::b {
struct alignas(64) S final : public Base<int(int)> {
  int x = 1;
  std::vector<int> y{1, 2};
  enum class E : uint8_t { kA, kB };
};
constexpr std::array<int, F(2)> kTable = {
    1,
    2,
};
extern "" {
}
}  // namespace
"""
        self.assertEqual(self.names(code), [])

    def test_functions_of_every_shape_are_found(self):
        code = """
int Plain(int a, int b = F(1)) {
  return 0;
}
class C {
 public:
  C(int a) : a_{a}, b_(a), c_{{1}} {
  }
  bool operator==(const C&) const {
    return true;
  }
  auto Get() const noexcept -> std::vector<int> {
    if (a_) { return {}; }
  }
};
template <typename T = int>
  requires Small<T>
T C::Sum(std::span<const T> values) {
}
TEST(CTest, Behaves) {
}
"""
        self.assertEqual(self.names(code), [("Plain", 3), ("C", 2), ("operator==", 3), ("Get", 3),
                                            ("C::Sum", 2), ("TEST", 2)])

    def test_a_coroutine_is_the_innermost_function_that_suspends(self):
        code = """
void Outer() {
  auto job = [this](int x) -> Task<int> {
    co_return x;
  };
}
Task<int> Inner() {
  if (x) [[likely]] {
    co_return 1;
  }
}
"""
        found = {(function.name, function.coroutine) for function in cpp.functions(code)}
        self.assertEqual(found, {("lambda", True), ("Outer", False), ("Inner", True)})

    def test_directives_do_not_count_as_code(self):
        self.assertEqual(self.names("#define A(x) \\\n  if (x) {\nint F() {\n}\n"), [("F", 2)])


class LimitsTest(TreeTest):
    def test_a_function_of_70_lines_passes_and_71_fails(self):
        for lines, rules in ((68, []), (69, ["function-length"])):
            text = "// A.\nvoid F() {\n" + body(lines) + "}\n"
            self.assertEqual(self.rules("src/base/a.cc", text), rules)

    def test_a_coroutine_of_40_lines_passes_and_41_fails(self):
        for lines, rules in ((37, []), (38, ["function-length"])):
            text = "// A.\nTask<> F() {\n  co_await G();\n" + body(lines) + "}\n"
            self.assertEqual(self.rules("src/base/a.cc", text), rules)

    def test_long_lines_and_files_are_found(self):
        self.assertEqual(self.rules("src/base/a.cc", "// A" + "." * 96 + "\n"), [])
        self.assertEqual(self.rules("src/base/a.cc", "// A" + "." * 97 + "\n"), ["line-length"])
        self.assertEqual(self.rules("src/base/a.cc", "// A\n" * 801), ["file-length"])


class NamesTest(TreeTest):
    def test_drawers_are_found_in_paths_and_types(self):
        self.assertEqual(self.rules("src/base/string_util.cc", "// A.\n"), ["name"])
        self.assertEqual(self.rules("src/base/coreutils_port.cc", "// A.\n"), [])
        self.assertEqual(self.rules("src/base/a.cc", "// A.\nclass TableManager {};\n"), ["name"])

    def test_names_of_libraries_pass(self):
        text = "// A.\nclass TransactionManager;\nauto& x = duckdb::TransactionManager::Get(y);\n"
        self.assertEqual(self.rules("src/base/a.cc", text), [])

    def test_files_are_snake_case(self):
        self.assertEqual(self.rules("src/base/MyFile.cc", "// A.\n"), ["name"])
        self.assertEqual(self.rules("src/base/a.hpp", "// A.\n"), ["name"])


class BannedTest(TreeTest):
    def banned(self, code, path="src/base/a.cc"):
        return self.rules(path, f"// A.\n{code}\n")

    def test_each_ban_fires(self):
        for code, rule in (("std::this_thread::sleep_for(x);", "sleep"), ("sleep(1);", "sleep"),
                           ("auto t = std::chrono::steady_clock::now();", "clock"),
                           ("auto t = time(nullptr);", "clock"),
                           ("std::random_device d;", "random"), ("int r = rand();", "random"),
                           ("sprintf(b, x);", "unsafe-string"), ("std::strcpy(a, b);", "unsafe-string"),
                           ("using namespace std;", "using-namespace"), ("std::regex r;", "regex"),
                           ("out << std::endl;", "endl"), ("printf(x);", "stdout"),
                           ("std::fprintf(stdout, x);", "stdout"),
                           ("#define DUCKDB_DEBUG 1", "debug-define"),
                           ("Foo* f = new Foo(1);", "naked-new")):
            self.assertEqual(self.banned(code), [rule], code)

    def test_what_only_looks_alike_passes(self):
        for code in ("std::snprintf(b, 8, x);", "int64_t time() const;", "clock.time(0);",
                     "// sleep(1);", 'Log("rand()");', "timer.sleep(1);", "Start(sleep(&loop, 1));",
                     "return RowPtr(new Row);", "operand(x);",
                     "std::unique_ptr<Foo> f(new Foo);", "f.reset(new Foo);", "new (place) Foo();",
                     "static Foo* f = new Foo;", "std::fprintf(stderr, x);", "Row new_row;",
                     "using namespace std::string_literals;"):
            self.assertEqual(self.banned(code), [], code)

    def test_tests_may_print(self):
        self.assertEqual(self.banned("printf(x);", "src/base/a_test.cc"), [])
        self.assertEqual(self.banned("printf(x);", "tests/bench/a.cc"), [])

    def test_an_exception_is_for_its_file_only(self):
        text = "// A.\nauto t = std::chrono::system_clock::now();\n"
        allow = "clock src/base/clock.cc # the one place\n"
        found = self.findings({"src/base/clock.cc": text, "src/base/other.cc": text}, allow=allow)
        self.assertEqual([line for line in found if "clock" in line],
                         ["src/base/other.cc:2 clock"])

    def test_build_files_do_not_define_what_libraries_share(self):
        found = self.findings({"CMakeLists.txt": "add_compile_options(-D_GLIBCXX_DEBUG)\n",
                               "cmake/a.cmake": "set(MILLRACE_DUCKDB_DIR x)\n"})
        self.assertEqual(found, ["CMakeLists.txt:1 debug-define"])


class DocumentsTest(TreeTest):
    def test_headers_and_sources_begin_right(self):
        self.assertEqual(self.rules("src/base/a.h", "// A.\n"), ["pragma-once"])
        self.assertEqual(self.rules("src/base/a.cc", "int x;\n"), ["purpose"])
        self.assertEqual(self.rules("src/base/a.cc", '#include "base/b.h"\n'), ["purpose"])
        self.assertEqual(self.rules("src/base/a.cc", '#include "base/a.h"\n'), ["purpose-source"])

    def test_a_todo_names_its_condition(self):
        self.assertEqual(self.rules("src/base/a.cc", "// A.\n// TODO: more\n"), ["todo"])
        text = "// A.\n// TODO(when g++ 13 is the oldest): use std::format.\n"
        self.assertEqual(self.rules("src/base/a.cc", text), [])
        self.assertEqual(self.rules("src/base/a.cc", '// A.\nauto x = "TODO";\n'), [])

    def test_a_module_with_sources_has_a_readme_of_the_right_size(self):
        for lines, found in ((0, ["src/base/README.md:1 readme"]), (12, []), (60, []),
                             (61, ["src/base/README.md:1 readme"])):
            files = {"src/base/a.cc": "// A.\n", "src/base/README.md": "line\n" * lines}
            self.assertEqual(self.findings(files), found)


class HeadersTest(unittest.TestCase):
    def test_flags_lose_everything_that_is_about_one_file(self):
        command = ("/usr/bin/ccache /usr/bin/clang++-19 -Isrc -isystem /d -O2 -Xclang "
                   "-fno-pch-timestamp -Winvalid-pch -Xclang -include-pch -Xclang /b/cmake_pch.hxx.pch "
                   "-Xclang -include -Xclang /b/cmake_pch.hxx -o a.o -c /r/a.cc")
        self.assertEqual(headers.compile_flags(command),
                         ["/usr/bin/clang++-19", "-Isrc", "-isystem", "/d", "-O2"])

    def test_a_broken_header_is_reported_once(self):
        error = "In file included from <stdin>:1:\n/r/src/base/a.h:3:1: error: no type\n"
        found = headers.complaints({"base/a.h": error, "types/b.h": error})
        self.assertEqual([finding.path for finding in found], ["src/base/a.h"])
