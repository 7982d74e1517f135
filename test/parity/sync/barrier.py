"""asyncio.Barrier: tasks that wait for each other, round after round."""

import asyncio

from outcomes import attempt, outcome
from support import main, scenario


async def settle():
    for _ in range(8):
        await asyncio.sleep(0)


def state(primitive):
    text = repr(primitive)
    return text[text.index("[") : -1]


def parties(log, barrier, names, rounds=1):
    async def come(name):
        for _ in range(rounds):
            log.append(f"{name} {await outcome(barrier.wait())}")

    return [asyncio.create_task(come(name)) for name in names]


def plain_parties(log, barrier, names):
    """The same without catching, so that a cancelled task ends as cancelled."""

    async def come(name):
        log.append(f"{name} {await barrier.wait()}")

    return [asyncio.create_task(come(name)) for name in names]


@scenario("the last party releases all, who get their place of arrival [SYNC-15 SYNC-16 SYNC-21]")
async def releases(print):
    barrier, log = asyncio.Barrier(3), []
    tasks = parties(log, barrier, "ab")
    await settle()
    print(log, state(barrier), barrier.parties, barrier.n_waiting, barrier.broken)
    tasks += parties(log, barrier, "c")
    await asyncio.gather(*tasks)
    print(log, state(barrier), barrier.n_waiting)


@scenario("a barrier for one never waits [SYNC-15 SYNC-16]")
async def single(print):
    barrier = asyncio.Barrier(1)
    asyncio.get_running_loop().call_soon(print, "the next turn")
    print(await barrier.wait(), await barrier.wait(), state(barrier))
    await asyncio.sleep(0)


@scenario("a barrier needs at least one party [SYNC-15]")
async def refused(print):
    print(attempt(lambda: asyncio.Barrier(0)), attempt(lambda: asyncio.Barrier(-3)))


@scenario("a barrier is used round after round [SYNC-16]")
async def rounds(print):
    barrier, log = asyncio.Barrier(2), []
    await asyncio.gather(*parties(log, barrier, "ab", 3))
    print(log, state(barrier))


@scenario("more tasks than parties form several rounds [SYNC-16]")
async def several(print):
    barrier, log = asyncio.Barrier(2), []
    tasks = parties(log, barrier, "abcdef")
    await settle()
    print(log, state(barrier))
    await asyncio.gather(*tasks)


@scenario("who comes while a round drains waits until it has drained [SYNC-16]")
async def draining(print):
    barrier, log = asyncio.Barrier(3), []
    tasks = plain_parties(log, barrier, "ab")
    await settle()
    tasks += plain_parties(log, barrier, "cde")
    await asyncio.sleep(0)
    print(log, state(barrier), barrier.n_waiting)
    await settle()
    print(log, state(barrier), barrier.n_waiting)
    tasks += plain_parties(log, barrier, "f")
    await asyncio.gather(*tasks)
    print(log, state(barrier))


@scenario("a cancelled party leaves the barrier whole [SYNC-16]")
async def cancelled(print):
    barrier, log = asyncio.Barrier(3), []
    tasks = plain_parties(log, barrier, "ab")
    await settle()
    tasks[0].cancel()
    await settle()
    print(state(barrier), barrier.n_waiting)
    tasks += plain_parties(log, barrier, "cd")
    print([await outcome(task) for task in tasks], log, state(barrier))


@scenario("after a cancellation the others go on in this order [SYNC-16]")
async def cancelled_order(print):
    barrier, log = asyncio.Barrier(5), []
    tasks = plain_parties(log, barrier, "abcd")
    await settle()
    tasks[1].cancel()
    await settle()
    tasks += plain_parties(log, barrier, "ef")
    print([await outcome(task) for task in tasks], log, state(barrier))


@scenario("a party cancelled while its round drains is not missed [SYNC-16]")
async def cancelled_draining(print):
    barrier, log = asyncio.Barrier(3), []
    tasks = parties(log, barrier, "ab")
    await settle()
    print(await barrier.wait(), state(barrier))
    tasks[0].cancel()
    await settle()
    print(log, state(barrier))
    tasks += parties(log, barrier, "cde")
    await asyncio.gather(*tasks)
    print(log, state(barrier))


@scenario("reset breaks the round, and the barrier is usable again [SYNC-18]")
async def reset(print):
    barrier, log = asyncio.Barrier(3), []
    await barrier.reset()
    print(state(barrier))
    tasks = parties(log, barrier, "ab")
    await settle()
    await barrier.reset()
    print(state(barrier), barrier.n_waiting, barrier.broken)
    await settle()
    print(log, state(barrier))
    tasks += parties(log, barrier, "cde")
    await asyncio.gather(*tasks)
    print(log, state(barrier))


@scenario("tasks blocked by a reset join the next round [SYNC-18]")
async def reset_blocked(print):
    barrier, log = asyncio.Barrier(3), []
    tasks = parties(log, barrier, "ab")
    await settle()
    await barrier.reset()
    tasks += parties(log, barrier, "cd")
    await settle()
    print(log, state(barrier))
    tasks += parties(log, barrier, "e")
    await asyncio.gather(*tasks)
    print(log, state(barrier))


@scenario("a reset while a round drains reaches those who have not gone on [SYNC-18]")
async def reset_draining(print):
    barrier, log = asyncio.Barrier(3), []
    tasks = parties(log, barrier, "ab")
    await settle()
    log.append(f"main {await barrier.wait()}")
    await barrier.reset()
    print(state(barrier))
    await asyncio.gather(*tasks)
    print(log, state(barrier))


@scenario("abort breaks the barrier for those who wait and those who come [SYNC-19 SYNC-20]")
async def abort(print):
    barrier, log = asyncio.Barrier(3), []
    tasks = parties(log, barrier, "ab")
    await settle()
    await barrier.abort()
    print(state(barrier), barrier.broken, barrier.n_waiting)
    tasks += parties(log, barrier, "c")
    await asyncio.gather(*tasks)
    print(log, state(barrier))


@scenario("reset repairs an aborted barrier that nobody waits at [SYNC-19]")
async def repair(print):
    barrier, log = asyncio.Barrier(2), []
    await barrier.abort()
    print(await outcome(barrier.wait()), state(barrier))
    await barrier.reset()
    print(state(barrier), barrier.broken)
    await asyncio.gather(*parties(log, barrier, "ab"))
    print(log)


@scenario("an abort while tasks are blocked breaks these too [SYNC-19]")
async def abort_blocked(print):
    barrier, log = asyncio.Barrier(3), []
    tasks = parties(log, barrier, "ab")
    await settle()
    await barrier.reset()
    tasks += parties(log, barrier, "cd")
    await asyncio.sleep(0)
    await barrier.abort()
    await asyncio.gather(*tasks)
    print(log, state(barrier))


main()
