"""asyncio.Runner: several runs on one loop and in one context, then one shutdown."""

import asyncio
import contextvars

from outcomes import Boom, attempt, name_of, outcome
from support import main, scenario


@scenario("the runs of a runner share its loop [RUN-04 RUN-06 RUN-07]")
def one_loop(print):
    async def loop_of_this_run():
        return asyncio.get_running_loop()

    with asyncio.Runner() as runner:
        first = runner.run(loop_of_this_run())
        second = runner.run(loop_of_this_run())
        print(first is second, first is runner.get_loop())
        print("between runs: running", first.is_running(), "closed", first.is_closed())
    print("closed", first.is_closed())


@scenario("a variable that one run sets is seen by the next [RUN-06 CTX-01]")
def one_context(print):
    var = contextvars.ContextVar("var", default="default")

    async def change(value):
        before = var.get()
        var.set(value)
        return before

    with asyncio.Runner() as runner:
        print(runner.run(change("first")))
        print(runner.run(change("second")))
        print(runner.run(change("third")))
    print("outside", var.get())


@scenario("context= runs in that context and leaves the runner's alone [RUN-06 CTX-02]")
def explicit_context(print):
    var = contextvars.ContextVar("var", default="default")

    async def change(value):
        before = var.get()
        var.set(value)
        return before

    own = contextvars.copy_context()
    with asyncio.Runner() as runner:
        print(runner.run(change("own"), context=own))
        print(runner.run(change("shared")))
        print(runner.run(change("again"), context=own))
    print(own.get(var))


@scenario("a runner goes on working after a run that failed [RUN-06]")
def after_failure(print):
    async def fail():
        raise Boom("no")

    async def answer():
        return 42

    with asyncio.Runner() as runner:
        print(attempt(lambda: runner.run(fail())))
        print(runner.run(answer()))


@scenario("a task lives on from run to run, until close cancels it [RUN-06 RUN-08]")
def task_between_runs(print):
    async def hang():
        print("background", await outcome(asyncio.sleep(60)))

    async def start():
        asyncio.create_task(hang(), name="background")

    async def look():
        await asyncio.sleep(0)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        print(*(task.get_name() for task in others))

    with asyncio.Runner() as runner:
        runner.run(start())
        runner.run(look())
        runner.run(look())
        print("closing")


@scenario("a callback scheduled too late for one run waits for the next [RUN-06 LOOP-03]")
def callback_between_runs(print):
    async def first():
        loop = asyncio.get_running_loop()
        loop.call_later(0.02, print, "timer")
        print("first run ends")

    async def second():
        print("second run begins")
        await asyncio.sleep(0.05)

    with asyncio.Runner() as runner:
        runner.run(first())
        print("between")
        runner.run(second())


@scenario("a runner that ran and was closed refuses to run and to give its loop [RUN-05 RUN-06 RUN-07]")
def closed(print):
    async def work():
        print("ran")

    runner = asyncio.Runner()
    runner.run(work())
    runner.close()
    coroutine = work()
    print(attempt(lambda: runner.run(coroutine)))
    print(attempt(lambda: runner.get_loop()))
    coroutine.close()


@scenario("close before the first run makes no loop and closes nothing; after it, it may be repeated [RUN-04 RUN-08]")
def close_without_run(print):
    loop = asyncio.new_event_loop()

    def factory():
        print("factory called")
        return loop

    async def work():
        print("ran")

    runner = asyncio.Runner(loop_factory=factory)
    runner.close()
    print("close did nothing")
    runner.run(work())
    runner.close()
    runner.close()
    print("closed", loop.is_closed())


@scenario("a runner inside a running loop refuses to run [RUN-06]")
async def inside_running_loop(print):
    async def work():
        print("never")

    runner = asyncio.Runner()
    coroutine = work()
    print(attempt(lambda: runner.run(coroutine)))
    coroutine.close()
    runner.close()


@scenario("debug= of the runner holds for each of its runs [RUN-02 RUN-04 DBG-01]")
def debug(print):
    async def mode():
        return asyncio.get_running_loop().get_debug()

    for enabled in (True, False):
        with asyncio.Runner(debug=enabled) as runner:
            print(runner.run(mode()), runner.run(mode()))


@scenario("close reports a leftover that fails, then closes the loop [RUN-08 ERR-05]")
def close_reports(print):
    async def hang():
        await outcome(asyncio.sleep(60))
        raise Boom("cleanup")

    async def start():
        asyncio.create_task(hang())
        await asyncio.sleep(0)

    runner = asyncio.Runner()
    runner.run(start())
    loop = runner.get_loop()
    loop.set_exception_handler(
        lambda loop, context: print("reported", name_of(context["exception"]), "closed", loop.is_closed())
    )
    runner.close()
    print("closed", loop.is_closed())


if __name__ == "__main__":
    main()
