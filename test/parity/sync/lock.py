"""asyncio.Lock: one holder at a time, first come, first served."""

import asyncio

from outcomes import attempt, outcome
from support import main, scenario


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


def state(primitive):
    text = repr(primitive)
    return text[text.index("[") : -1]


def holders(print, lock, names):
    """Tasks that take the lock one after the other, and keep it for a turn."""

    async def hold(name):
        async with lock:
            print(name, "holds", lock.locked())
            await asyncio.sleep(0)
        print(name, "released")

    return [asyncio.create_task(hold(name)) for name in names]


@scenario("a free lock is taken without a turn of the loop [SYNC-02 SYNC-03]")
async def free(print):
    lock = asyncio.Lock()
    asyncio.get_running_loop().call_soon(print, "the next turn")
    print(lock.locked(), state(lock))
    await lock.acquire()
    print(lock.locked(), state(lock))
    lock.release()
    print(lock.locked(), state(lock))
    await asyncio.sleep(0)


@scenario("tasks get the lock in the order in which they asked [SYNC-03]")
async def order(print):
    lock = asyncio.Lock()
    await asyncio.gather(*holders(print, lock, "abcd"))


@scenario("a released lock is promised to its first waiter, and newcomers queue [SYNC-03 SYNC-04]")
async def newcomer(print):
    lock = asyncio.Lock()
    await lock.acquire()
    first = holders(print, lock, ["first"])
    await settle()
    lock.release()
    print("free for a moment", not lock.locked())
    second = holders(print, lock, ["second"])
    await asyncio.gather(*first, *second)


@scenario("releasing wakes one waiter only [SYNC-04]")
async def one(print):
    lock = asyncio.Lock()
    await lock.acquire()
    woken = []

    async def wait(name):
        await lock.acquire()
        woken.append(name)

    tasks = [asyncio.create_task(wait(name)) for name in "ab"]
    await settle()
    lock.release()
    await settle()
    print(woken, state(lock))
    lock.release()
    await settle()
    print(woken, state(lock))
    await asyncio.gather(*tasks)


@scenario("releasing a lock that nobody holds is refused [SYNC-04]")
async def not_held(print):
    lock = asyncio.Lock()
    print(attempt(lock.release))
    await lock.acquire()
    lock.release()
    print(attempt(lock.release), lock.locked())


@scenario("any task may release, since a lock has no owner [SYNC-02]")
async def no_owner(print):
    lock = asyncio.Lock()
    await lock.acquire()

    async def release():
        lock.release()

    await asyncio.create_task(release())
    print(lock.locked())


@scenario("a cancelled waiter leaves the others in their order [SYNC-03]")
async def cancelled(print):
    lock = asyncio.Lock()
    await lock.acquire()
    tasks = holders(print, lock, "abc")
    await settle()
    tasks[1].cancel()
    await settle()
    lock.release()
    print([await outcome(task) for task in tasks], state(lock))


@scenario("a waiter cancelled when it was just granted the lock passes it on [SYNC-03]")
async def granted_and_cancelled(print):
    lock = asyncio.Lock()
    await lock.acquire()
    tasks = holders(print, lock, "abc")
    await settle()
    lock.release()
    tasks[0].cancel()
    print([await outcome(task) for task in tasks], state(lock))


@scenario("cancelling all waiters, the granted one too, frees the lock [SYNC-03]")
async def all_cancelled(print):
    lock = asyncio.Lock()
    await lock.acquire()
    tasks = holders(print, lock, "abc")
    await settle()
    lock.release()
    for task in tasks:
        task.cancel()
    print([await outcome(task) for task in tasks], state(lock))
    await lock.acquire()
    print(state(lock))


@scenario("a waiter cancelled before the release lets a newcomer behind the others [SYNC-03]")
async def cancel_then_release(print):
    lock = asyncio.Lock()
    await lock.acquire()
    tasks = holders(print, lock, "ab")
    await settle()
    tasks[0].cancel()
    lock.release()
    tasks += holders(print, lock, "c")
    print([await outcome(task) for task in tasks], state(lock))


@scenario("a timeout while waiting for a lock leaves it usable [SYNC-03 TO-01]")
async def timed_out(print):
    lock = asyncio.Lock()
    await lock.acquire()
    print(await outcome(asyncio.wait_for(lock.acquire(), 0.01)))
    lock.release()
    await lock.acquire()
    print(state(lock))


@scenario("a cancelled task takes a free lock and is cancelled at its first wait [SYNC-03 TASK-10]")
async def pending_cancellation(print):
    lock = asyncio.Lock()

    async def work():
        asyncio.current_task().cancel()
        await lock.acquire()
        print("took it", lock.locked())
        await lock.acquire()

    print(await outcome(asyncio.create_task(work())), state(lock))


@scenario("a lock remembers the loop of its first wait [SYNC-01]")
def binding(print):
    lock = asyncio.Lock()

    async def contend():
        task = asyncio.create_task(lock.acquire())
        await settle()
        lock.release()
        await task
        lock.release()

    async def uncontended():
        await lock.acquire()
        lock.release()

    async def blocked():
        await lock.acquire()
        result = await outcome(lock.acquire())
        lock.release()
        return result

    print("first loop, no wait", asyncio.run(uncontended()))

    async def first():
        await lock.acquire()
        await contend()

    print("second loop, a wait", asyncio.run(first()))
    print("third loop, no wait", asyncio.run(uncontended()))
    print("third loop, a wait", asyncio.run(blocked()))


main()
