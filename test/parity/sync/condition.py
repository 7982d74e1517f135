"""asyncio.Condition: waiting for a change of state that a lock protects."""

import asyncio

from outcomes import attempt, outcome
from support import main, scenario


async def settle():
    for _ in range(8):
        await asyncio.sleep(0)


def state(primitive):
    text = repr(primitive)
    return text[text.index("[") : -1]


def waiters(log, condition, names):
    async def wait(name):
        async with condition:
            log.append(f"{name} waits")
            await condition.wait()
            log.append(f"{name} {condition.locked()}")

    return [asyncio.create_task(wait(name)) for name in names]


@scenario("wait releases the lock, and has it again when it returns [SYNC-06 SYNC-07]")
async def releases(print):
    condition, log = asyncio.Condition(), []
    tasks = waiters(log, condition, "a")
    await settle()
    print(log, state(condition))
    async with condition:
        condition.notify()
        print(state(condition))
        await settle()
        print(log, state(condition))
    await asyncio.gather(*tasks)
    print(log, state(condition))


@scenario("notify wakes so many, first come, first served [SYNC-09]")
async def notifies(print):
    condition, log = asyncio.Condition(), []
    tasks = waiters(log, condition, "abcde")
    await settle()
    for n in (1, 2, 0, 9):
        log.clear()
        async with condition:
            condition.notify(n)
        await settle()
        print(n, log, state(condition))
    await asyncio.gather(*tasks)


@scenario("notify_all wakes everybody in order [SYNC-09]")
async def notifies_all(print):
    condition, log = asyncio.Condition(), []
    tasks = waiters(log, condition, "abc")
    await settle()
    async with condition:
        condition.notify_all()
    await asyncio.gather(*tasks)
    print(log, state(condition))


@scenario("wait and notify need the lock [SYNC-07 SYNC-09]")
async def unacquired(print):
    condition = asyncio.Condition()
    print(await outcome(condition.wait()))
    print(attempt(condition.notify), attempt(condition.notify_all))
    print(await outcome(condition.wait_for(lambda: False)))
    print(await outcome(condition.wait_for(lambda: "no wait, no lock")))


@scenario("conditions may share a lock [SYNC-06]")
async def shared(print):
    lock = asyncio.Lock()
    full, empty = asyncio.Condition(lock), asyncio.Condition(lock)
    async with full:
        print(lock.locked(), empty.locked())
        empty.notify()
    print(lock.locked(), state(full), state(empty))


@scenario("wait_for looks at once and after each notification [SYNC-08]")
async def predicate(print):
    condition, looks = asyncio.Condition(), []
    value = 0

    def enough():
        looks.append(value)
        return value >= 2 and f"value {value}"

    async def wait():
        async with condition:
            return await condition.wait_for(enough)

    task = asyncio.create_task(wait())
    await settle()
    for step in (1, 2):
        async with condition:
            value = step
            condition.notify()
        await settle()
    print(await task, looks)


@scenario("an error of the predicate is thrown with the lock held [SYNC-08]")
async def failing_predicate(print):
    condition = asyncio.Condition()

    def fail():
        raise TypeError("no")

    async with condition:
        print(await outcome(condition.wait_for(fail)), condition.locked())
    print(condition.locked())


@scenario("a cancelled wait has the lock again before it ends [SYNC-07]")
async def cancelled(print):
    condition, log = asyncio.Condition(), []

    async def wait():
        await condition.acquire()
        try:
            await condition.wait()
        finally:
            log.append(condition.locked())
            condition.release()

    task = asyncio.create_task(wait())
    await settle()
    await condition.acquire()
    task.cancel()
    await settle()
    print(task.done(), log)
    condition.release()
    print(await outcome(task), log, state(condition))


@scenario("cancelling again while the lock is taken back is told with the latest message [SYNC-07]")
async def cancelled_again(print):
    condition = asyncio.Condition()
    messages = []

    async def wait():
        async with condition:
            try:
                await condition.wait()
            except asyncio.CancelledError as error:
                messages.append((str(error), condition.locked()))
                raise

    task = asyncio.create_task(wait())
    await settle()
    await condition.acquire()
    for message in ("first", "second", "third"):
        task.cancel(message)
        await settle()
    print(task.done())
    condition.release()
    print(await outcome(task), [list(message) for message in messages], state(condition))


@scenario("a waiter cancelled after it was notified notifies another [SYNC-07]")
async def notified_and_cancelled(print):
    condition, log = asyncio.Condition(), []
    tasks = waiters(log, condition, "abc")
    await settle()
    log.clear()
    async with condition:
        condition.notify()
    tasks[0].cancel()
    await settle()
    print(log, [task.done() for task in tasks])
    async with condition:
        condition.notify()
    print([await outcome(task) for task in tasks], log)


@scenario("a waiter cancelled while it takes the lock back notifies another [SYNC-07]")
async def relocking_and_cancelled(print):
    condition, log = asyncio.Condition(), []
    tasks = waiters(log, condition, "abc")
    await settle()
    log.clear()
    async with condition:
        condition.notify()
        await settle()
        tasks[0].cancel()
        await settle()
    await settle()
    print(log, [task.done() for task in tasks])
    async with condition:
        condition.notify_all()
    print([await outcome(task) for task in tasks], log)


@scenario("a waiter cancelled without a notification wakes another for nothing [SYNC-07]")
async def spurious(print):
    condition, log = asyncio.Condition(), []
    tasks = waiters(log, condition, "abc")
    await settle()
    log.clear()
    tasks[0].cancel()
    await settle()
    print(log, [task.done() for task in tasks])
    async with condition:
        condition.notify_all()
    print([await outcome(task) for task in tasks], log)


@scenario("notified waiters and newcomers for the lock take turns in order [SYNC-07 SYNC-03]")
async def mixed(print):
    condition, log = asyncio.Condition(), []
    tasks = waiters(log, condition, "ab")
    await settle()
    log.clear()

    async def newcomer():
        async with condition:
            log.append("newcomer")

    async with condition:
        tasks.append(asyncio.create_task(newcomer()))
        await settle()
        condition.notify_all()
        await settle()
    await asyncio.gather(*tasks)
    print(log, state(condition))


@scenario("a timeout ends a wait with the lock held [SYNC-07 TO-01]")
async def timed_out(print):
    condition = asyncio.Condition()
    async with condition:
        print(await outcome(asyncio.wait_for(condition.wait(), 0.01)), condition.locked())
    print(condition.locked())


main()
