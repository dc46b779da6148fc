"""Tests tests/gpu/run on the virtual GPU: `run_test.py PATH_OF_ASSAY`."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).with_name("run")
SOURCES = pathlib.Path(__file__).resolve().parents[1] / "e2e/candidates"
PROGRAM = sys.argv.pop(1)


class GpuRun(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        task = self.folder / "candidates/vector_add"
        task.mkdir(parents=True)
        for name in ("good.cu", "unwritten.cu"):
            shutil.copy(SOURCES / name, task)
        self.expect(good="passed", unwritten="incorrect")

    def expect(self, **verdicts):
        text = json.dumps({f"{name}.cu": {"status": status} for name, status in verdicts.items()})
        (self.folder / "candidates/vector_add/expect.json").write_text(text)

    def run_script(self, *arguments):
        return subprocess.run([SCRIPT, "--assay", PROGRAM, "--device", "vgpu", "--suites", "demo", "--out",
                               self.folder / "out", "--candidates", self.folder / "candidates", *arguments],
                              capture_output=True, text=True, check=False)

    def test_records_and_agrees_with_itself(self):
        first = self.run_script("--against", self.folder / "none")
        self.assertEqual(first.returncode, 0, first.stdout + first.stderr)
        recorded = self.folder / "out/assay-vgpu.jsonl"
        lines = [json.loads(line) for line in recorded.read_text().splitlines()]
        self.assertEqual(["passed", "incorrect"], [line["status"] for line in lines])
        self.assertEqual("vgpu", lines[0]["device"]["kind"])

        earlier = self.folder / "earlier.jsonl"
        recorded.rename(earlier)
        second = self.run_script("--against", earlier)
        self.assertEqual(second.returncode, 0, second.stdout + second.stderr)
        self.assertIn("2 of 2 verdicts agree", second.stdout)

        lines[0]["status"] = "race"
        earlier.write_text("".join(json.dumps(line) + "\n" for line in lines))
        third = self.run_script("--against", earlier)
        self.assertEqual(third.returncode, 1, third.stdout + third.stderr)
        self.assertIn("vector_add/good: passed here, race on", third.stdout)

    def test_unexpected_verdict_is_exit_1(self):
        self.expect(good="passed", unwritten="passed")
        result = self.run_script("--against", self.folder / "none")
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)

    def test_without_a_gpu_it_says_so(self):
        result = self.run_script("--device", "cuda:99")
        self.assertEqual(result.returncode, 4, result.stdout + result.stderr)
        self.assertIn("no GPU", result.stderr)


if __name__ == "__main__":
    unittest.main()
