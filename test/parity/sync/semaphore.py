"""asyncio.Semaphore and BoundedSemaphore: so many at once, first come, first served."""

import asyncio

from outcomes import attempt, outcome
from support import main, scenario


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


def state(primitive):
    text = repr(primitive)
    return text[text.index("[") : -1]


def takers(log, semaphore, names):
    async def take(name):
        await semaphore.acquire()
        log.append(name)

    return [asyncio.create_task(take(name)) for name in names]


@scenario("a semaphore counts down and up [SYNC-10 SYNC-12 SYNC-21]")
async def counts(print):
    semaphore = asyncio.Semaphore(2)
    print(semaphore.locked(), state(semaphore))
    await semaphore.acquire()
    print(semaphore.locked(), state(semaphore))
    await semaphore.acquire()
    print(semaphore.locked(), state(semaphore))
    semaphore.release()
    print(semaphore.locked(), state(semaphore))


@scenario("an initial value of zero is locked, a negative one refused [SYNC-10]")
async def initial(print):
    print(asyncio.Semaphore(0).locked(), asyncio.Semaphore().locked())
    print(attempt(lambda: asyncio.Semaphore(-1)), attempt(lambda: asyncio.BoundedSemaphore(-1)))


@scenario("a release hands its unit to the first waiter [SYNC-11 SYNC-12]")
async def hands_over(print):
    semaphore, log = asyncio.Semaphore(0), []
    tasks = takers(log, semaphore, "abc")
    await settle()
    print(state(semaphore))
    semaphore.release()
    print(semaphore.locked(), state(semaphore))
    await settle()
    print(log, state(semaphore))
    semaphore.release()
    semaphore.release()
    await asyncio.gather(*tasks)
    print(log, state(semaphore))


@scenario("newcomers queue behind waiters although there are units [SYNC-11]")
async def fair(print):
    semaphore, log = asyncio.Semaphore(0), []
    first = takers(log, semaphore, "a")
    await settle()
    second = takers(log, semaphore, "bcd")
    semaphore.release()
    semaphore.release()
    print(semaphore.locked(), state(semaphore))
    await settle()
    print(log, state(semaphore))
    semaphore.release()
    semaphore.release()
    await asyncio.gather(*first, *second)
    print(log, state(semaphore))


@scenario("release may go beyond the initial value [SYNC-13]")
async def beyond(print):
    semaphore = asyncio.Semaphore(1)
    semaphore.release()
    semaphore.release()
    print(state(semaphore))


@scenario("a bounded semaphore refuses to be released too often [SYNC-14]")
async def bounded(print):
    semaphore = asyncio.BoundedSemaphore(2)
    print(attempt(semaphore.release))
    await semaphore.acquire()
    semaphore.release()
    print(attempt(semaphore.release), state(semaphore))


@scenario("a bounded semaphore that hands over is not released too often [SYNC-14 SYNC-11]")
async def bounded_hand_over(print):
    semaphore, log = asyncio.BoundedSemaphore(1), []
    tasks = takers(log, semaphore, "abc")
    await settle()
    semaphore.release()
    print(attempt(semaphore.release) or "accepted", state(semaphore))
    await settle()
    print(log, attempt(semaphore.release), state(semaphore))
    await asyncio.gather(*tasks)
    print(attempt(semaphore.release))


@scenario("a waiter cancelled when it was just granted gives its unit to the next [SYNC-11]")
async def granted_and_cancelled(print):
    semaphore, log = asyncio.Semaphore(0), []
    tasks = takers(log, semaphore, "abc")
    await settle()
    semaphore.release()
    tasks[0].cancel()
    await settle()
    print(log, state(semaphore))
    semaphore.release()
    print([await outcome(task) for task in tasks], log, state(semaphore))


@scenario("all waiters cancelled when units were granted: the units are there again [SYNC-11]")
async def all_cancelled(print):
    semaphore, log = asyncio.Semaphore(0), []
    tasks = takers(log, semaphore, "abc")
    await settle()
    semaphore.release()
    semaphore.release()
    for task in tasks:
        task.cancel()
    print([await outcome(task) for task in tasks], log, state(semaphore))


@scenario("waiters cancelled before a release do not take from it [SYNC-11]")
async def cancelled(print):
    semaphore, log = asyncio.Semaphore(1), []
    await semaphore.acquire()
    tasks = takers(log, semaphore, "abcd")
    await settle()
    tasks[0].cancel()
    tasks[2].cancel()
    semaphore.release()
    print(semaphore.locked())
    await settle()
    semaphore.release()
    print([await outcome(task) for task in tasks], log, state(semaphore))


@scenario("no more than the value work at once [SYNC-11]")
async def at_once(print):
    semaphore, working, most = asyncio.Semaphore(3), 0, 0

    async def work():
        nonlocal working, most
        async with semaphore:
            working += 1
            most = max(most, working)
            await asyncio.sleep(0)
            working -= 1

    await asyncio.gather(*(work() for _ in range(20)))
    print(most, working, state(semaphore))


main()
