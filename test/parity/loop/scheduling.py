"""call_soon, call_later, call_at and their handles: what runs, and in which order."""

import asyncio

from outcomes import attempt
from support import main, scenario


@scenario("call_soon runs callbacks once, later, first in, first out, with their arguments [SCHED-01]")
async def first_in_first_out(print):
    loop = asyncio.get_running_loop()
    for number in range(4):
        loop.call_soon(print, "callback", number)
    print("scheduled")
    await asyncio.sleep(0)
    print("after one turn")
    await asyncio.sleep(0)


@scenario("a callback scheduled by a callback runs after those already queued [SCHED-01 LOOP-13]")
async def nested(print):
    loop = asyncio.get_running_loop()

    def outer():
        print("outer")
        loop.call_soon(inner)

    def inner():
        print("inner")
        loop.call_soon(print, "innermost")

    loop.call_soon(outer)
    loop.call_soon(print, "second")
    await asyncio.sleep(0.02)


@scenario("callbacks and first steps of tasks share one queue [SCHED-01 TASK-01 TASK-03]")
async def callbacks_and_tasks(print):
    loop = asyncio.get_running_loop()

    async def work(name):
        print(name)

    loop.call_soon(print, "callback 1")
    first = asyncio.create_task(work("task 1"))
    loop.call_soon(print, "callback 2")
    second = asyncio.create_task(work("task 2"))
    print("scheduled")
    await first
    await second


@scenario("call_soon_threadsafe shares the queue of call_soon [SCHED-02]")
async def threadsafe(print):
    loop = asyncio.get_running_loop()
    loop.call_soon(print, "soon 1")
    loop.call_soon_threadsafe(print, "threadsafe")
    loop.call_soon(print, "soon 2")
    await asyncio.sleep(0)


@scenario("timers fire by deadline, whatever the order of the calls [SCHED-03 LOOP-13]")
async def timers_by_deadline(print):
    loop = asyncio.get_running_loop()
    loop.call_later(0.06, print, "60", "ms")
    loop.call_later(0.02, print, "20", "ms")
    loop.call_later(0.04, print, "40", "ms")
    await asyncio.sleep(0.09)
    print("90 ms")


@scenario("delays below zero are due at once, in order of deadline, behind what is queued [SCHED-03 SCHED-06]")
async def negative_delays(print):
    loop = asyncio.get_running_loop()
    loop.call_later(0, print, "0")
    loop.call_later(-1, print, "-1")
    loop.call_later(-2, print, "-2")
    loop.call_soon(print, "soon")
    await asyncio.sleep(0.02)


@scenario("call_at takes a time of the loop's clock, and the handle knows it [SCHED-04 SCHED-07 SCHED-12]")
async def absolute_times(print):
    loop = asyncio.get_running_loop()
    now = loop.time()
    late = loop.call_at(now + 0.04, print, "late")
    early = loop.call_at(now + 0.02, print, "early")
    print(early.when() == now + 0.02, early.when() < late.when())
    await asyncio.sleep(0.06)
    print("time went on", loop.time() >= now + 0.04)


@scenario("a cancelled handle or timer does not run, and cancel may be repeated [SCHED-08 SCHED-09 SCHED-12]")
async def cancelled_handles(print):
    loop = asyncio.get_running_loop()
    handle = loop.call_soon(print, "never")
    timer = loop.call_later(0.02, print, "never")
    kept = loop.call_later(0.04, print, "kept")
    print(handle.cancelled(), timer.cancelled())
    for cancelled in (handle, timer, handle, timer):
        cancelled.cancel()
    await asyncio.sleep(0.06)
    print(handle.cancelled(), timer.cancelled(), kept.cancelled())


@scenario("a callback can cancel one that is queued behind it in the same batch [SCHED-08]")
async def cancel_in_batch(print):
    loop = asyncio.get_running_loop()
    handles = []

    def first():
        print("first")
        for handle in handles:
            handle.cancel()

    loop.call_soon(first)
    handles.append(loop.call_soon(print, "never"))
    handles.append(loop.call_later(0.02, print, "never"))
    loop.call_soon(print, "last")
    await asyncio.sleep(0.04)


@scenario("cancelling a handle that has run changes nothing more [SCHED-08 SCHED-09]")
async def cancel_after_run(print):
    handle = asyncio.get_running_loop().call_soon(print, "ran")
    await asyncio.sleep(0)
    handle.cancel()
    print("cancelled", handle.cancelled())
    await asyncio.sleep(0)


@scenario("a missing delay or time is a TypeError [SCHED-03 SCHED-04]")
async def missing_times(print):
    loop = asyncio.get_running_loop()
    print(attempt(lambda: loop.call_later(None, print)))
    print(attempt(lambda: loop.call_at(None, print)))


@scenario("callbacks that keep scheduling callbacks do not hold up a timer [LOOP-13 SCHED-06]")
async def busy_loop(print):
    loop = asyncio.get_running_loop()
    fired = loop.create_future()

    def again():
        if not fired.done():
            loop.call_soon(again)

    loop.call_later(0.02, fired.set_result, "timer fired")
    loop.call_soon(again)
    print(await fired)


if __name__ == "__main__":
    main()
