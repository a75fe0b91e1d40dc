"""scripts/demo, the main job that scripts/run does: the first thing a newcomer sees."""

import subprocess

from rig.origin import ROOT


def test_the_demo_pulls_everything_and_answers_its_question():
    done = subprocess.run([ROOT / "scripts/demo"], capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5,127 rows" in done.stdout
    assert "one after the other" in done.stdout
    assert "GB" in done.stdout and "220" in done.stdout, done.stdout
