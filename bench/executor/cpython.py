"""The jobs of the executor suite in CPython: concurrent.futures through asyncio."""

import asyncio
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from operator import pos

one = ThreadPoolExecutor(max_workers=1)
two = ThreadPoolExecutor(max_workers=2)
child = ProcessPoolExecutor(max_workers=1)


def job(run):
    async def prepare(n, _order):
        async def prepared():
            return await run(n)

        return prepared

    return prepare


def round_trips(executor):
    async def run(n):
        loop = asyncio.get_running_loop()
        total = 0
        for i in range(n):
            total += await loop.run_in_executor(executor, pos, i)
        return total

    return job(run)


async def throughput(n):
    loop = asyncio.get_running_loop()
    return sum(await asyncio.gather(*[loop.run_in_executor(two, pos, i) for i in range(n)]))


JOBS = {
    "thread-round-trip": round_trips(one),
    "thread-throughput": job(throughput),
    "process-round-trip": round_trips(child),
}
