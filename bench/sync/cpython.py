"""The jobs of the sync suite in CPython's asyncio. Plain functions of shape.ts and jobs.ts are repeated here."""

import asyncio

CONTENDERS = 10
LIMIT = 10


def job(run):
    async def prepare(n, _order):
        async def prepared():
            return await run(n)

        return prepared

    return prepare


async def child(i):
    await asyncio.sleep(0)
    return i


async def queue(n):
    there = asyncio.Queue()
    back = asyncio.Queue()

    async def echo():
        for _ in range(n):
            await back.put(await there.get())

    async def ask():
        total = 0
        for i in range(n):
            await there.put(i)
            total += await back.get()
        return total

    echoing = asyncio.create_task(echo())
    total = await asyncio.create_task(ask())
    await echoing
    return total


async def lock_free(n):
    lock = asyncio.Lock()
    total = 0
    for i in range(n):
        async with lock:
            total += i
    return total


async def lock_contended(n):
    lock = asyncio.Lock()
    visits = 0
    last = -1
    occupied = False

    async def contender(me):
        nonlocal visits, last, occupied
        for _ in range(n // CONTENDERS):
            async with lock:
                if occupied:
                    raise RuntimeError("two at a time")
                occupied = True
                if me != last:
                    visits += 1
                last = me
                await asyncio.sleep(0)
                occupied = False

    tasks = [asyncio.create_task(contender(me)) for me in range(CONTENDERS)]
    for task in tasks:
        await task
    return visits


async def limit(n):
    slots = asyncio.Semaphore(LIMIT)
    inside = most = 0

    async def work(i):
        nonlocal inside, most
        async with slots:
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1
            return i

    results = await asyncio.gather(*[work(i) for i in range(n)])
    return sum(results) if most == LIMIT else -most


async def group(children):
    async with asyncio.TaskGroup() as tasks_of:
        tasks = [tasks_of.create_task(child(i)) for i in children]
    return sum(task.result() for task in tasks)


async def group_1(n):
    total = 0
    for i in range(n):
        total += await group([i])
    return total


async def group_1000(n):
    return await group(range(n))


JOBS = {
    "queue": job(queue),
    "lock-free": job(lock_free),
    "lock-contended": job(lock_contended),
    "limit": job(limit),
    "group-1": job(group_1),
    "group-1000": job(group_1000),
}
