"""The classes of errors, and how an error travels from task to task."""

import asyncio

from outcomes import Boom, name_of, outcome
from support import main, scenario


def error_of(call):
    try:
        return call()
    except BaseException as error:
        return error


@scenario("CancelledError passes a handler that is meant for failures [EXC-01 TASK-21]")
async def passes_handlers(print):
    async def work():
        try:
            return await asyncio.sleep(60, "never")
        except Exception:
            print("never: a cancellation is no failure")
            return "swallowed"

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    print(await outcome(task), task.cancelled())


@scenario("each misuse of a future has its class [EXC-02]")
async def misuse(print):
    future = asyncio.Future()
    print(isinstance(error_of(lambda: future.result()), asyncio.InvalidStateError))
    future.cancel()
    print(isinstance(error_of(lambda: future.result()), asyncio.CancelledError))
    print(isinstance(error_of(lambda: future.set_result(None)), asyncio.InvalidStateError))


@scenario("a timeout and a cancellation are different things [EXC-01 EXC-03]")
async def different(print):
    async def too_late():
        await asyncio.wait_for(asyncio.Future(), 0.01)

    async def cancelled():
        asyncio.current_task().cancel()
        await asyncio.Future()

    for coroutine in (too_late, cancelled):
        task = asyncio.create_task(coroutine())
        await asyncio.wait([task])
        print(await outcome(task), "cancelled", task.cancelled())


@scenario("an error keeps its identity from task to task [TASK-31 WAIT-02]")
async def identity(print):
    error = Boom("no")

    async def fail():
        await asyncio.sleep(0)
        raise error

    async def middle():
        await asyncio.gather(asyncio.create_task(fail()))

    try:
        await asyncio.create_task(middle())
    except Boom as raised:
        print(raised is error)


@scenario("an error thrown by the user is the error caught, whatever its class [FUT-06 TASK-31]")
async def any_class(print):
    for error in (Boom("no"), TypeError("no"), TimeoutError("no"), asyncio.InvalidStateError("no")):
        future = asyncio.Future()
        future.set_exception(error)
        try:
            await future
        except Exception as raised:
            print(name_of(raised), raised is error)


if __name__ == "__main__":
    main()
