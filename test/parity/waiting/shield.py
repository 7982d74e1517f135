"""asyncio.shield: waiting on something without taking it along when the wait is cancelled."""

import asyncio

from outcomes import Boom, outcome
from support import main, scenario


async def after(delay, value):
    await asyncio.sleep(delay)
    return value


@scenario("a shield passes the result or the error of what it shields [WAIT-12]")
async def passes(print):
    async def fail():
        await asyncio.sleep(0)
        raise Boom("no")

    print(await outcome(asyncio.shield(after(0, "result"))))
    print(await outcome(asyncio.shield(fail())))


@scenario("cancelling the shield leaves the inner task running [WAIT-12]")
async def cancel_shield(print):
    inner = asyncio.create_task(after(0.04, "inner"))
    shielded = asyncio.shield(inner)
    asyncio.get_running_loop().call_soon(shielded.cancel)
    print(await outcome(shielded), shielded.cancelled(), "inner done", inner.done())
    print(await inner)


@scenario("a task cancelled while it waits on a shield ends; the inner task runs on [WAIT-12 TASK-19]")
async def cancel_waiter(print):
    async def work():
        await asyncio.sleep(0.04)
        print("inner ends")
        return "inner"

    async def wait():
        await asyncio.shield(inner)

    inner = asyncio.create_task(work())
    waiter = asyncio.create_task(wait())
    await asyncio.sleep(0)
    waiter.cancel()
    print(await outcome(waiter), "inner cancelling", inner.cancelling())
    print(await inner)


@scenario("a cancelled inner task cancels the shield [WAIT-12]")
async def cancel_inner(print):
    inner = asyncio.create_task(after(60, "never"))
    shielded = asyncio.shield(inner)
    asyncio.get_running_loop().call_soon(inner.cancel)
    print(await outcome(shielded), shielded.cancelled())


@scenario("the shield of something done is that very thing [WAIT-12]")
async def done(print):
    future, pending = asyncio.Future(), asyncio.Future()
    future.set_result("result")
    print(asyncio.shield(future) is future, asyncio.shield(pending) is pending)


@scenario("one inner task can have several shields, each cancelled for itself [WAIT-12]")
async def several(print):
    inner = asyncio.create_task(after(0.02, "inner"))
    first, second = asyncio.shield(inner), asyncio.shield(inner)
    first.cancel()
    print(await outcome(first), await outcome(second))


@scenario("a shield in wait_for: the wait ends in time, the work goes on [WAIT-08 WAIT-12]")
async def with_wait_for(print):
    inner = asyncio.create_task(after(0.04, "inner"))
    print(await outcome(asyncio.wait_for(asyncio.shield(inner), 0.01)))
    print("inner done", inner.done(), await inner)


if __name__ == "__main__":
    main()
