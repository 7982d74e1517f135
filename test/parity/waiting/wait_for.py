"""asyncio.wait_for: a wait with a limit."""

import asyncio

from outcomes import Boom, name_of, outcome
from support import main, scenario


@scenario("what ends in time gives its result or its error; None is no limit [WAIT-08]")
async def in_time(print):
    async def work():
        await asyncio.sleep(0)
        return "result"

    async def fail():
        await asyncio.sleep(0)
        raise Boom("no")

    print(await outcome(asyncio.wait_for(work(), 60)))
    print(await outcome(asyncio.wait_for(fail(), 60)))
    print(await outcome(asyncio.wait_for(work(), None)))


@scenario("at the limit the work is cancelled, and TimeoutError comes when its cleanup is over [WAIT-08]")
async def too_late(print):
    async def work():
        try:
            await asyncio.sleep(60)
        finally:
            print("cleanup begins")
            await asyncio.sleep(0.02)
            print("cleanup ends")

    print(await outcome(asyncio.wait_for(work(), 0.02)))
    print("cancelling", asyncio.current_task().cancelling())


@scenario("the cause of the TimeoutError is the cancellation that it replaced [WAIT-08 WAIT-09 EXC-03]")
async def cause(print):
    for limit in (0.01, 0):
        try:
            await asyncio.wait_for(asyncio.Future(), limit)
        except asyncio.TimeoutError as error:
            print(name_of(error), "from", name_of(error.__cause__))


@scenario("at the limit a task or a future is cancelled itself [WAIT-08]")
async def cancels_its_argument(print):
    future = asyncio.Future()
    task = asyncio.create_task(asyncio.sleep(60))
    print(await outcome(asyncio.wait_for(future, 0.01)), future.cancelled())
    print(await outcome(asyncio.wait_for(task, 0.01)), task.cancelled())


@scenario("work that swallows the cancellation at the limit still gives its value, or its own error [WAIT-08]")
async def swallows(print):
    async def stubborn():
        print(await outcome(asyncio.sleep(60)))
        return 42

    async def broken():
        try:
            await asyncio.sleep(60)
        finally:
            raise Boom("cleanup")

    print(await outcome(asyncio.wait_for(asyncio.create_task(stubborn()), 0.01)))
    print(await outcome(asyncio.wait_for(asyncio.create_task(broken()), 0.01)))
    print("cancelling", asyncio.current_task().cancelling())


@scenario("a coroutine runs in the task that called wait_for [WAIT-08 TASK-25]")
async def same_task(print):
    caller = asyncio.current_task()

    async def work():
        return asyncio.current_task() is caller

    print(await asyncio.wait_for(work(), 60), await asyncio.wait_for(work(), None))


@scenario("a limit of zero or less takes what is done, and cancels the rest [WAIT-09]")
async def zero(print):
    finished, pending = asyncio.Future(), asyncio.Future()
    finished.set_result("finished")

    async def work():
        print("never")

    for limit in (0, -1):
        print(await outcome(asyncio.wait_for(finished, limit)))
        print(await outcome(asyncio.wait_for(work(), limit)))
    print(await outcome(asyncio.wait_for(pending, 0)), pending.cancelled())


@scenario("with a limit of zero the cleanup of a running task is waited for [WAIT-09]")
async def zero_with_cleanup(print):
    async def work():
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.02)
            print("cleaned up")

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    print(await outcome(asyncio.wait_for(task, 0)), task.cancelled())


@scenario("cancelling the caller cancels the work, and is no timeout [WAIT-10]")
async def cancelled_caller(print):
    async def work():
        try:
            await asyncio.sleep(60)
        finally:
            print("work ends")

    async def call():
        await asyncio.wait_for(work(), 60)

    task = asyncio.create_task(call())
    await asyncio.sleep(0.02)
    task.cancel()
    print(await outcome(task), task.cancelled(), task.cancelling())


@scenario("cancelled in the moment in which the result is there, the caller is cancelled [WAIT-10]")
async def result_and_cancel(print):
    future = asyncio.Future()

    async def call():
        return await asyncio.wait_for(future, 60)

    task = asyncio.create_task(call())
    await asyncio.sleep(0)
    future.set_result("lost")
    task.cancel()
    print(await outcome(task), task.cancelled())


@scenario("of two nested limits the nearer one strikes, and the outer goes on [WAIT-08]")
async def nested(print):
    async def inner():
        print("inner", await outcome(asyncio.wait_for(asyncio.sleep(60), 0.02)))
        print(await asyncio.sleep(0, "the outer goes on"))
        return "outer result"

    print(await outcome(asyncio.wait_for(inner(), 10)))
    print(await outcome(asyncio.wait_for(asyncio.wait_for(asyncio.sleep(60), 10), 0.02)))


if __name__ == "__main__":
    main()
