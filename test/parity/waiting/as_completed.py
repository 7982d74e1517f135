"""asyncio.as_completed: several awaitables, one after the other as they end."""

import asyncio

from outcomes import Boom, attempt, name_of, outcome
from support import main, scenario


async def after(delay, value):
    await asyncio.sleep(delay)
    return value


@scenario("async iteration gives the very tasks, in the order in which they end [WAIT-11]")
async def async_iteration(print):
    tasks = [asyncio.create_task(after(delay, name)) for delay, name in ((0.06, "c"), (0.02, "a"), (0.04, "b"))]
    async for task in asyncio.as_completed(tasks):
        print(task.result(), task in tasks)


@scenario("plain iteration gives an awaitable per member; each has the next result [WAIT-11]")
async def plain_iteration(print):
    completed = asyncio.as_completed([after(0.04, "b"), after(0.02, "a")])
    for next_result in completed:
        print(await next_result)


@scenario("an error comes in its turn, and does not end the iteration [WAIT-11]")
async def errors(print):
    async def fail():
        await asyncio.sleep(0.02)
        raise Boom("no")

    async for task in asyncio.as_completed([after(0.04, "last"), fail(), after(0, "first")]):
        print(await outcome(task))


@scenario("an iteration left by break can be taken up again [WAIT-11]")
async def resumed(print):
    completed = asyncio.as_completed([after(0.05, "c"), after(0.01, "a"), after(0.03, "b")])
    async for task in completed:
        print(task.result())
        break
    print("break")
    async for task in completed:
        print(task.result())


@scenario("at its timeout the iteration ends with TimeoutError, and nothing is cancelled [WAIT-11]")
async def timeout(print):
    slow = asyncio.create_task(after(0.06, "slow"))
    try:
        async for task in asyncio.as_completed([slow, after(0, "quick")], timeout=0.02):
            print(task.result())
    except TimeoutError as error:
        print(name_of(error), "slow is done", slow.done())
    print(await slow)


@scenario("in plain iteration every awaitable left over at the timeout raises TimeoutError [WAIT-11]")
async def timeout_in_plain_iteration(print):
    slow = [asyncio.create_task(after(0.06, name)) for name in "ab"]
    for next_result in asyncio.as_completed([*slow, after(0, "quick")], timeout=0.02):
        print(await outcome(next_result))
    print(await asyncio.gather(*slow))


@scenario("a member given twice comes once; no members, no turns; a single future is a TypeError [WAIT-11]")
async def arguments(print):
    task = asyncio.create_task(after(0, "once"))
    async for completed in asyncio.as_completed([task, task]):
        print(completed.result())
    async for completed in asyncio.as_completed([]):
        print("never")
    print(attempt(lambda: asyncio.as_completed(task)))


if __name__ == "__main__":
    main()
