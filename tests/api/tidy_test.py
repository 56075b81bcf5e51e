#!/usr/bin/env python3
"""The laws of tools/tidy, each against a few lines that keep it and a few that break it."""

import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import laws  # noqa: E402
from laws.functions import parameters_of  # noqa: E402
from laws.tree import Source, Tree, parse_exceptions  # noqa: E402

OPENING = "// What this is and where it stands.\n"


def found(texts, exceptions=None):
    """path:line of everything that is wrong, and the sentences."""
    texts = {path: OPENING + text if path.endswith((".hpp", ".cpp")) else text for path, text in texts.items()}
    for path in list(texts):
        if path.startswith("services/"):
            texts.setdefault("/".join(path.split("/")[:2]) + "/README.md", "What is emulated.\n")
    findings = laws.findings(Tree(texts, exceptions))
    return [f"{finding.path}:{finding.line}" for finding in findings], [finding.sentence for finding in findings]


class LawCase(unittest.TestCase):
    def assert_kept(self, texts, exceptions=None):
        self.assertEqual(found(texts, exceptions)[1], [])

    def assert_broken(self, texts, place, words, exceptions=None):
        places, sentences = found(texts, exceptions)
        self.assertEqual(places, [place], sentences)
        self.assertIn(words, sentences[0])


class Dependencies(LawCase):
    def test_a_service_includes_its_own_rooms(self):
        self.assert_kept({"services/s3/s3.cpp": '#include "services/s3/control/buckets.hpp"\n'})

    def test_a_service_does_not_include_another(self):
        self.assert_broken(
            {"services/s3/s3.cpp": '#include "services/sns/sns.hpp"\n'}, "services/s3/s3.cpp:2", "narrow port"
        )

    def test_the_world_includes_front_doors_ports_and_descriptors(self):
        doors = "".join(f'#include "services/s3/{name}.hpp"\n' for name in ("s3", "ports", "api"))
        self.assert_kept({"emulator/world/ports.cpp": doors})

    def test_the_world_includes_nothing_behind_the_front_door(self):
        self.assert_broken(
            {"emulator/world.cpp": '#include "services/s3/state.hpp"\n'}, "emulator/world.cpp:2", "only services/s3/s3.hpp"
        )

    def test_the_ground_knows_no_service(self):
        self.assert_broken(
            {"emulator/aws/gateway.cpp": '#include "services/s3/s3.hpp"\n'}, "emulator/aws/gateway.cpp:2", "knows no service"
        )

    def test_data_does_not_include_control(self):
        self.assert_broken(
            {"services/s3/data/range.cpp": '#include "services/s3/control/buckets.hpp"\n'},
            "services/s3/data/range.cpp:2",
            "snapshot",
        )

    def test_a_clock_is_read_in_its_folder_only(self):
        text = "auto now = std::chrono::steady_clock::now();\n"
        self.assert_kept({"emulator/time/real_clock.cpp": text})
        self.assert_broken({"emulator/log.cpp": text}, "emulator/log.cpp:2", "Environment")

    def test_a_clock_in_a_comment_or_a_string_is_no_clock(self):
        self.assert_kept({"emulator/log.cpp": '// steady_clock\nauto name = "steady_clock";\n/* random_device */\n'})

    def test_sockets_stay_in_their_folders(self):
        self.assert_kept({"emulator/http/client.cpp": "#include <boost/asio/post.hpp>\n"})
        self.assert_broken(
            {"services/s3/s3.cpp": "#include <boost/asio/post.hpp>\n"}, "services/s3/s3.cpp:2", "emulator/network"
        )

    def test_unit_tests_do_not_sleep(self):
        texts = {
            "emulator/http/client.cpp": "",
            "tests/unit/emulator/http/client_test.cpp": "std::this_thread::sleep_for(1s);\n",
        }
        self.assert_broken(texts, "tests/unit/emulator/http/client_test.cpp:2", "virtual clock")

    def test_hash_order_needs_a_reason(self):
        line = "std::unordered_map<int, int> counts;"
        self.assert_broken({"services/s3/state.hpp": line + "\n"}, "services/s3/state.hpp:2", "order-free")
        self.assert_kept({"services/s3/state.hpp": f"#include <unordered_map>\n{line} // order-free: looked up only\n"})
        self.assert_kept({"services/s3/state.hpp": f"// order-free: looked up only\n{line}\n"})

    def test_nothing_is_ordered_by_address(self):
        self.assert_broken({"services/s3/state.hpp": "std::map<const Key*, int> k;\n"}, "services/s3/state.hpp:2", "id")
        self.assert_kept({"services/s3/state.hpp": "std::map<int, const Key*> k;\n"})

    def test_a_service_has_no_other_rooms(self):
        self.assert_broken({"services/s3/model/bucket.hpp": ""}, "services/s3/model/bucket.hpp:1", "no room model/")
        self.assert_broken({"services/s3/buckets.hpp": ""}, "services/s3/buckets.hpp:1", "no part of a service")
        self.assert_kept({"services/s3/state_encoding.cpp": "", "services/s3/s3.hpp": "", "services/s3/limits.hpp": ""})

    def test_unit_tests_mirror_the_tree(self):
        path = "tests/unit/emulator/html/client_test.cpp"
        self.assert_broken({path: ""}, path + ":1", "mirror")

    def test_a_metric_that_nobody_emits(self):
        text = 'inline constexpr auto requests = "Requests";\ninline constexpr Metric\n    errors{"Errors", "Count"};\n'
        texts = {"services/s3/metrics.hpp": text, "services/s3/data/server.cpp": "count(metrics::requests);\n"}
        self.assert_broken(texts, "services/s3/metrics.hpp:4", "errors is never emitted")


