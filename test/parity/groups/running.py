"""asyncio.TaskGroup: starting tasks and waiting for them."""

import asyncio
import contextvars

from error_trees import fail, outcome, wait_long
from support import main, scenario


@scenario("a group waits for all its tasks, and each has its result [TG-03]")
async def waits(print):
    async with asyncio.TaskGroup() as group:
        slow = group.create_task(asyncio.sleep(0.02, "slow"))
        fast = group.create_task(asyncio.sleep(0.01, "fast"))
        print("body ends", slow.done(), fast.done())
    print(slow.result(), fast.result())


@scenario("tasks may be added while the body waits [TG-02 TG-03]")
async def added_later(print):
    async with asyncio.TaskGroup() as group:
        first = group.create_task(asyncio.sleep(0.01, 42))
        await asyncio.sleep(0.015)
        second = group.create_task(asyncio.sleep(0.01, 11))
        print(first.done(), second.done())
    print(first.result(), second.result())


@scenario("a task that is cancelled alone is no error and disturbs nobody [TG-05]")
async def cancelled_alone(print):
    async with asyncio.TaskGroup() as group:
        first = group.create_task(wait_long(print, "first"))
        await asyncio.sleep(0)
        first.cancel()
        second = group.create_task(asyncio.sleep(0.01, 11))
    print(first.cancelled(), second.result(), asyncio.current_task().cancelling())


@scenario("a task that throws CancelledError by itself is no error either [TG-05]")
async def cancels_itself(print):
    async def give_up():
        raise asyncio.CancelledError

    async with asyncio.TaskGroup() as group:
        first = group.create_task(give_up())
        second = group.create_task(asyncio.sleep(0.01, 11))
    print(first.cancelled(), second.result())


@scenario("a group without tasks is no wait: a task with a pending cancellation passes it [TG-03]")
async def no_tasks(print):
    async def run():
        asyncio.current_task().cancel()
        async with asyncio.TaskGroup():
            print("body")
        print("behind the group")
        await asyncio.sleep(0)

    print(await outcome(asyncio.create_task(run())))


@scenario("a group whose tasks have all ended is no wait either [TG-03]")
async def tasks_ended(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            print(await group.create_task(asyncio.sleep(0, "done")))
            await asyncio.sleep(0)
            asyncio.current_task().cancel()
        print("behind the group")
        await asyncio.sleep(0)

    print(await outcome(asyncio.create_task(run())))


@scenario("tasks start in the order of their creation, and not before the body waits [TG-02]")
async def order(print):
    async def work(name):
        print(name, "starts")
        await asyncio.sleep(0)
        print(name, "ends")

    async with asyncio.TaskGroup() as group:
        for name in "abc":
            group.create_task(work(name))
        print("body waits")
        await asyncio.sleep(0)
        print("body ends")


@scenario("a task may add others while the group waits for it [TG-02 TG-03]")
async def grows(print):
    async def leaf(name):
        await asyncio.sleep(0.01)
        print(name)

    async def root(group):
        await asyncio.sleep(0.01)
        group.create_task(leaf("first leaf"))
        group.create_task(leaf("second leaf"))
        print("root ends")

    async with asyncio.TaskGroup() as group:
        group.create_task(root(group))
        print("body ends")
    print("group ends")


@scenario("tasks that multiply are stopped by an error all the same [TG-02 TG-04]")
async def hydra(print):
    heads = 0

    async def grow(group):
        nonlocal heads
        heads += 1
        await asyncio.sleep(0.002)
        group.create_task(grow(group))
        group.create_task(grow(group))

    async def fight():
        while heads < 10:
            await asyncio.sleep(0.003)
        await fail("Hercules")

    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(grow(group))
            group.create_task(fight())

    print(await outcome(run()), heads >= 10)


@scenario("a task gets the name and the context that it is given [TG-02]")
async def name_and_context(print):
    variable = contextvars.ContextVar("variable", default="unset")

    async def work(value):
        await asyncio.sleep(0)
        variable.set(value)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(asyncio.sleep(0), name="yolo")
        print(task.get_name())
        context = contextvars.copy_context()
        for value in (1, 2):
            await group.create_task(work(value), context=context)
            print(context[variable], variable.get())


@scenario("the body may wait for its tasks and use their results [TG-03]")
async def results_in_body(print):
    async with asyncio.TaskGroup() as group:
        parts = [group.create_task(asyncio.sleep(0, n)) for n in (1, 2, 3)]
        print(sum([await part for part in parts]))


@scenario("two groups may run side by side in two tasks [TG-03 TG-04]")
async def side_by_side(print):
    async def run(name, work):
        async with asyncio.TaskGroup() as group:
            group.create_task(work)
            group.create_task(asyncio.sleep(0.01))
        return f"{name} ends well"

    failing = asyncio.create_task(run("failing", fail("a")))
    working = asyncio.create_task(run("working", asyncio.sleep(0)))
    print(await outcome(failing))
    print(await outcome(working))


if __name__ == "__main__":
    main()
