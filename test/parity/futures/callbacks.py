"""Done callbacks: when they run, in which order, and how they are taken back."""

import asyncio

from support import main, scenario


@scenario("callbacks get the future, later, in the order in which they were added [FUT-05 FUT-09]")
async def in_order(print):
    future = asyncio.Future()
    future.add_done_callback(lambda done: print("first", done is future, done.result()))
    future.add_done_callback(lambda done: print("second", done is future, done.result()))
    future.set_result("result")
    print("set")
    await asyncio.sleep(0)


@scenario("a callback added to a finished future runs too, but not at once [FUT-09]")
async def added_late(print):
    future = asyncio.Future()
    future.set_result("result")
    future.add_done_callback(lambda done: print("callback", done.result()))
    print("added")
    await asyncio.sleep(0)
    print("the loop turned")


@scenario("callbacks run for errors and for cancellation as well [FUT-06 FUT-08 FUT-09]")
async def every_end(print):
    failed, cancelled = asyncio.Future(), asyncio.Future()
    failed.add_done_callback(lambda done: print("failed", done.cancelled(), done.exception() is error))
    cancelled.add_done_callback(lambda done: print("cancelled", done.cancelled()))
    error = TypeError("no")
    failed.set_exception(error)
    cancelled.cancel()
    await asyncio.sleep(0)


@scenario("a callback added twice runs twice, and is removed as often [FUT-09 FUT-10]")
async def duplicates(print):
    def twice(done):
        print("twice")

    def once(done):
        print("once")

    future = asyncio.Future()
    future.add_done_callback(twice)
    future.add_done_callback(once)
    future.add_done_callback(twice)
    other = asyncio.Future()
    for callback in (twice, once, twice):
        other.add_done_callback(callback)
    print(other.remove_done_callback(twice), other.remove_done_callback(twice))
    future.set_result(None)
    await asyncio.sleep(0)
    print("other")
    other.set_result(None)
    await asyncio.sleep(0)


@scenario("removing a callback that is not there removes nothing [FUT-10]")
async def remove_unknown(print):
    def callback(done):
        print("never")

    future = asyncio.Future()
    print(future.remove_done_callback(callback))
    future.add_done_callback(callback)
    print(future.remove_done_callback(callback), future.remove_done_callback(callback))
    future.set_result(None)
    await asyncio.sleep(0)


@scenario("once the future is done, removing no longer stops a callback [FUT-10]")
async def remove_too_late(print):
    def callback(done):
        print("callback")

    future = asyncio.Future()
    future.add_done_callback(callback)
    future.set_result(None)
    print(future.remove_done_callback(callback))
    await asyncio.sleep(0)


@scenario("a callback cannot remove the ones that follow it: all were scheduled together [FUT-05 FUT-10]")
async def remove_while_running(print):
    def first(done):
        print("first", done.remove_done_callback(second))

    def second(done):
        print("second")

    future = asyncio.Future()
    future.add_done_callback(first)
    future.add_done_callback(second)
    future.set_result(None)
    await asyncio.sleep(0)


@scenario("a callback added by a callback runs after the others [FUT-09]")
async def add_while_running(print):
    def first(done):
        print("first")
        done.add_done_callback(third)

    def second(done):
        print("second")

    def third(done):
        print("third")

    future = asyncio.Future()
    future.add_done_callback(first)
    future.add_done_callback(second)
    future.set_result(None)
    await asyncio.sleep(0.02)


@scenario("callbacks of two futures run in the order in which the futures were settled [FUT-05 SCHED-01]")
async def two_futures(print):
    loop = asyncio.get_running_loop()
    first, second = asyncio.Future(), asyncio.Future()
    first.add_done_callback(lambda done: print("of the first"))
    second.add_done_callback(lambda done: print("of the second"))
    second.set_result(None)
    loop.call_soon(print, "between")
    first.set_result(None)
    await asyncio.sleep(0)


@scenario("a waiting task wakes in its place among the callbacks [FUT-09 FUT-12 TASK-10]")
async def task_among_callbacks(print):
    future = asyncio.Future()

    async def wait():
        await future
        print("task")

    future.add_done_callback(lambda done: print("callback before"))
    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    future.add_done_callback(lambda done: print("callback after"))
    future.set_result(None)
    await task


@scenario("the callback of a task runs when the task is done, before those who await it go on [FUT-09 TASK-15]")
async def callback_of_task(print):
    async def work():
        print("work")
        return "result"

    task = asyncio.create_task(work())
    task.add_done_callback(lambda done: print("callback", done is task, done.result()))
    print(await task)


if __name__ == "__main__":
    main()
