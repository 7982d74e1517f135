"""The jobs of the process suite in CPython's asyncio. Plain functions of shape.ts are repeated here."""

import asyncio
from asyncio.subprocess import PIPE

MIB = 1_048_576
WORD = b"hello"


async def echo(data):
    child = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE, stderr=PIPE)
    output, _ = await child.communicate(data)
    return output


async def prepare_spawn(n, _order):
    async def prepared():
        fine = 0
        for _ in range(n):
            child = await asyncio.create_subprocess_exec("true")
            fine += await child.wait() == 0
        return fine

    return prepared


async def prepare_spawn_at_once(n, _order):
    async def prepared():
        answers = await asyncio.gather(*[echo(WORD) for _ in range(n)])
        return sum(answer == WORD for answer in answers)

    return prepared


async def prepare_communicate(n, _order):
    data = b"x" * (n * MIB)

    async def prepared():
        return len(await echo(data)) // MIB

    return prepared


JOBS = {
    "spawn": prepare_spawn,
    "spawn-at-once": prepare_spawn_at_once,
    "communicate": prepare_communicate,
}
