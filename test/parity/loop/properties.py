"""Which loop is the current one, and what can be set on it."""

import asyncio

from outcomes import attempt
from support import main, scenario


@scenario("get_running_loop is the loop of the coroutine, the task and the callback that asks [POL-01]")
def running_loop(print):
    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()

    async def ask(loop):
        print("in a coroutine", asyncio.get_running_loop() is loop)
        loop.call_soon(lambda: print("in a callback", asyncio.get_running_loop() is loop))
        await asyncio.create_task(ask_in_task(loop))
        print("and again", asyncio.get_running_loop() is loop)

    async def ask_in_task(loop):
        print("in a task", asyncio.get_running_loop() is loop)

    for loop in (first, second):
        loop.run_until_complete(ask(loop))
        loop.close()


@scenario("new_event_loop makes another loop each time, neither running nor closed [POL-06 LOOP-05 LOOP-06]")
async def new_loop(print):
    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
    print(first is second, first is asyncio.get_running_loop())
    print("running", first.is_running(), "closed", first.is_closed())
    first.close()
    second.close()


@scenario("debug mode can be switched while the loop runs [DBG-01]")
async def debug_mode(print):
    loop = asyncio.get_running_loop()
    for enabled in (True, False):
        loop.set_debug(enabled)
        print(loop.get_debug())


@scenario("a callback counts as slow from 100 ms on, unless told otherwise [DBG-02]")
async def slow_callbacks(print):
    loop = asyncio.get_running_loop()
    print(round(loop.slow_callback_duration * 1000))
    loop.slow_callback_duration = 0.5
    print(round(loop.slow_callback_duration * 1000))


@scenario("in debug mode scheduling anything but a callable is a TypeError [SCHED-01 DBG-01]")
async def not_callable(print):
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    print(attempt(lambda: loop.call_soon("not callable")))
    print(attempt(lambda: loop.call_soon_threadsafe("not callable")))
    print(attempt(lambda: loop.call_later(0.01, "not callable")))
    print(attempt(lambda: loop.call_at(0, "not callable")))


@scenario("timers survive the cancellation of many others [SCHED-14]")
async def many_cancelled_timers(print):
    loop = asyncio.get_running_loop()
    now = loop.time()
    loop.call_at(now + 0.04, print, "second")
    timers = [loop.call_later(30 + number, print, "never") for number in range(300)]
    loop.call_at(now + 0.02, print, "first")
    for timer in timers:
        timer.cancel()
    await asyncio.sleep(0.06)
    print(all(timer.cancelled() for timer in timers))


if __name__ == "__main__":
    main()
