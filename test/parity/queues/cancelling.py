"""asyncio.Queue: cancelling those who wait."""

import asyncio

from outcomes import outcome
from support import main, scenario


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


def getters(log, queue, names):
    async def get(name):
        log.append(f"{name} {await queue.get()}")

    return [asyncio.create_task(get(name)) for name in names]


def putters(log, queue, items):
    async def put(item):
        await queue.put(item)
        log.append(f"put {item}")

    return [asyncio.create_task(put(item)) for item in items]


async def outcomes(tasks):
    return [await outcome(task) for task in tasks]


@scenario("a cancelled getter is no longer in the line [Q-05]")
async def getter(print):
    queue, log = asyncio.Queue(), []
    tasks = getters(log, queue, "abc")
    await settle()
    tasks[1].cancel()
    await settle()
    print(str(queue))
    for item in (1, 2):
        queue.put_nowait(item)
    print(await outcomes(tasks), log, str(queue))


@scenario("a getter cancelled when it was just woken passes the item on [Q-05]")
async def woken_getter(print):
    queue, log = asyncio.Queue(), []
    tasks = getters(log, queue, "abc")
    await settle()
    queue.put_nowait(1)
    tasks[0].cancel()
    await settle()
    print(log, str(queue))
    queue.put_nowait(2)
    print(await outcomes(tasks), log, str(queue))


@scenario("several getters cancelled when they were just woken pass their items on [Q-05]")
async def woken_getters(print):
    queue, log = asyncio.Queue(), []
    tasks = getters(log, queue, "abcd")
    await settle()
    queue.put_nowait(1)
    queue.put_nowait(2)
    tasks[0].cancel()
    tasks[1].cancel()
    print(await outcomes(tasks), log, str(queue))


@scenario("an item stays in the queue when its only getter is cancelled [Q-05]")
async def item_stays(print):
    queue, log = asyncio.Queue(), []
    tasks = getters(log, queue, "a")
    await settle()
    queue.put_nowait(1)
    tasks[0].cancel()
    print(await outcomes(tasks), log, str(queue))


@scenario("a cancelled putter has not put its item and is no longer in the line [Q-03]")
async def putter(print):
    queue, log = asyncio.Queue(1), []
    queue.put_nowait(0)
    tasks = putters(log, queue, [1, 2, 3])
    await settle()
    tasks[0].cancel()
    tasks[2].cancel()
    await settle()
    print(str(queue))
    print(queue.get_nowait(), await outcomes(tasks), log, str(queue))


@scenario("a putter cancelled when it was just woken passes the room on [Q-03]")
async def woken_putter(print):
    queue, log = asyncio.Queue(1), []
    queue.put_nowait(0)
    tasks = putters(log, queue, [1, 2, 3])
    await settle()
    print(queue.get_nowait())
    tasks[0].cancel()
    await settle()
    print(log, str(queue))
    print(queue.get_nowait(), await outcomes(tasks), log, queue.get_nowait(), str(queue))


@scenario("all putters cancelled when one was just woken leave the room free [Q-03]")
async def all_putters(print):
    queue, log = asyncio.Queue(1), []
    queue.put_nowait(0)
    tasks = putters(log, queue, [1, 2])
    await settle()
    queue.get_nowait()
    for task in tasks:
        task.cancel()
    print(await outcomes(tasks), log, str(queue), queue.full())


@scenario("a timeout of a get loses no item [Q-05 WAIT-09]")
async def timed_out(print):
    queue = asyncio.Queue()
    print(await outcome(asyncio.wait_for(queue.get(), 0.01)), str(queue))
    queue.put_nowait("item")
    print(await outcome(asyncio.wait_for(queue.get(), 0.01)), str(queue))


main()
