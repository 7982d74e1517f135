"""asyncio.sleep: how long, in which order, with which result."""

import asyncio
import math

from outcomes import outcome
from support import main, scenario


@scenario("sleep takes its time and gives the result it was given, or none [WAIT-01 SCHED-07]")
async def takes_time(print):
    loop = asyncio.get_running_loop()
    begin = loop.time()
    print(await asyncio.sleep(0.03))
    print(await asyncio.sleep(0, "result"))
    print("30 ms or more", loop.time() - begin >= 0.029)


@scenario("sleepers wake by deadline, whoever began first [WAIT-01 LOOP-13]")
async def by_deadline(print):
    async def work(delay):
        await asyncio.sleep(delay / 1000)
        print(delay)

    await asyncio.gather(work(60), work(20), work(80), work(40))


@scenario("a delay of zero or less lets the loop turn once, behind what is queued [WAIT-01]")
async def zero(print):
    loop = asyncio.get_running_loop()
    for delay in (0, -1):
        loop.call_soon(print, "queued before")
        loop.call_soon(loop.call_soon, print, "queued by a callback")
        await asyncio.sleep(delay)
        print("slept", delay)
        await asyncio.sleep(0.01)


@scenario("a delay that is not a number is refused [WAIT-01]")
async def not_a_number(print):
    print(await outcome(asyncio.sleep(math.nan)))


@scenario("a cancelled sleep ends at once [WAIT-01 TASK-12]")
async def cancelled(print):
    loop = asyncio.get_running_loop()
    begin = loop.time()
    task = asyncio.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)
    task.cancel()
    print(await outcome(task), "within a second", loop.time() - begin < 1)


@scenario("many sleepers with one deadline all wake, and only then those behind [WAIT-01 SCHED-06]")
async def one_deadline(print):
    woken = []

    async def work(name, delay):
        await asyncio.sleep(delay)
        woken.append(name)

    await asyncio.gather(*(work("early", 0.02) for _ in range(50)), work("late", 0.06))
    print(len(woken), woken.count("early"), woken[-1])


if __name__ == "__main__":
    main()
