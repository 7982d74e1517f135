"""asyncio.timeout: blocks within and around groups."""

import asyncio

from error_trees import clean_up, fail, fail_at_the_end, outcome, wait_long
from support import main, scenario


@scenario("at the deadline the tasks of a group are cancelled and waited for [TO-05 TG-08]")
async def around_a_group(print):
    async def run():
        async with asyncio.timeout(0.01):
            async with asyncio.TaskGroup() as group:
                group.create_task(clean_up(print, "task"))

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("errors of tasks that end at the deadline win over the timeout [TO-05 TG-08]")
async def group_fails_at_the_deadline(print):
    scopes = []

    async def run():
        async with asyncio.timeout(0.01) as scope:
            scopes.append(scope)
            async with asyncio.TaskGroup() as group:
                group.create_task(fail_at_the_end("task"))
                await asyncio.sleep(60)

    print(await outcome(run()), scopes[0].expired(), asyncio.current_task().cancelling())
    print(await asyncio.sleep(0, "the next wait is not interrupted"))


@scenario("a group that fails before the deadline is no timeout [TO-05 TG-04]")
async def group_fails_before(print):
    scopes = []

    async def run():
        async with asyncio.timeout(60) as scope:
            scopes.append(scope)
            async with asyncio.TaskGroup() as group:
                group.create_task(fail("task"))

    print(await outcome(run()), scopes[0].expired(), asyncio.current_task().cancelling())


@scenario("a block that times out in a task of a group is an error of that group [TO-05 TG-04]")
async def in_a_task(print):
    async def hurry():
        async with asyncio.timeout(0.005):
            await asyncio.sleep(60)

    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(wait_long(print, "other"))
            group.create_task(hurry())

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("a block that times out in the body of a group is an error of that group [TO-05 TG-06]")
async def in_the_body(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(wait_long(print, "task"))
            async with asyncio.timeout(0.005):
                await asyncio.sleep(60)

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("a task that fails ends a block in the body, which is then not timed out [TO-05 TG-04]")
async def body_interrupted(print):
    scopes = []

    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("task"))
            async with asyncio.timeout(60) as scope:
                scopes.append(scope)
                await wait_long(print, "body")

    print(await outcome(run()), scopes[0].expired(), asyncio.current_task().cancelling())


@scenario("the deadline passes while the group shuts down because of an error: the error wins [TO-05 TG-08]")
async def deadline_while_aborting(print):
    scopes = []

    async def run():
        async with asyncio.timeout(0.01) as scope:
            scopes.append(scope)
            async with asyncio.TaskGroup() as group:
                group.create_task(fail("task"))
                group.create_task(clean_up(print, "other", 0.03))

    print(await outcome(run()), scopes[0].expired(), asyncio.current_task().cancelling())
    print(await asyncio.sleep(0, "the next wait is not interrupted"))


@scenario("a wait with a limit within a block within a group: the nearest one strikes [TO-09 WAIT-08]")
async def wait_for_inside(print):
    async with asyncio.timeout(60):
        async with asyncio.TaskGroup() as group:
            task = group.create_task(outcome(asyncio.wait_for(asyncio.sleep(60), 0.005)))
            print("body", await outcome(asyncio.wait_for(asyncio.sleep(60), 0.005)))
        print("task", task.result())


if __name__ == "__main__":
    main()
