"""asyncio.Timeout: its states, and moving the deadline."""

import asyncio

from error_trees import outcome, tree
from outcomes import attempt, name_of
from support import main, scenario


@scenario("the deadline may be moved and removed while the block runs [TO-06 TO-07]")
async def reschedule(print):
    loop = asyncio.get_running_loop()
    found = loop.create_future()

    async def run(first):
        async with asyncio.timeout_at(first) as scope:
            found.set_result(scope)
            await asyncio.sleep(60)

    first = loop.time() + 10
    task = asyncio.create_task(run(first))
    scope = await found
    print(scope.when() == first)
    scope.reschedule(first + 20)
    print(scope.when() == first + 20)
    scope.reschedule(None)
    print(scope.when())
    task.cancel()
    print(await outcome(task), scope.expired())


@scenario("a deadline that is moved away does not strike when it was due [TO-07]")
async def later(print):
    async with asyncio.timeout(0.005) as scope:
        scope.reschedule(asyncio.get_running_loop().time() + 60)
        print(await asyncio.sleep(0.015, "not interrupted"))
    print(scope.expired())


@scenario("a deadline that is moved near strikes then [TO-07]")
async def earlier(print):
    async def run():
        async with asyncio.timeout(60) as scope:
            scope.reschedule(asyncio.get_running_loop().time() + 0.005)
            await asyncio.sleep(60)

    print(await outcome(run()))


@scenario("a deadline that is removed never strikes, and may be set again [TO-07]")
async def removed(print):
    async def run():
        async with asyncio.timeout(0.005) as scope:
            scope.reschedule(None)
            print(await asyncio.sleep(0.015, "not interrupted"), scope.when())
            scope.reschedule(asyncio.get_running_loop().time() + 0.005)
            await asyncio.sleep(60)

    print(await outcome(run()))


@scenario("a block without a deadline may be given one [TO-07]")
async def given(print):
    async def run():
        async with asyncio.timeout(None) as scope:
            scope.reschedule(asyncio.get_running_loop().time() + 0.005)
            await asyncio.sleep(60)

    print(await outcome(run()))


@scenario("a deadline that is moved into the past strikes at the next wait [TO-04 TO-07]")
async def into_the_past(print):
    async def run():
        async with asyncio.timeout(60) as scope:
            scope.reschedule(asyncio.get_running_loop().time() - 1)
            print("body runs", scope.expired())
            await asyncio.sleep(0)

    print(await outcome(run()))


@scenario("a deadline that is due may still be moved before the next wait [TO-04 TO-07]")
async def moved_in_time(print):
    async with asyncio.timeout(0) as scope:
        scope.reschedule(asyncio.get_running_loop().time() + 60)
        print(await asyncio.sleep(0.005, "not interrupted"))
    print(scope.expired())


@scenario("before the block and behind it the deadline cannot be moved [TO-07]")
async def refused(print):
    scope = asyncio.timeout(0.01)
    print("before", attempt(lambda: scope.reschedule(None)))
    async with scope:
        pass
    print("behind", attempt(lambda: scope.reschedule(None)), scope.expired())


@scenario("once it has struck the deadline cannot be moved [TO-07 TO-08]")
async def refused_when_expired(print):
    async with asyncio.timeout(0.005) as scope:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError as error:
            print(name_of(error), scope.expired())
            print("expiring", attempt(lambda: scope.reschedule(None)))
    print("expired", attempt(lambda: scope.reschedule(None)), scope.expired())


@scenario("a timeout runs one block: not twice in a row, and not within itself [TO-03]")
async def runs_once(print):
    scope = asyncio.timeout(0.01)
    async with scope:
        try:
            async with scope:
                print("never")
        except RuntimeError as error:
            print(tree(error), scope.expired())
    try:
        async with scope:
            print("never")
    except RuntimeError as error:
        print(tree(error))


if __name__ == "__main__":
    main()
