"""Runs parity topics in one process: `python run.py TOPIC.py...` prints a JSON object, topic to output."""

import contextlib
import io
import json
import pathlib
import runpy
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))


def output_of(topic):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        runpy.run_path(topic, run_name="__main__")
    return output.getvalue()


json.dump({topic: output_of(topic) for topic in sys.argv[1:]}, sys.stdout)
