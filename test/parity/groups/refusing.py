"""asyncio.TaskGroup: what a group refuses, and when."""

import asyncio

from error_trees import fail, outcome, tree
from outcomes import attempt, name_of
from support import main, scenario


@scenario("a group that does not run yet, or no longer, refuses tasks and never starts them [TG-02]")
async def refuses(print):
    async def never():
        print("never")

    def start(group):
        coroutine = never()
        result = attempt(lambda: group.create_task(coroutine))
        coroutine.close()
        return result

    group = asyncio.TaskGroup()
    print(start(group))
    async with group:
        pass
    print(start(group))
    await asyncio.sleep(0)


@scenario("once the body and the last task have ended, a task is refused [TG-02]")
async def refuses_at_the_very_end(print):
    async def never():
        print("never")

    async with asyncio.TaskGroup() as group:

        def at_the_end(_):
            coroutine = never()
            print(attempt(lambda: group.create_task(coroutine)))
            coroutine.close()

        task = group.create_task(asyncio.sleep(0.01))
        task.add_done_callback(at_the_end)
    print("group ends")


@scenario("while a group shuts down it refuses tasks, in its tasks and in its body [TG-02 TG-04]")
async def refuses_while_shutting_down(print):
    async def never():
        print("never")

    def start(group):
        coroutine = never()
        result = attempt(lambda: group.create_task(coroutine))
        coroutine.close()
        return result

    async def clean_up(group):
        try:
            await asyncio.sleep(60)
        finally:
            print("task:", start(group))

    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("a"))
            group.create_task(clean_up(group))
            try:
                await asyncio.sleep(60)
            finally:
                print("body:", start(group))

    print(await outcome(run()))


@scenario("a group runs once: not twice in a row, and not within itself [TG-01]")
async def runs_once(print):
    group = asyncio.TaskGroup()
    async with group:
        try:
            async with group:
                print("never")
        except RuntimeError as error:
            print(name_of(error))
        print("the group goes on", group.create_task(asyncio.sleep(0)).done())
    try:
        async with group:
            print("never")
    except RuntimeError as error:
        print(tree(error))


if __name__ == "__main__":
    main()
