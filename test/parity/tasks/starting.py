"""Making tasks: names, the order in which they start, who is the current one, what they end with."""

import asyncio

from outcomes import Boom, attempt, outcome
from support import main, scenario


@scenario("create_task starts nothing until its creator awaits [TASK-01]")
async def starts_later(print):
    async def work():
        print("work")

    task = asyncio.create_task(work())
    print("created", task.done())
    await asyncio.sleep(0)
    print("after one turn")
    await task


@scenario("tasks start in the order of their creation [TASK-01 TASK-03]")
async def start_order(print):
    async def work(name):
        print(name, "starts")
        await asyncio.sleep(0)
        print(name, "goes on")

    tasks = [asyncio.create_task(work(name)) for name in "abc"]
    print("created")
    for task in tasks:
        await task


@scenario("sleep(0) gives each of the other tasks a turn [WAIT-01 TASK-10]")
async def taking_turns(print):
    async def work(name):
        for turn in range(3):
            print(name, turn)
            await asyncio.sleep(0)

    tasks = [asyncio.create_task(work(name)) for name in "ab"]
    for task in tasks:
        await task


@scenario("a task made by a task starts after those that were already queued [TASK-01]")
async def nested_start(print):
    async def inner():
        print("inner")

    async def outer():
        print("outer")
        task = asyncio.create_task(inner())
        print("outer created inner")
        await task
        print("outer ends")

    async def other():
        print("other")

    tasks = [asyncio.create_task(outer()), asyncio.create_task(other())]
    for task in tasks:
        await task


@scenario("a task has the name it was given, or one of its own [TASK-05]")
async def names(print):
    async def work():
        return asyncio.current_task().get_name()

    named = asyncio.create_task(work(), name="worker")
    first, second = asyncio.create_task(work()), asyncio.create_task(work())
    print(named.get_name(), first.get_name().startswith("Task-"), first.get_name() == second.get_name())
    first.set_name("renamed")
    for task in (named, first):
        print(await task)
    await second


@scenario("current_task is the task that runs; a callback has none [TASK-25]")
async def current(print):
    loop = asyncio.get_running_loop()
    body = asyncio.current_task()

    async def work():
        print("in the task", asyncio.current_task() is task)
        await asyncio.sleep(0)
        print("after its await", asyncio.current_task() is task)

    loop.call_soon(lambda: print("in a callback", asyncio.current_task()))
    task = asyncio.create_task(work())
    print("in the body", asyncio.current_task() is body)
    await task
    print("in the body", asyncio.current_task() is body)


@scenario("all_tasks has the tasks of the loop that are not done [TASK-26]")
async def all_of_them(print):
    def others():
        return sorted(task.get_name() for task in asyncio.all_tasks() - {asyncio.current_task()})

    future = asyncio.Future()

    async def work():
        return await future

    async def quick():
        return None

    tasks = [asyncio.create_task(work(), name="waiting"), asyncio.create_task(quick(), name="quick")]
    print(others())
    await tasks[1]
    print(others())
    future.set_result(None)
    await tasks[0]
    print(others())
    print(asyncio.current_task() in asyncio.all_tasks())


@scenario("a task ends with the result or the error of its coroutine [TASK-15 TASK-31]")
async def ends(print):
    error = Boom("no")

    async def work():
        return "result"

    async def fail():
        raise error

    finished, failed = asyncio.create_task(work()), asyncio.create_task(fail())
    print(attempt(lambda: finished.result()))
    print(attempt(lambda: finished.exception()))
    await asyncio.wait([finished, failed])
    print(finished.result(), finished.exception(), finished.cancelled())
    print(attempt(lambda: failed.result()))
    print(failed.exception() is error, failed.cancelled())
    try:
        await failed
    except Boom as raised:
        print(raised is error)


@scenario("nobody but its coroutine settles a task [TASK-04]")
async def settled_by_coroutine(print):
    async def work():
        return "result"

    task = asyncio.create_task(work())
    print(attempt(lambda: task.set_result("other")))
    print(attempt(lambda: task.set_exception(Boom("other"))))
    print(await task)


@scenario("a task that awaits itself is refused, and can go on [TASK-10]")
async def awaits_itself(print):
    async def work():
        print(await outcome(asyncio.current_task()))
        return "result"

    print(await asyncio.create_task(work()))


@scenario("a future of another loop is refused where it is awaited [TASK-10]")
async def other_loop(print):
    other = asyncio.new_event_loop()
    print(await outcome(other.create_future()))
    print("the task goes on", await asyncio.sleep(0, "unharmed"))
    other.close()


@scenario("a task may be awaited by many; they wake first in, first out, with the same result [TASK-10 FUT-12]")
async def awaited_by_many(print):
    gate = asyncio.Future()

    async def work():
        return await gate

    async def wait(name):
        print(name, await task)

    task = asyncio.create_task(work())
    waiters = [asyncio.create_task(wait(name)) for name in "abcd"]
    await asyncio.sleep(0)
    gate.set_result("result")
    for waiter in waiters:
        await waiter
    print("again", await task)


if __name__ == "__main__":
    main()
