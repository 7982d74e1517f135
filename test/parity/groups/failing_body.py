"""asyncio.TaskGroup: a body that fails, or that is interrupted because a task did."""

import asyncio

from error_trees import clean_up, fail, fail_at_the_end, outcome, tree, wait_long
from outcomes import Boom
from support import main, scenario


@scenario("when a task fails, the body is interrupted, and the count is put back [TG-04 TG-09]")
async def body_interrupted(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("a"))
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                print("body interrupted", asyncio.current_task().cancelling())
                raise

    print(await outcome(run()))
    print("cancelling", asyncio.current_task().cancelling())
    print(await asyncio.sleep(0, "the next wait is not interrupted"))


@scenario("when the body fails at once, its tasks never start [TG-06]")
async def body_fails_at_once(print):
    tasks = []

    async def run():
        async with asyncio.TaskGroup() as group:
            tasks.append(group.create_task(wait_long(print, "never")))
            raise Boom("body")

    print(await outcome(run()), tasks[0].cancelled())


@scenario("when the body fails, its tasks are cancelled and waited for [TG-06]")
async def body_fails(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(clean_up(print, "task"))
            group.create_task(clean_up(print, "task"))
            await asyncio.sleep(0)
            raise Boom("body")

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("the error of the body stands behind those of the tasks [TG-06]")
async def body_and_tasks_fail(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(fail_at_the_end("task"))
            group.create_task(fail_at_the_end("task"))
            await asyncio.sleep(0)
            raise Boom("body")

    print(await outcome(run()))


@scenario("a body that fails when it is interrupted adds its error [TG-04 TG-06]")
async def body_fails_when_interrupted(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("a"))
            await fail_at_the_end("body")

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("a body that throws CancelledError by itself ends cancelled, and so do its tasks [TG-06]")
async def body_throws_cancellation(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(wait_long(print, "task"))
            await asyncio.sleep(0)
            raise asyncio.CancelledError

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("when the body throws CancelledError, the error of a task wins [TG-06 TG-08]")
async def error_before_cancellation(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(fail_at_the_end("task"))
            await asyncio.sleep(0)
            raise asyncio.CancelledError

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("a body that swallows the interruption and returns does not hide the error [TG-04 TG-09]")
async def body_swallows(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("a"))
            print(await outcome(asyncio.sleep(60)))
            print(await asyncio.sleep(0, "body goes on"), asyncio.current_task().cancelling())

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("a body that takes the interruption back itself leaves no negative count [TG-09]")
async def body_uncancels(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("a"))
            print(await outcome(asyncio.sleep(60)))
            print("uncancel", asyncio.current_task().uncancel())

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("a body that waits for the failing task is interrupted, and does not see the error [TG-04]")
async def body_waits_for_it(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            task = group.create_task(fail("a"))
            try:
                await task
            except BaseException as error:
                print("body sees", tree(error))
                raise

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("the body is interrupted once, however many tasks fail [TG-04 TG-09]")
async def interrupted_once(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("a"))
            group.create_task(fail_at_the_end("b"))
            try:
                await asyncio.sleep(60)
            finally:
                await asyncio.sleep(0.01)
                print("body cleaned up", asyncio.current_task().cancelling())

    print(await outcome(run()))


if __name__ == "__main__":
    main()
