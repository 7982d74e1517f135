"""asyncio.TaskGroup: tasks that fail, and a caller that is cancelled."""

import asyncio

from error_trees import clean_up, fail, fail_at_the_end, outcome, tree
from outcomes import Boom
from support import main, scenario


@scenario("a body that replaces the cancellation by an error ends with the error [TG-08]")
async def body_replaces(print):
    async def run():
        try:
            async with asyncio.TaskGroup():
                await fail_at_the_end("body")
        finally:
            print("cancelling", asyncio.current_task().cancelling())

    task = asyncio.create_task(run())
    await asyncio.sleep(0.01)
    task.cancel()
    print(await outcome(task), task.cancelled())


@scenario("errors of tasks win over the cancellation, which strikes at the next wait [TG-08 TG-09]")
async def errors_win(print):
    async def run():
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail_at_the_end("task"))
                group.create_task(fail_at_the_end("task"))
                await asyncio.sleep(60)
        except* Boom as errors:
            print(tree(errors), asyncio.current_task().cancelling())
        try:
            await asyncio.sleep(60)
        finally:
            print("interrupted", asyncio.current_task().cancelling())

    task = asyncio.create_task(run())
    await asyncio.sleep(0.01)
    task.cancel()
    print(await outcome(task), task.cancelled(), task.cancelling())


@scenario("errors of tasks win over a cancellation that comes while the group waits [TG-08 TG-09]")
async def errors_win_while_waiting(print):
    async def run():
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail_at_the_end("a"))
        except* Boom as errors:
            print(tree(errors), asyncio.current_task().cancelling())
        await asyncio.sleep(60)

    task = asyncio.create_task(run())
    await asyncio.sleep(0.01)
    task.cancel()
    print(await outcome(task), task.cancelled(), task.cancelling())


@scenario("an error and a cancellation in one turn: the group fails, then the caller is cancelled [TG-08 TG-09]")
async def error_and_cancellation(print):
    async def run():
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail("a"))
                await asyncio.sleep(60)
        except* Boom as errors:
            print(tree(errors), asyncio.current_task().cancelling())
        await asyncio.sleep(60)
        print("never")

    task = asyncio.create_task(run())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    print(await outcome(task), task.cancelled(), task.cancelling())


@scenario("cancelled while it shuts down because of an error, the group fails, then the caller is cancelled [TG-08 TG-10]")
async def while_aborting(print):
    async def run():
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(clean_up(print, "task", 0.02))
                group.create_task(fail("a"))
        except* Boom as errors:
            print(tree(errors), asyncio.current_task().cancelling())
        await asyncio.sleep(60)
        print("never")

    task = asyncio.create_task(run())
    await asyncio.sleep(0.01)
    task.cancel()
    print("cancelling", task.cancelling())
    print(await outcome(task), task.cancelled(), task.cancelling())


@scenario("a task that fails while the cancelled body cleans up interrupts the cleaning up [TG-04 TG-08]")
async def fails_while_body_cleans_up(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("a", 0.02))
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                await asyncio.sleep(60)
                raise

    async def call():
        await asyncio.create_task(run())

    for start in (run, call):
        task = asyncio.create_task(start())
        await asyncio.sleep(0.01)
        task.cancel()
        print(await outcome(task), task.cancelled(), task.cancelling())


@scenario("a request to cancel from before the group stays, and strikes behind a group that failed [TG-08 TG-09]")
async def count_before(print):
    async def run(work):
        print(await outcome(asyncio.sleep(60)), asyncio.current_task().cancelling())
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(work)
        except* Boom as errors:
            print(tree(errors))
        print("behind", asyncio.current_task().cancelling())
        print(await outcome(asyncio.sleep(0)))

    for work in (asyncio.sleep(0), fail("a")):
        task = asyncio.create_task(run(work))
        await asyncio.sleep(0)
        task.cancel()
        await task


if __name__ == "__main__":
    main()
