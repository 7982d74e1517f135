"""asyncio.run: a loop per call, results and errors of main, what happens to the tasks that main leaves behind."""

import asyncio

from outcomes import Boom, attempt, name_of, outcome
from support import main, scenario


@scenario("run gives the result of main, or raises its error [RUN-01]")
def result_or_error(print):
    async def answer():
        return 42

    async def fail():
        raise Boom("no")

    print(asyncio.run(answer()))
    print(attempt(lambda: asyncio.run(fail())))


@scenario("each run has a new loop, closed when run ends [RUN-01 LOOP-06 POL-01]")
def new_loop_each_time(print):
    loops = []

    async def remember():
        loops.append(asyncio.get_running_loop())
        print("running", loops[-1].is_running(), "closed", loops[-1].is_closed())

    asyncio.run(remember())
    asyncio.run(remember())
    print("same loop", loops[0] is loops[1])
    for loop in loops:
        print("running", loop.is_running(), "closed", loop.is_closed())


@scenario("run inside a running loop is refused, and main does not start [RUN-01]")
async def nested(print):
    async def inner():
        print("never")

    coroutine = inner()
    print(attempt(lambda: asyncio.run(coroutine)))
    coroutine.close()


@scenario("a task left behind is cancelled, and run waits for its cleanup [RUN-01 RUN-08]")
def left_behind(print):
    async def hang():
        try:
            await asyncio.sleep(60)
        finally:
            print("cleanup begins")
            await asyncio.sleep(0.02)
            print("cleanup ends")

    async def body():
        asyncio.create_task(hang())
        await asyncio.sleep(0)
        print("main ends")
        return "result"

    print(asyncio.run(body()))


@scenario("a leftover that was cancelled before its first step does not start [RUN-08 TASK-16]")
def left_behind_unstarted(print):
    tasks = []

    async def unstarted():
        print("never")

    async def body():
        tasks.append(asyncio.create_task(unstarted()))
        tasks[0].cancel()

    asyncio.run(body())
    print("cancelled", tasks[0].cancelled())


@scenario("an error in the cleanup of a leftover is reported, and the result of main stays [RUN-08 ERR-05]")
def failing_cleanup(print):
    async def hang():
        try:
            await asyncio.sleep(60)
        finally:
            raise Boom("cleanup")

    async def body():
        task = asyncio.create_task(hang())
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, context: print("reported", name_of(context["exception"]), context["task"] is task)
        )
        await asyncio.sleep(0)
        return "result"

    print(asyncio.run(body()))


@scenario("a leftover that swallows its cancellation and returns is not reported [RUN-08 TASK-20]")
def swallowing_leftover(print):
    async def hang():
        print(await outcome(asyncio.sleep(60)))
        return "ignored"

    async def body():
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: print("reported"))
        asyncio.create_task(hang())
        await asyncio.sleep(0)
        return "result"

    print(asyncio.run(body()))


@scenario("leftovers are cancelled also when main fails, before run raises [RUN-01 RUN-08]")
def failing_main(print):
    async def hang():
        print("leftover", await outcome(asyncio.sleep(60)))

    async def body():
        asyncio.create_task(hang())
        await asyncio.sleep(0)
        raise Boom("main")

    print(attempt(lambda: asyncio.run(body())))


@scenario("a main that is cancelled from inside ends run with CancelledError [RUN-01 TASK-12]")
def cancelled_main(print):
    async def body():
        this = asyncio.current_task()
        asyncio.get_running_loop().call_soon(this.cancel)
        await asyncio.sleep(60)

    async def stubborn():
        this = asyncio.current_task()
        asyncio.get_running_loop().call_soon(this.cancel)
        print("inside", await outcome(asyncio.sleep(60)))
        return 7

    print(attempt(lambda: asyncio.run(body())))
    print(attempt(lambda: asyncio.run(stubborn())))


@scenario("debug= sets the debug mode of the loop [RUN-02 DBG-01]")
def debug_mode(print):
    async def mode():
        return asyncio.get_running_loop().get_debug()

    print(asyncio.run(mode(), debug=True))
    print(asyncio.run(mode(), debug=False))


@scenario("loop_factory= makes the loop, and run closes it [RUN-03]")
def loop_factory(print):
    loop = asyncio.new_event_loop()

    def factory():
        print("factory called")
        return loop

    async def body():
        print("on that loop", asyncio.get_running_loop() is loop)

    asyncio.run(body(), loop_factory=factory)
    print("closed", loop.is_closed())


if __name__ == "__main__":
    main()
