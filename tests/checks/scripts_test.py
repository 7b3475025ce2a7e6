#!/usr/bin/env python3
"""Shows what ./run, ./test and tools/setup say to a person who makes a mistake."""
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*command, cwd=ROOT):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


class Scripts(unittest.TestCase):
    def test_run_lists_its_commands_from_anywhere(self):
        done = run(ROOT / "run", "help", cwd="/")
        self.assertEqual(0, done.returncode)
        for command in ("panel", "kiosk", "bench", "faults"):
            self.assertIn(f"./run {command}", done.stdout)
        self.assertIn("./run kiosk PROFILE", done.stdout)

    def test_run_refuses_an_unknown_command_in_one_sentence(self):
        done = run(ROOT / "run", "frobnicate")
        self.assertEqual(2, done.returncode)
        self.assertEqual("", done.stdout)
        self.assertEqual(1, done.stderr.count("\n"))
        self.assertIn("'frobnicate'", done.stderr)

    def test_test_explains_itself(self):
        done = run(ROOT / "test", "--help")
        self.assertEqual(0, done.returncode)
        self.assertIn("--coverage", done.stdout)

    def test_setup_refuses_an_unknown_option(self):
        done = run(ROOT / "tools/setup", "--frobnicate")
        self.assertEqual(2, done.returncode)
        self.assertIn("--frobnicate", done.stderr)


class Pins(unittest.TestCase):
    """tools/setup in a copy of the tree, with a list of packages that needs nothing installed."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = Path(temporary.name)
        shutil.copytree(ROOT / "tools", self.root / "tools")
        (self.root / "tools/packages.txt").write_text("[core]\nbash\n")
        (self.root / "tools/downloads.txt").write_text("")
        for folder in ("tests/mock-platform/contract", ".cache/contract"):  # installed already
            (self.root / folder).mkdir(parents=True)
            (self.root / folder / "package-lock.json").write_text("{}\n")
        self.model = self.root / ".cache/models/a.onnx"
        self.model.parent.mkdir(parents=True)
        self.model.write_bytes(b"hello\n")

    def pin(self, digest):
        (self.root / "tools/pins.sha256").write_text(f"# pins\n{digest}  .cache/models/a.onnx\n")
        return run(self.root / "tools/setup")

    def test_right_file_is_silent(self):
        done = self.pin("5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03")
        self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))

    def test_changed_file_is_named_with_both_sums(self):
        done = self.pin("0" * 64)
        self.assertEqual(1, done.returncode)
        for word in (".cache/models/a.onnx", "0" * 64, "5891b5b522d5df08", "delete the file"):
            self.assertIn(word, done.stderr)

    def test_pin_that_nothing_fetches(self):
        self.model.unlink()
        done = self.pin("0" * 64)
        self.assertEqual(1, done.returncode)
        self.assertIn("tools/downloads.txt", done.stderr)

    def test_every_download_is_pinned(self):
        targets = {line.split()[2] for line in (ROOT / "tools/downloads.txt").read_text().splitlines()
                   if line and not line.startswith("#")}
        pinned = {line.split()[1] for line in (ROOT / "tools/pins.sha256").read_text().splitlines()
                  if not line.startswith("#")}
        self.assertEqual(targets, pinned)


if __name__ == "__main__":
    unittest.main()
