"""ensure_future, wrap_future and isfuture: futures made of other things."""

import asyncio
import concurrent.futures

from outcomes import Boom, attempt, outcome
from support import main, scenario


@scenario("ensure_future gives futures and tasks back as they are [FUT-17]")
async def ensure_same(print):
    async def work():
        return "result"

    future = asyncio.Future()
    task = asyncio.create_task(work())
    print(asyncio.ensure_future(future) is future, asyncio.ensure_future(task) is task)
    await task


@scenario("ensure_future makes a task of a coroutine, which starts later [FUT-17 TASK-01]")
async def ensure_coroutine(print):
    async def work():
        print("work", asyncio.current_task() is task)
        return "result"

    task = asyncio.ensure_future(work())
    print(isinstance(task, asyncio.Task))
    print(await task)


@scenario("ensure_future takes any other awaitable [FUT-17]")
async def ensure_awaitable(print):
    class Later:
        def __init__(self, work):
            self.work = work

        def __await__(self):
            return self.work().__await__()

    async def work():
        return "result"

    async def fail():
        raise Boom("no")

    print(await asyncio.ensure_future(Later(work)))
    print(await outcome(asyncio.ensure_future(Later(fail))))


@scenario("ensure_future of anything else is a TypeError [FUT-17]")
async def ensure_nonsense(print):
    print(attempt(lambda: asyncio.ensure_future("not awaitable")))
    print(attempt(lambda: asyncio.ensure_future(None)))


@scenario("wrap_future takes over the result or the error of a foreign future [FUT-18]")
async def wrap(print):
    finished, failed = concurrent.futures.Future(), concurrent.futures.Future()
    finished.set_result("result")
    failed.set_exception(Boom("no"))
    wrappers = [asyncio.wrap_future(finished), asyncio.wrap_future(failed)]
    for wrapper in wrappers:
        print(await outcome(wrapper))


@scenario("wrap_future gives a future of ours back as it is [FUT-18]")
async def wrap_same(print):
    future = asyncio.Future()
    print(asyncio.wrap_future(future) is future)


@scenario("a cancelled wrapper ends at once, and the late result is dropped [FUT-18 FUT-19]")
async def wrap_cancelled(print):
    source = concurrent.futures.Future()
    source.set_running_or_notify_cancel()
    wrapper = asyncio.wrap_future(source)
    asyncio.get_running_loop().call_soon(wrapper.cancel)
    print(await outcome(wrapper))
    source.set_result("late")
    await asyncio.sleep(0)
    print(wrapper.cancelled())


@scenario("isfuture knows futures and tasks, and nothing else [FUT-16]")
async def isfuture(print):
    async def work():
        return "result"

    task = asyncio.create_task(work())
    gathered = asyncio.gather(task)
    print(asyncio.isfuture(asyncio.Future()), asyncio.isfuture(task), asyncio.isfuture(gathered))
    print(asyncio.isfuture("text"), asyncio.isfuture(None), asyncio.isfuture(work))
    await gathered


if __name__ == "__main__":
    main()
