"""The jobs of the tasks suite in CPython's asyncio. Plain functions of shape.ts and jobs.ts are repeated here."""

import asyncio
import os
import time

SWITCHING = 10
SLEEPERS_PER_BATCH = 10_000
OVERSLEPT = 75


def job(run):
    async def prepare(n, _order):
        async def prepared():
            return await run(n)

        return prepared

    return prepare


async def child(i):
    await asyncio.sleep(0)
    return i


async def spawn_sequential(n):
    total = 0
    for i in range(n):
        total += await asyncio.create_task(child(i))
    return total


async def spawn_batch(n):
    tasks = [asyncio.create_task(child(i)) for i in range(n)]
    total = 0
    for task in tasks:
        total += await task
    return total


async def switch(n):
    changes = 0
    last = -1

    async def switcher(me):
        nonlocal changes, last
        for _ in range(n // SWITCHING):
            if me != last:
                changes += 1
            last = me
            await asyncio.sleep(0)

    tasks = [asyncio.create_task(switcher(me)) for me in range(SWITCHING)]
    for task in tasks:
        await task
    return changes


async def call_soon(n):
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    calls = 0

    def callback():
        nonlocal calls
        calls += 1
        if calls == n:
            done.set_result(None)

    for _ in range(n):
        loop.call_soon(callback)
    await done
    return calls


async def timers(n):
    loop = asyncio.get_running_loop()
    handles = [loop.call_later(30 + i % 10, callback) for i in range(n)]
    cancelled = 0
    for handle in handles:
        handle.cancel()
        if handle.cancelled():
            cancelled += 1
    return cancelled


def callback():
    pass


async def parked(n, _order):
    loop = asyncio.get_running_loop()
    futures = []

    async def park():
        future = loop.create_future()
        futures.append(future)
        return await future + 1

    tasks = [asyncio.create_task(park()) for _ in range(n)]
    await asyncio.sleep(0)

    async def release():
        for future in futures:
            future.set_result(0)
        total = 0
        for task in tasks:
            total += await task
        return total

    return release


async def sleepers(n, order):
    async def prepared():
        asleep = woken = 0
        wake_at = 0
        late = False

        async def sleeper():
            nonlocal asleep, woken, wake_at, late
            now = time.perf_counter()
            if asleep == 0:
                wake_at = now + order["sleep"] / 1000
            asleep += 1
            late = late or woken > 0
            await asyncio.sleep(max(wake_at - now, 0.001))
            woken += 1

        for i in range(n):
            asyncio.create_task(sleeper())  # its timer will keep it alive
            if i % SLEEPERS_PER_BATCH == 0:
                await asyncio.sleep(0)
        while woken < n:
            if late:
                os._exit(OVERSLEPT)
            await asyncio.sleep(0.1)
        return woken

    return prepared


async def cancel(n, _order):
    loop = asyncio.get_running_loop()
    delivered = 0

    async def park():
        nonlocal delivered
        try:
            await loop.create_future()
        except asyncio.CancelledError:
            delivered += 1
            raise

    tasks = [asyncio.create_task(park()) for _ in range(n)]
    await asyncio.sleep(0)

    async def prepared():
        for task in tasks:
            task.cancel()
        for task in tasks:
            try:
                await task
            except asyncio.CancelledError:
                pass
        return delivered

    return prepared


async def ping_pong(n):
    loop = asyncio.get_running_loop()
    to_ping = loop.create_future()
    to_pong = loop.create_future()

    async def ping():
        nonlocal to_ping
        total = 0
        for i in range(n):
            to_ping = loop.create_future()
            to_pong.set_result(i)
            total += await to_ping
        return total

    async def pong():
        nonlocal to_pong
        for _ in range(n):
            ball = await to_pong
            to_pong = loop.create_future()
            to_ping.set_result(ball)

    ponging = asyncio.create_task(pong())
    total = await asyncio.create_task(ping())
    await ponging
    return total


JOBS = {
    "spawn-sequential": job(spawn_sequential),
    "spawn-batch": job(spawn_batch),
    "switch": job(switch),
    "call-soon": job(call_soon),
    "timers": job(timers),
    "parked": parked,
    "sleepers": sleepers,
    "cancel": cancel,
    "ping-pong": job(ping_pong),
}
