"""asyncio.TaskGroup: tasks that fail, a body that fails, and what becomes of the others."""

import asyncio

from error_trees import fail, fail_at_the_end, outcome, tree, wait_long
from outcomes import Boom, name_of
from support import main, scenario


@scenario("when a task fails, the others are cancelled, and the error comes in a group [TG-04]")
async def one_fails(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("a"))
            tasks.append(group.create_task(wait_long(print, "other")))
        print("never")

    tasks = []
    print(await outcome(asyncio.create_task(run())), tasks[0].cancelled())


@scenario("a task that fails while the group waits for others ends the group [TG-04]")
async def fails_while_waiting(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(wait_long(print, "other"))
            group.create_task(fail("a", 0.01))
            group.create_task(wait_long(print, "other"))
            print("body ends")

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("tasks that fail in one turn are all in the group, in the order of their ends [TG-04]")
async def several_fail(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            for name in "abc":
                group.create_task(fail(name))
            await asyncio.sleep(60)

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("errors of tasks that end because of the first error are in the group too [TG-04]")
async def fail_when_cancelled(print):
    async def late(name):
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            raise Boom(name)

    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(late("late"))
            group.create_task(fail_at_the_end("b"))
            group.create_task(fail("a"))

    print(await outcome(run()))


@scenario("one error comes in a group as well, and has no cause [TG-06]")
async def always_a_group(print):
    try:
        async with asyncio.TaskGroup():
            raise Boom("body")
    except Exception as error:
        print(name_of(error), error.__cause__, tree(error))


@scenario("a resource that fails on the way out adds its error [TG-06 TG-09]")
async def resource_fails(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            try:
                group.create_task(fail("task"))
                await asyncio.sleep(60)
            finally:
                await fail("resource")

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("a task that swallows its cancellation is waited for, and keeps its result [TG-04]")
async def task_swallows(print):
    async def stubborn():
        print(await outcome(asyncio.sleep(60)))
        await asyncio.sleep(0.01)
        return "kept"

    tasks = []

    async def run():
        async with asyncio.TaskGroup() as group:
            tasks.append(group.create_task(stubborn()))
            group.create_task(fail("a"))

    print(await outcome(run()))
    print(tasks[0].result(), tasks[0].cancelling())


@scenario("a task that fails is seen to fail by others who wait for it [TG-04]")
async def seen_by_others(print):
    tasks = []

    async def watch():
        await asyncio.sleep(0)
        print("watcher sees", await outcome(tasks[0]))

    async def run():
        async with asyncio.TaskGroup() as group:
            tasks.append(group.create_task(fail("a", 0.01)))

    watcher = asyncio.create_task(watch())
    print(await outcome(run()))
    await watcher


@scenario("an error of a task that ended before another failed is not lost [TG-04]")
async def body_busy(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("a"))
            group.create_task(fail("b", 0.001))
            try:
                await asyncio.sleep(60)
            finally:
                await asyncio.sleep(0.01)

    print(await outcome(run()))


@scenario("behind a group that failed the task goes on as if nothing had been cancelled [TG-09]")
async def goes_on(print):
    async def run():
        for name in "ab":
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(fail(name))
                    await asyncio.sleep(60)
            except* Boom as errors:
                print(tree(errors), asyncio.current_task().cancelling())
        return await asyncio.sleep(0, "done")

    task = asyncio.create_task(run())
    print(await outcome(task), task.cancelled(), task.cancelling())


if __name__ == "__main__":
    main()