class Text(LawCase):
    def test_a_file_opens_with_a_paragraph(self):
        tree = Tree({"emulator/log.hpp": "#pragma once\n"})
        self.assertEqual([str(finding) for finding in laws.findings(tree)][0][:19], "emulator/log.hpp:1:")

    def test_a_long_file_needs_an_exception_that_only_shrinks(self):
        long = {"emulator/log.cpp": "int x;\n" * 450}
        self.assert_broken(long, "emulator/log.cpp:400", "451 lines")
        self.assert_kept(long, parse_exceptions("# path lines reason\nemulator/log.cpp 451 a table\n"))
        self.assert_broken(long, "emulator/log.cpp:400", "450 at most", {"emulator/log.cpp": (450, "a table")})
        self.assert_broken({"emulator/log.cpp": ""}, "emulator/log.cpp:1", "no exception", {"emulator/log.cpp": (450, "")})

    def test_a_long_line(self):
        self.assert_broken({"emulator/log.cpp": "int " + "x" * 120 + ";\n"}, "emulator/log.cpp:2", "125 columns")
        self.assert_kept({"emulator/log.cpp": 'auto x = "' + "x" * 120 + '";\n'})

    def test_words_that_say_nothing(self):
        self.assert_broken({"emulator/log.cpp": "class LogManager;\n"}, "emulator/log.cpp:2", "Pool")
        self.assert_broken({"emulator/log.cpp": "void process_line(int x);\n"}, "emulator/log.cpp:2", "say what happens")
        self.assert_broken({"emulator/log.cpp": "int tmp = 0;\n"}, "emulator/log.cpp:2", "name what it is")
        self.assert_broken({"emulator/common/log.cpp": ""}, "emulator/common/log.cpp:1", "no place")
        self.assert_kept({"emulator/log.cpp": "Implementation x; int process_id; auto y = redo_log(x);\n"})

    def test_nothing_is_left_unfinished(self):
        self.assert_broken({"emulator/log.cpp": "// FIX" + "ME later\n"}, "emulator/log.cpp:2", "finish it")

    def test_no_path_of_one_machine(self):
        self.assert_broken({"emulator/log.cpp": '"/ro' + 'ot/x"\n'}, "emulator/log.cpp:2", "one machine")
        self.assert_kept({"emulator/log.cpp": '"https://example.com/wo' + 'rk/x"\n'})


class Functions(LawCase):
    def test_a_long_function(self):
        body = "    x();\n" * 70
        self.assert_broken({"emulator/log.cpp": f"namespace a {{\nint f() {{\n{body}}}\n}}\n"}, "emulator/log.cpp:3", "f is 72")

    def test_cases_of_a_switch_are_a_table(self):
        self.assert_kept({"emulator/log.cpp": "int f() {\n" + '    case 1: return "a";\n' * 100 + "}\n"})

    def test_classes_and_tables_are_no_functions(self):
        rows = "    {1, 2},\n" * 80
        self.assert_kept({"emulator/log.cpp": f"class A {{\n{'    int f();' + chr(10):s}{chr(10) * 80}}};\nint t[] = {{\n{rows}}};\n"})

    def test_a_macro_before_a_function_is_no_part_of_it(self):
        self.assert_kept({"emulator/log.cpp": "DEFINE_TYPE(A,\n" + "    b,\n" * 80 + "    c)\nint f() {\n}\n"})

    def test_seven_parameters(self):
        text = "int f(int a, std::map<int, int> b, int c, int d, int e, int g, int h = x(1, 2)) {\n}\n"
        self.assert_broken({"emulator/log.cpp": text}, "emulator/log.cpp:2", "7 parameters")

    def test_counting_parameters(self):
        self.assertEqual(parameters_of("int f()"), 0)
        self.assertEqual(parameters_of("int f(std::function<void(int, int)> a)"), 1)
        self.assertEqual(parameters_of("A::A(int a, B b = {1, 2}) : a_(a), b_(b)"), 2)


class Documents(LawCase):
    def test_paths_exist(self):
        readme = "See `emulator/log.{hpp,cpp}`, `emulator/`, [the log](emulator/log.cpp) and `emulator/*.cpp`.\n"
        texts = {"README.md": readme, "emulator/log.hpp": "", "emulator/log.cpp": ""}
        self.assert_kept(texts)
        self.assert_broken({**texts, "README.md": "x\n`emulator/lag.cpp`\n"}, "README.md:2", "does not exist")

    def test_a_service_names_its_rooms(self):
        texts = {"services/s3/README.md": "`data/range.cpp` decides.\n", "services/s3/data/range.cpp": ""}
        self.assert_kept(texts)
        texts["services/s3/README.md"] = "`data/ranges.cpp` decides.\n"
        self.assert_broken(texts, "services/s3/README.md:1", "services/s3/data/ranges.cpp does not exist")


class Reading(unittest.TestCase):
    def test_code_is_what_is_left_without_comments_and_strings(self):
        source = Source("a.cpp", "int a = 1'000; // b\nauto c = R\"x(\n{ d )x\"; char e = '\"'; /* f\n*/ g")
        self.assertEqual(source.code.count("\n"), source.text.count("\n"))
        for letter in "bdf":
            self.assertNotIn(letter, source.code.replace("R\"x", ""))
        for letter in "aceg":
            self.assertIn(letter, source.code)


if __name__ == "__main__":
    unittest.main()
