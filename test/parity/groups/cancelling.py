"""asyncio.TaskGroup: what happens when the task that runs the group is cancelled."""

import asyncio

from error_trees import clean_up, outcome, wait_long
from support import main, scenario


@scenario("cancelled while the group waits, its tasks are cancelled and the caller is cancelled [TG-08]")
async def while_waiting(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            for _ in range(2):
                group.create_task(wait_long(print, "task"))
            print("body ends")

    task = asyncio.create_task(run())
    await asyncio.sleep(0.01)
    task.cancel()
    print(await outcome(task), task.cancelled(), task.cancelling())


@scenario("cancelled while the body runs, the body ends first and then the tasks [TG-06 TG-08]")
async def in_the_body(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(wait_long(print, "task"))
            await wait_long(print, "body")

    task = asyncio.create_task(run())
    await asyncio.sleep(0.01)
    task.cancel()
    print(await outcome(task), task.cancelled(), task.cancelling())


@scenario("a body that cancels its own caller and returns ends the group, once its tasks have started [TG-08]")
async def before_they_start(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(wait_long(print, "task"))
            asyncio.current_task().cancel()

    task = asyncio.create_task(run())
    print(await outcome(task), task.cancelled())


@scenario("an empty group lets the cancellation pass [TG-08]")
async def empty(print):
    async def run():
        async with asyncio.TaskGroup():
            await wait_long(print, "body")

    task = asyncio.create_task(run())
    await asyncio.sleep(0.01)
    task.cancel()
    print(await outcome(task), task.cancelled())


@scenario("cancelled too late for the body, the caller is cancelled at its next wait [TG-08]")
async def at_the_end_of_the_body(print):
    async def run():
        async with asyncio.TaskGroup():
            asyncio.current_task().cancel()
        print("behind the group")
        print(await outcome(asyncio.sleep(0)))

    await asyncio.create_task(run())


@scenario("the cancellation's message reaches the body and the caller, but not the tasks [TG-08]")
async def message(print):
    async def has_message(name):
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError as error:
            print(name, str(error) == "bye")
            raise

    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(has_message("task"))
            await has_message("body")

    task = asyncio.create_task(run())
    await asyncio.sleep(0.01)
    task.cancel("bye")
    try:
        await task
    except asyncio.CancelledError as error:
        print("caller", str(error) == "bye")


@scenario("cancelled several times while tasks clean up, the group waits until they have [TG-10]")
async def several_times(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(clean_up(print, "task", 0.2))

    task = asyncio.create_task(run())
    await asyncio.sleep(0.005)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0.005)
    print("done", task.done(), "cancelling", task.cancelling())
    print(await outcome(task), task.cancelled(), task.cancelling())


@scenario("a group inside of cleaning up works as everywhere else [TG-03 TG-09]")
async def in_cleaning_up(print):
    async def run():
        try:
            await asyncio.sleep(60)
        finally:
            async with asyncio.TaskGroup() as group:
                results = [group.create_task(asyncio.sleep(0.01, n)) for n in (1, 2)]
            print(*(result.result() for result in results), asyncio.current_task().cancelling())

    task = asyncio.create_task(run())
    await asyncio.sleep(0)
    task.cancel()
    print(await outcome(task), task.cancelled())


@scenario("a task that cancels its own group's caller ends the group [TG-08]")
async def cancelled_by_a_task(print):
    async def run():
        caller = asyncio.current_task()

        async def revolt():
            await asyncio.sleep(0)
            caller.cancel()
            await wait_long(print, "other")

        async with asyncio.TaskGroup() as group:
            group.create_task(revolt())
            group.create_task(wait_long(print, "other"))

    task = asyncio.create_task(run())
    print(await outcome(task), task.cancelled())


@scenario("cancelling a gathering of groups ends them all [TG-08 WAIT-05]")
async def gathered(print):
    async def run(name):
        async with asyncio.TaskGroup() as group:
            group.create_task(wait_long(print, name))

    gathering = asyncio.gather(run("a"), run("b"))
    await asyncio.sleep(0.01)
    gathering.cancel()
    print(await outcome(gathering))


@scenario("shielded work outlives the group that waits for it [TG-08 WAIT-12]")
async def shielded(print):
    async def save():
        await asyncio.sleep(0.15)
        print("saved")

    async def run():
        async with asyncio.TaskGroup() as group:

            async def protect():
                await asyncio.shield(saving)

            group.create_task(protect())

    saving = asyncio.create_task(save())
    task = asyncio.create_task(run())
    await asyncio.sleep(0.01)
    task.cancel()
    print(await outcome(task), saving.done())
    await saving


if __name__ == "__main__":
    main()
