#!/usr/bin/env python3
"""Shows that each check passes a good tree and catches a bad one.

  checks_test.py [IncludeCheck | ClockCheck | TreeCheck | Sources]
"""
import subprocess
import tempfile
import unittest
from pathlib import Path

import clock_check
import include_check
import sources
import tree_check

HERE = Path(__file__).parent


class Tree(unittest.TestCase):
    """A tree of files in a temporary folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def write(self, path, text):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def assert_one(self, complaints, *words):
        self.assertEqual(len(complaints), 1, complaints)
        for word in words:
            self.assertIn(word, complaints[0])


class IncludeCheck(Tree):
    def check(self, path, text):
        self.write(path, text)
        return include_check.check(self.root, include_check.load_rules(include_check.TABLE))

    def test_allowed_includes_pass(self):
        self.assertEqual([], self.check("kiosk/flow/session.cpp", (
            '#include "kiosk/flow/session.h"\n#include <vector>\n#include <boost/asio.hpp>\n'
            '#include "kiosk/devices/card_printer/card_path.h"\n')))

    def test_kiosk_must_not_know_simulators(self):
        self.assert_one(self.check("kiosk/app/main.cpp", '\n\n#include "simulators/world/world.h"\n'),
                        "kiosk/app/main.cpp:3:", "simulators/world/world.h")

    def test_kiosk_must_not_know_the_mock_platform(self):
        self.assert_one(self.check("kiosk/platform/client.cpp", '#include "mock-platform/store.h"\n'),
                        "kiosk/platform/client.cpp:1:")

    def test_simulator_may_have_numbers_but_no_driver(self):
        self.assertEqual([], self.check("simulators/id_reader/reader.cpp",
                                        '#include "kiosk/devices/id_reader/protocol.h"\n'))
        self.assert_one(self.check("simulators/id_reader/reader.cpp",
                                   '#include "kiosk/devices/id_reader/sdt_driver.h"\n'), "sdt_driver.h")

    def test_simulator_must_not_use_another_devices_numbers(self):
        self.assert_one(self.check("simulators/camera/camera.cpp",
                                   '#include "kiosk/devices/id_reader/protocol.h"\n'), "camera.cpp:1:")

    def test_device_must_not_know_another_device(self):
        self.assert_one(self.check("kiosk/devices/camera/c.cpp",
                                   '#include "kiosk/devices/control_board/control_board.h"\n'),
                        "kiosk/devices/<device> may not include")

    def test_flow_sees_interfaces_only(self):
        self.assert_one(self.check("kiosk/flow/session.cpp",
                                   '#include "kiosk/devices/card_printer/ipp_driver.h"\n'), "kiosk/flow")

    def test_engine_must_not_know_the_panel(self):
        self.assert_one(self.check("scenarios/engine/run.cpp", '#include "simulators/panel/panel.h"\n'),
                        "scenarios/engine may not include")

    def test_folder_without_a_rule(self):
        self.assert_one(self.check("kiosk/novelty/thing.h", "#pragma once\n"), "kiosk/novelty/thing.h:1:",
                        "rules this folder")

    def test_relative_include(self):
        self.assert_one(self.check("kiosk/runtime/a.cpp", '#include "result.h"\n'), "repository's root")

    def test_ours_in_angle_brackets(self):
        self.assert_one(self.check("kiosk/runtime/a.cpp", "#include <kiosk/runtime/b.h>\n"), "in quotes")

    def test_include_in_a_comment_does_not_count(self):
        self.assertEqual([], self.check("kiosk/runtime/a.cpp",
                                        '// #include "simulators/world/world.h"\n'
                                        '/*\n#include "simulators/world/world.h"\n*/\n'))

    def test_disguised_spelling_is_read(self):
        self.assert_one(self.check("kiosk/runtime/a.cpp", '  #  include   "simulators/world/world.h"\n'),
                        "a.cpp:1:")


class ClockCheck(Tree):
    BROKEN = {
        "sleep": ("std::this_thread::sleep_for(x);", "usleep(5);", "::nanosleep(&t, nullptr);",
                  "SDL_Delay(5);"),
        "clock": ("auto t = std::chrono::system_clock::now();", "steady_clock::now();", "time(nullptr);",
                  "std::time(0);", "gettimeofday(&tv, nullptr);", "clock_gettime(CLOCK_REALTIME, &t);",
                  "SDL_GetTicks();"),
        "timer": ("asio::steady_timer t(io);", "timerfd_create(0, 0);"),
        "thread": ("std::thread t(f);", "std::jthread t;", "auto f = std::async(g);",
                   "pthread_create(&t, nullptr, f, nullptr);", "asio::thread_pool pool(2);"),
        "random": ("std::random_device seed;", "int i = std::rand();", "srand(1);", "RAND_bytes(b, 4);",
                   "std::uniform_int_distribution<int> d;", "std::shuffle(a, b, g);"),
    }
    HARMLESS = ("co_await sleep_for(loop, 5s);", "co_await sleep(loop, due);", "event.time();",
                "auto t = clock.now();", "std::thread::id who;", "// usleep(5)", 'log("std::thread");',
                "/* time(nullptr) */", "random.uniform(1, 6);", "using std::chrono::steady_clock;")

    def check(self, text, allowed="", path="kiosk/flow/a.cpp"):
        self.write(path, text)
        list_path = self.write("allowed.txt", allowed)
        return clock_check.check(self.root, clock_check.load_rules(HERE / "clock_rules.txt"), list_path)

    def test_every_forbidden_thing_is_caught(self):
        for rule, statements in self.BROKEN.items():
            for statement in statements:
                with self.subTest(statement):
                    self.assert_one(self.check(f"\n{statement}\n"), "kiosk/flow/a.cpp:2:", f"'{rule}'")

    def test_harmless_things_pass(self):
        for statement in self.HARMLESS:
            with self.subTest(statement):
                self.assertEqual([], self.check(statement))

    def test_entry_with_reason_allows(self):
        self.assertEqual([], self.check("usleep(5);", "kiosk/flow/a.cpp sleep the driver says so\n"))

    def test_entry_allows_its_own_rule_only(self):
        self.assert_one(self.check("usleep(5); std::thread t;", "kiosk/flow/a.cpp sleep a reason\n"),
                        "'thread'")

    def test_entry_without_reason_is_an_error(self):
        complaints = self.check("usleep(5);", "kiosk/flow/a.cpp sleep\n")
        self.assertTrue(any("allowed.txt:1:" in c and "reason" in c for c in complaints), complaints)

    def test_unused_entry_is_an_error(self):
        self.assert_one(self.check("int a;", "# why\nkiosk/flow/a.cpp sleep a reason\n"),
                        "allowed.txt:2:", "nothing needs")

    def test_tests_may_have_threads_but_not_sleep(self):
        self.assertEqual([], self.check("std::thread t;", path="tests/a_test.cpp"))
        self.assert_one(self.check("usleep(5);", path="tests/a_test.cpp"), "tests/a_test.cpp:1:")


class TreeCheck(Tree):
    def check(self, text):
        self.write("docs/a.md", text)
        return tree_check.check(self.root, ["docs/a.md"])

    def test_paths_of_one_machine_are_caught(self):
        for path in ("/home/" + "alice/x", "cd /root/" + "cardrig", "see /work/" + "main"):
            with self.subTest(path):
                self.assert_one(self.check(f"\n{path}\n"), "docs/a.md:2:", "path of one machine")

    def test_paths_of_our_own_pass(self):
        self.assertEqual([], self.check("build/work/x https://example.org/home/page ${dir}/work/x\n"))

    def test_words_of_unfinished_work_are_caught(self):
        for word in ("TO" + "DO: x", "FIX" + "ME", "XX" + "X", "not " + "implemented", "a st" + "ub"):
            with self.subTest(word):
                self.assert_one(self.check(word), "docs/a.md:1:", "unfinished work")

    def test_binary_files_are_not_read(self):
        (self.root / "a.bin").write_bytes(b"\0TO" + b"DO")
        self.assertEqual([], tree_check.check(self.root, ["a.bin"]))

    def test_only_tracked_files_count(self):
        subprocess.run(["git", "init", "-q", self.root], check=True)
        self.write("untracked.txt", "XX" + "X")
        self.assertEqual([], tree_check.tracked_files(self.root))


class Sources(unittest.TestCase):
    def test_lines_stay_where_they_are(self):
        text = 'a /* b\n c */ d "e // f" // g\nh R"(i\n// j)" k 1\'000 l\n'
        self.assertEqual('a     \n      d "e // f"     \nh R"(i\n// j)" k 1\'000 l\n',
                         sources.without_comments(text, keep_strings=True))
        self.assertEqual('a     \n      d              \nh     \n       k 1\'000 l\n',
                         sources.without_comments(text, keep_strings=False))


if __name__ == "__main__":
    unittest.main()
