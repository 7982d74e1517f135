"""asyncio.Event: a flag that tasks wait for."""

import asyncio

from outcomes import outcome
from support import main, scenario


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


def state(primitive):
    text = repr(primitive)
    return text[text.index("[") : -1]


def waiters(print, event, names):
    async def wait(name):
        print(name, await event.wait(), event.is_set())

    return [asyncio.create_task(wait(name)) for name in names]


@scenario("set wakes all waiters in the order in which they came [SYNC-05]")
async def wakes(print):
    event = asyncio.Event()
    tasks = waiters(print, event, "abc")
    await settle()
    print(state(event), event.is_set())
    event.set()
    print(state(event), event.is_set())
    await asyncio.gather(*tasks)
    print(state(event))


@scenario("waiting for a set event does not suspend [SYNC-05]")
async def already(print):
    event = asyncio.Event()
    event.set()
    asyncio.get_running_loop().call_soon(print, "the next turn")
    print(await event.wait())
    await asyncio.sleep(0)


@scenario("set followed by clear still wakes those who waited [SYNC-05]")
async def pulse(print):
    event = asyncio.Event()
    tasks = waiters(print, event, "ab")
    await settle()
    event.set()
    event.clear()
    tasks += waiters(print, event, "c")
    await settle()
    print([task.done() for task in tasks], state(event))
    event.set()
    await asyncio.gather(*tasks)


@scenario("setting twice and clearing twice is the same as once [SYNC-05]")
async def twice(print):
    event = asyncio.Event()
    event.clear()
    print(state(event))
    event.set()
    event.set()
    print(state(event))
    event.clear()
    event.clear()
    print(state(event))


@scenario("a cancelled waiter leaves, also when the event was just set [SYNC-05]")
async def cancelled(print):
    event = asyncio.Event()
    tasks = waiters(print, event, "abc")
    await settle()
    tasks[0].cancel()
    event.set()
    tasks[2].cancel()
    print([await outcome(task) for task in tasks], state(event))


@scenario("an event may be waited for with a timeout [SYNC-05 WAIT-09]")
async def timed_out(print):
    event = asyncio.Event()
    print(await outcome(asyncio.wait_for(event.wait(), 0.01)), state(event))
    event.set()
    print(await outcome(asyncio.wait_for(event.wait(), 0.01)), state(event))


main()
