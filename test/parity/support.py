"""The Python half of a parity pair.

A topic file registers its scenarios and ends with `main()`:

    from support import scenario, main

    @scenario("a task's result is its coroutine's [TASK-01]")
    async def _(print):
        print(await asyncio.create_task(work()))

    main()

An `async def` runs under `asyncio.run` on a loop of its own; a plain `def` drives its own loops.
What it prints, under the heading `== <name>`, is what the TypeScript twin has to print.

`python run.py TOPIC.py...` runs topics in one process; `PYTHONPATH=test/parity python TOPIC.py` shows a single one.
"""

import asyncio
import faulthandler
import gc
import inspect
import sys

SECONDS_PER_SCENARIO = 20

_scenarios = []


def scenario(name):
    """Registers the decorated function under this name."""

    def register(function):
        if any(name == other for other, _ in _scenarios):
            raise ValueError(f"two scenarios are called {name!r}")
        _scenarios.append((name, function))
        return function

    return register


def main():
    """Runs the scenarios registered so far, in order, and forgets them."""
    scenarios = _scenarios[:]
    _scenarios.clear()
    for name, function in scenarios:
        print(f"== {name}")
        faulthandler.dump_traceback_later(SECONDS_PER_SCENARIO, exit=True, file=sys.__stderr__)
        try:
            if inspect.iscoroutinefunction(function):
                asyncio.run(function(_print_line))
            else:
                function(_print_line)
        except BaseException as error:
            error.add_note(f"in the scenario {name!r}")
            raise
        finally:
            faulthandler.cancel_dump_traceback_later()
        gc.collect()


def _print_line(*values):
    line = " ".join(map(str, values))
    if "\n" in line or line.startswith("== "):
        raise ValueError(f"a scenario prints one plain line at a time, not {line!r}")
    print(line)
