"""Task.cancel in each state of the task that it meets."""

import asyncio

from outcomes import Boom, name_of, outcome
from support import main, scenario


@scenario("cancelled before its first step, a task never runs its body [TASK-12 TASK-16]")
async def before_start(print):
    async def work():
        print("never")

    task = asyncio.create_task(work())
    print(task.cancel())
    print(await outcome(task), task.cancelled())


@scenario("cancel is a request: the task is cancelled when it has ended [TASK-12 TASK-13]")
async def request(print):
    async def work():
        try:
            await asyncio.sleep(60)
        finally:
            print("finally")

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    print(task.cancel(), task.cancelled(), task.done(), task.cancelling())
    print(await outcome(task), task.cancelled(), task.done(), task.cancelling())


@scenario("cancelled while it waits on a future, the future is cancelled and the task wakes [TASK-12]")
async def on_future(print):
    future = asyncio.Future()

    async def work():
        try:
            await future
        except asyncio.CancelledError:
            print("interrupted", future.cancelled())
            raise

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    print("future cancelled", future.cancelled())
    print(await outcome(task))


@scenario("cancelled while it waits on another task, that task is cancelled first [TASK-12 TASK-19]")
async def on_task(print):
    async def inner():
        try:
            await asyncio.sleep(60)
        finally:
            print("inner ends")

    async def outer():
        try:
            await inner_task
        finally:
            print("outer ends")

    inner_task = asyncio.create_task(inner())
    outer_task = asyncio.create_task(outer())
    await asyncio.sleep(0)
    outer_task.cancel()
    print(await outcome(outer_task), inner_task.cancelled(), inner_task.cancelling())


@scenario("an inner task that refuses to end keeps the outer one going [TASK-19 TASK-20]")
async def inner_refuses(print):
    async def inner():
        return await outcome(asyncio.sleep(60))

    async def outer():
        return "outer saw", await inner_task

    inner_task = asyncio.create_task(inner())
    outer_task = asyncio.create_task(outer())
    await asyncio.sleep(0)
    outer_task.cancel()
    print(*await outer_task)
    print(outer_task.cancelled(), outer_task.cancelling(), inner_task.cancelled())


@scenario("a chain of waiting tasks ends from the innermost outwards [TASK-19]")
async def chain(print):
    async def leaf():
        try:
            await asyncio.sleep(60)
        finally:
            print("leaf ends")

    async def wait_on(name, task):
        try:
            await task
        finally:
            print(name, "ends")

    leaf_task = asyncio.create_task(leaf())
    middle = asyncio.create_task(wait_on("middle", leaf_task))
    root = asyncio.create_task(wait_on("root", middle))
    await asyncio.sleep(0)
    root.cancel()
    print(await outcome(root))
    print(*(task.cancelled() for task in (leaf_task, middle, root)))


@scenario("a task that is done cannot be cancelled [TASK-12 TASK-13]")
async def done(print):
    async def work():
        return "result"

    async def fail():
        raise Boom("no")

    for coroutine in (work, fail):
        task = asyncio.create_task(coroutine())
        await asyncio.wait([task])
        print(task.cancel(), task.cancelled(), task.cancelling())
        print(await outcome(task))


@scenario("a task that cancels itself and returns without a wait is cancelled, its result lost [TASK-17]")
async def by_itself_at_end(print):
    async def work():
        print(asyncio.current_task().cancel())
        return "lost"

    task = asyncio.create_task(work())
    print(await outcome(task), task.cancelled())


@scenario("a task that cancelled itself is interrupted at its next wait [TASK-12 TASK-19]")
async def by_itself_before_wait(print):
    future = asyncio.Future()

    async def work():
        asyncio.current_task().cancel()
        print("goes on until it waits")
        try:
            await future
        finally:
            print("interrupted", future.cancelled())

    print(await outcome(asyncio.create_task(work())))


@scenario("a task with a pending cancellation passes what needs no waiting [TASK-12 FUT-12]")
async def passes_finished(print):
    finished = asyncio.Future()
    finished.set_result("finished")

    async def work():
        asyncio.current_task().cancel()
        print(await finished)
        print(await outcome(asyncio.sleep(0)))
        return "swallowed"

    print(await asyncio.create_task(work()))


@scenario("result first, cancel second: the task is cancelled, and the result is lost on it [TASK-12]")
async def result_then_cancel(print):
    future = asyncio.Future()

    async def work():
        return await future

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    future.set_result("lost")
    print(task.cancel())
    print(await outcome(task), task.cancelled(), future.cancelled())


@scenario("cancel first, result second: the future is done already [TASK-12 FUT-05]")
async def cancel_then_result(print):
    future = asyncio.Future()

    async def work():
        return await future

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    try:
        future.set_result("late")
    except asyncio.InvalidStateError as error:
        print(name_of(error))
    print(await outcome(task), task.cancelled())


if __name__ == "__main__":
    main()
