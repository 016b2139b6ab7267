"""A small src/ to run a script of this folder on."""
import pathlib
import subprocess
import sys
import tempfile


def run(script, folder):
    return subprocess.run([sys.executable, "-B", pathlib.Path(__file__).with_name(script), folder],
                          capture_output=True, text=True, check=False)


def run_on(script, files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return run(script, folder)
