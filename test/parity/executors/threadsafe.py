"""run_coroutine_threadsafe, on the loop's own thread."""

import asyncio

from outcomes import Boom, attempt, name_of, outcome
from support import main, scenario


async def soon(value):
    await asyncio.sleep(0)
    return value


@scenario("gives the result of the coroutine [WAIT-13]")
async def result(print):
    loop = asyncio.get_running_loop()
    future = asyncio.run_coroutine_threadsafe(soon(3), loop)
    print(future.done())
    print(await asyncio.wrap_future(future))
    print(future.done(), future.result())


@scenario("gives its error [WAIT-13]")
async def error(print):
    async def fail():
        raise Boom("there")

    future = asyncio.run_coroutine_threadsafe(fail(), asyncio.get_running_loop())
    print(await outcome(asyncio.wrap_future(future)))
    print(name_of(future.exception()))


@scenario("cancelling its future cancels the task [WAIT-13]")
async def cancel(print):
    async def sleep():
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            print("cancelled inside")
            raise

    future = asyncio.run_coroutine_threadsafe(sleep(), asyncio.get_running_loop())
    for _ in range(3):
        await asyncio.sleep(0)
    print(future.cancel())
    for _ in range(3):
        await asyncio.sleep(0)
    print(future.cancelled())


@scenario("a task that cannot be made is its error [WAIT-13]")
async def factory(print):
    loop = asyncio.get_running_loop()

    def no_tasks(loop, coro):
        coro.close()
        raise Boom("no tasks today")

    loop.set_task_factory(no_tasks)
    future = asyncio.run_coroutine_threadsafe(soon(1), loop)
    print(await outcome(asyncio.wrap_future(future)))
    loop.set_task_factory(None)


@scenario("only a coroutine is accepted [WAIT-13]")
async def wrong(print):
    loop = asyncio.get_running_loop()
    print(attempt(lambda: asyncio.run_coroutine_threadsafe(1, loop)))


@scenario("call_soon_threadsafe is the same queue as call_soon [SCHED-02]")
async def same_queue(print):
    loop = asyncio.get_running_loop()
    loop.call_soon(print, "a")
    loop.call_soon_threadsafe(print, "b")
    loop.call_soon(print, "c")
    await asyncio.sleep(0)
    await asyncio.sleep(0)


main()
