"""asyncio.Queue.shutdown, task_done and join."""

import asyncio

from outcomes import attempt, outcome
from support import main, scenario


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


def tasks_of(log, names_and_calls):
    async def wait(name, call):
        log.append(f"{name} {await outcome(call())}")

    return [asyncio.create_task(wait(name, call)) for name, call in names_and_calls]


@scenario("a queue that was shut down refuses items at once [Q-07 Q-04]")
async def refuses(print):
    queue = asyncio.Queue(1)
    queue.shutdown()
    print(attempt(lambda: queue.put_nowait(1)), await outcome(queue.put(1)))
    print(attempt(queue.get_nowait), await outcome(queue.get()), str(queue))


@scenario("a full queue that was shut down says so first [Q-04 Q-07]")
async def refuses_full(print):
    queue = asyncio.Queue(1)
    queue.put_nowait(1)
    queue.shutdown()
    print(attempt(lambda: queue.put_nowait(2)), await outcome(queue.put(2)), str(queue))


@scenario("the items that are left can be taken after a shutdown [Q-07]")
async def leftovers(print):
    queue = asyncio.Queue()
    for item in (1, 2):
        queue.put_nowait(item)
    queue.shutdown()
    print(await queue.get(), queue.get_nowait(), await outcome(queue.get()), str(queue))


@scenario("blocked getters and putters are woken by a shutdown [Q-07]")
async def blocked(print):
    log = []
    empty, full = asyncio.Queue(), asyncio.Queue(1)
    full.put_nowait("item")
    tasks = tasks_of(log, [("get", empty.get), ("get", empty.get), ("put", lambda: full.put(1))])
    await settle()
    empty.shutdown()
    full.shutdown()
    await asyncio.gather(*tasks)
    print(log, str(empty), full.qsize())


@scenario("an immediate shutdown drops the items and ends join [Q-07]")
async def immediate(print):
    queue, log = asyncio.Queue(2), []
    queue.put_nowait(1)
    queue.put_nowait(2)
    tasks = tasks_of(log, [("join", queue.join), ("put", lambda: queue.put(3))])
    await settle()
    queue.shutdown(immediate=True)
    await asyncio.gather(*tasks)
    print(log, await outcome(queue.get()), str(queue))


@scenario("items that were taken before an immediate shutdown still count for join [Q-07 Q-06]")
async def taken(print):
    queue, log = asyncio.Queue(), []
    for item in (1, 2, 3):
        queue.put_nowait(item)
    queue.get_nowait()
    tasks = tasks_of(log, [("join", queue.join)])
    await settle()
    queue.shutdown(immediate=True)
    await settle()
    print(log, str(queue))
    queue.task_done()
    await asyncio.gather(*tasks)
    print(log, attempt(queue.task_done), str(queue))


@scenario("a shutdown may be repeated, and then be immediate [Q-07]")
async def repeated(print):
    queue = asyncio.Queue()
    queue.put_nowait(1)
    queue.shutdown()
    queue.shutdown()
    print(str(queue))
    queue.shutdown(immediate=True)
    print(str(queue), await outcome(queue.get()))
    await queue.join()


@scenario("a getter that was woken for an item gets it in spite of a shutdown [Q-07]")
async def woken(print):
    queue, log = asyncio.Queue(), []
    tasks = tasks_of(log, [("a", queue.get), ("b", queue.get)])
    await settle()
    queue.put_nowait("item")
    queue.shutdown()
    await asyncio.gather(*tasks)
    print(log, str(queue))


@scenario("a putter that was woken for room is refused after a shutdown [Q-07]")
async def woken_putter(print):
    queue, log = asyncio.Queue(1), []
    queue.put_nowait(0)
    tasks = tasks_of(log, [("put", lambda: queue.put(1))])
    await settle()
    queue.get_nowait()
    queue.shutdown()
    await asyncio.gather(*tasks)
    print(log, str(queue))


@scenario("join waits until task_done was called for each item [Q-06]")
async def join(print):
    queue, log = asyncio.Queue(), []
    await queue.join()
    for item in (1, 2):
        queue.put_nowait(item)
    tasks = tasks_of(log, [("join", queue.join), ("join", queue.join)])
    await settle()
    for _ in range(2):
        queue.get_nowait()
        queue.task_done()
        await settle()
        print(log, str(queue))
    await asyncio.gather(*tasks)


@scenario("task_done more often than there were items is refused [Q-06]")
async def too_often(print):
    queue = asyncio.Queue()
    print(attempt(queue.task_done))
    queue.put_nowait(1)
    print(attempt(queue.task_done), attempt(queue.task_done), queue.qsize())


@scenario("join ends although an item was put before it could go on [Q-06]")
async def joined(print):
    queue, log = asyncio.Queue(), []
    queue.put_nowait(1)
    tasks = tasks_of(log, [("join", queue.join)])
    await settle()
    queue.get_nowait()
    queue.task_done()
    queue.put_nowait(2)
    await asyncio.gather(*tasks)
    print(log, str(queue))


@scenario("a cancelled join leaves the others waiting [Q-06]")
async def cancelled_join(print):
    queue = asyncio.Queue()
    queue.put_nowait(1)
    tasks = [asyncio.create_task(queue.join()) for _ in range(2)]
    await settle()
    tasks[0].cancel()
    await settle()
    print([task.done() for task in tasks])
    queue.task_done()
    print([await outcome(task) for task in tasks])


main()
