"""asyncio.TaskGroup: groups within groups."""

import asyncio

from error_trees import clean_up, fail, fail_at_the_end, outcome, tree, wait_long
from outcomes import Boom
from support import main, scenario


@scenario("an error inside stays inside when it is caught there [TG-12]")
async def caught_inside(print):
    async with asyncio.TaskGroup() as outer:
        task = outer.create_task(asyncio.sleep(0.02, "outer task is not disturbed"))
        try:
            async with asyncio.TaskGroup() as inner:
                inner.create_task(fail("a"))
                await asyncio.sleep(60)
        except* Boom as errors:
            print(tree(errors), asyncio.current_task().cancelling())
        print(await asyncio.sleep(0, "outer body goes on"))
    print(task.result())


@scenario("an error inside that is not caught ends the outer group, a group within a group [TG-12]")
async def fails_inside(print):
    async def run():
        async with asyncio.TaskGroup() as outer:
            outer.create_task(wait_long(print, "outer task"))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(fail("a"))

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("an error outside ends the inner group, which is not an error of the inner one [TG-12]")
async def fails_outside(print):
    async def run():
        async with asyncio.TaskGroup() as outer:
            outer.create_task(fail("a"))
            try:
                async with asyncio.TaskGroup() as inner:
                    inner.create_task(wait_long(print, "inner task"))
            except BaseException as error:
                print("inner group:", tree(error), asyncio.current_task().cancelling())
                raise

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("an error outside while the inner body runs ends that body too [TG-12]")
async def fails_outside_inner_body(print):
    async def run():
        async with asyncio.TaskGroup() as outer:
            outer.create_task(fail("a"))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(wait_long(print, "inner task"))
                await wait_long(print, "inner body")

    print(await outcome(run()))


@scenario("tasks of the inner group that fail because of an error outside are in a group within [TG-12]")
async def both_fail(print):
    async def run():
        async with asyncio.TaskGroup() as outer:
            outer.create_task(fail("outer"))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(fail_at_the_end("inner"))

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("cancelled from outside, the errors of the inner tasks come in a group within a group [TG-08 TG-12]")
async def cancelled_from_outside(print):
    async def run():
        async with asyncio.TaskGroup():
            async with asyncio.TaskGroup() as inner:
                inner.create_task(fail_at_the_end("task"))
                inner.create_task(fail_at_the_end("task"))
                await asyncio.sleep(60)

    task = asyncio.create_task(run())
    await asyncio.sleep(0.01)
    task.cancel()
    print(await outcome(task), task.cancelled(), task.cancelling())


@scenario("cancelled from outside, the tasks of both groups are cancelled [TG-08 TG-12]")
async def cancelled_with_outer_task(print):
    async def run():
        async with asyncio.TaskGroup() as outer:
            outer.create_task(wait_long(print, "outer task"))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(fail_at_the_end("a"))
                await asyncio.sleep(60)

    task = asyncio.create_task(run())
    await asyncio.sleep(0.01)
    task.cancel()
    print(await outcome(task), task.cancelling())


@scenario("cancelled from outside without errors, both groups pass the cancellation on [TG-08 TG-12]")
async def cancelled_without_errors(print):
    async def run():
        async with asyncio.TaskGroup() as outer:
            outer.create_task(wait_long(print, "outer task"))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(wait_long(print, "inner task"))

    task = asyncio.create_task(run())
    await asyncio.sleep(0.01)
    task.cancel()
    print(await outcome(task), task.cancelled(), task.cancelling())


@scenario("when both groups cancel their body, the count goes up by two and back again [TG-09 TG-12]")
async def both_cancel_the_body(print):
    try:
        async with asyncio.TaskGroup() as outer:
            try:
                async with asyncio.TaskGroup() as inner:
                    inner.create_task(fail("inner"))
                    outer.create_task(fail("outer"))
            except* Boom as errors:
                print(tree(errors))
            print("between", asyncio.current_task().cancelling())
    except* Boom as errors:
        print(tree(errors))
    print("outside", asyncio.current_task().cancelling())


@scenario("behind the inner group that failed, a wait in the outer body is interrupted [TG-09 TG-12]")
async def wait_between(print):
    async def run():
        async with asyncio.TaskGroup() as outer:
            try:
                async with asyncio.TaskGroup() as inner:
                    inner.create_task(fail("inner"))
                    outer.create_task(fail("outer"))
            except* Boom as errors:
                print(tree(errors))
            try:
                await asyncio.sleep(60)
            finally:
                print("interrupted", asyncio.current_task().cancelling())

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("a task that runs a group of its own is a task like any other [TG-12]")
async def group_in_a_task(print):
    async def child(name, work):
        async with asyncio.TaskGroup() as group:
            group.create_task(work)
            group.create_task(wait_long(print, name))

    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(child("failing", fail("a", 0.01)))
            group.create_task(child("working", asyncio.sleep(0)))

    print(await outcome(run()))


@scenario("an error three groups deep is wrapped three times, unless it is caught [TG-12]")
async def three_deep(print):
    async def nest(depth):
        async with asyncio.TaskGroup() as group:
            group.create_task(nest(depth - 1) if depth > 0 else fail("deep"))

    print(await outcome(nest(2)))


@scenario("an inner group that cleans up is waited for by the outer one [TG-10 TG-12]")
async def waits_for_inner(print):
    async def run():
        async with asyncio.TaskGroup() as outer:
            outer.create_task(fail("a"))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(clean_up(print, "inner task", 0.02))
        print("never")

    print(await outcome(run()))


@scenario("a task may be started in the outer group from within the inner one [TG-02 TG-12]")
async def started_in_the_outer_one(print):
    async with asyncio.TaskGroup() as outer:
        async with asyncio.TaskGroup() as inner:
            inner.create_task(asyncio.sleep(0.005))
            task = outer.create_task(asyncio.sleep(0.02, "outlives the inner group"))
        print(task.done())
    print(task.result())


if __name__ == "__main__":
    main()
