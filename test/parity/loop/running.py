"""Starting, stopping and closing an event loop."""

import asyncio

from outcomes import Boom, attempt
from support import main, scenario


@scenario("stop before the run: what is ready runs, what that schedules does not [LOOP-02]")
def stop_before_run(print):
    loop = asyncio.new_event_loop()

    def first():
        print("first")
        loop.call_soon(print, "nested")

    loop.call_soon(first)
    loop.call_later(0, print, "timer of 0")
    loop.stop()
    loop.run_forever()
    print("stopped")
    loop.stop()
    loop.run_forever()
    print("stopped again")
    loop.close()


@scenario("stop while running: the current batch ends, later callbacks wait for the next run [LOOP-03]")
def stop_while_running(print):
    loop = asyncio.new_event_loop()

    def stopper():
        loop.stop()
        loop.stop()
        loop.call_soon(print, "scheduled by the stopper")

    loop.call_soon(stopper)
    loop.call_soon(print, "same batch")
    loop.run_forever()
    print("stopped")
    loop.call_soon(loop.stop)
    loop.run_forever()
    print("stopped again")
    loop.close()


@scenario("stop from a task or a timer ends run_forever, and pending tasks go on in the next run [LOOP-01 LOOP-03]")
def stop_from_a_timer(print):
    loop = asyncio.new_event_loop()

    async def work():
        print("work begins")
        await asyncio.sleep(0.06)
        print("work ends")
        loop.stop()

    loop.create_task(work())
    loop.call_later(0.02, loop.stop)
    loop.run_forever()
    print("stopped")
    loop.run_forever()
    loop.close()


@scenario("run_until_complete gives the result of a coroutine, a task or a future [LOOP-04]")
def until_complete(print):
    loop = asyncio.new_event_loop()

    async def work(value):
        await asyncio.sleep(0)
        return value

    future = loop.create_future()
    loop.call_soon(future.set_result, "future")
    print(loop.run_until_complete(work("coroutine")))
    print(loop.run_until_complete(loop.create_task(work("task"))))
    print(loop.run_until_complete(future))
    print(loop.run_until_complete(future))
    loop.close()


@scenario("run_until_complete raises the error or the cancellation of what it ran [LOOP-04]")
def until_complete_errors(print):
    loop = asyncio.new_event_loop()

    async def fail():
        raise Boom("no")

    future = loop.create_future()
    future.cancel()
    print(attempt(lambda: loop.run_until_complete(fail())))
    print(attempt(lambda: loop.run_until_complete(future)))
    print("closed", loop.is_closed())
    loop.close()


@scenario("stopped before its end, run_until_complete is refused, and may be called again [LOOP-04]")
def until_complete_stopped(print):
    loop = asyncio.new_event_loop()
    task = loop.create_task(asyncio.sleep(0.06, "slept"))
    loop.call_later(0.02, loop.stop)
    print(attempt(lambda: loop.run_until_complete(task)))
    print("done", task.done())
    print(attempt(lambda: loop.run_until_complete(task)))
    loop.close()


@scenario("run_until_complete refuses a future of another loop, and anything not awaitable [LOOP-04 FUT-17]")
def until_complete_refusals(print):
    loop, other = asyncio.new_event_loop(), asyncio.new_event_loop()
    print(attempt(lambda: loop.run_until_complete(other.create_future())))
    print(attempt(lambda: loop.run_until_complete(42)))
    loop.close()
    other.close()


@scenario("callbacks ready together with the end of run_until_complete still run [LOOP-04 LOOP-13]")
def until_complete_batch(print):
    loop = asyncio.new_event_loop()
    future = loop.create_future()

    def finish():
        print("finish")
        future.set_result("result")
        loop.call_soon(print, "queued behind the result")

    loop.call_soon(finish)
    print(loop.run_until_complete(future))
    loop.close()


@scenario("a running loop refuses to be run again or closed [LOOP-01 LOOP-05 LOOP-07]")
def refusals_while_running(print):
    loop = asyncio.new_event_loop()

    async def body():
        print("running", loop.is_running())
        print("run_until_complete", attempt(lambda: loop.run_until_complete(loop.create_future())))
        print("close", attempt(lambda: loop.close()))

    loop.run_until_complete(body())
    print("running", loop.is_running(), "closed", loop.is_closed())
    loop.close()
    print("running", loop.is_running(), "closed", loop.is_closed())


@scenario("close may be repeated, and drops what was scheduled [LOOP-06 LOOP-07]")
def close_drops(print):
    loop = asyncio.new_event_loop()
    loop.call_soon(print, "never")
    loop.call_later(0, print, "never")
    print("closed", loop.is_closed())
    loop.close()
    loop.close()
    print("closed", loop.is_closed())


@scenario("a closed loop refuses all work, but still tells the time and makes futures [LOOP-07]")
def after_close(print):
    loop = asyncio.new_event_loop()
    loop.close()
    coroutine = asyncio.sleep(0)
    calls = {
        "call_soon": lambda: loop.call_soon(print, "never"),
        "call_soon_threadsafe": lambda: loop.call_soon_threadsafe(print, "never"),
        "call_later": lambda: loop.call_later(0.01, print, "never"),
        "call_at": lambda: loop.call_at(loop.time(), print, "never"),
    }
    for name, call in calls.items():
        print(name, attempt(call))
    print("create_task", attempt(lambda: loop.create_task(coroutine)))
    print("run_forever", attempt(lambda: loop.run_forever()))
    print("run_until_complete", attempt(lambda: loop.run_until_complete(loop.create_future())))
    print("future done", loop.create_future().done())
    coroutine.close()


if __name__ == "__main__":
    main()
