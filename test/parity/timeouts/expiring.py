"""asyncio.timeout: what happens at the deadline, and what when it is not reached."""

import asyncio

from error_trees import fail_at_the_end, outcome, tree
from outcomes import Boom, name_of
from support import main, scenario


@scenario("at the deadline the block is cancelled, and TimeoutError is thrown [TO-01 TO-04 TO-05]")
async def basic(print):
    scopes = []

    async def run():
        async with asyncio.timeout(0.01) as scope:
            scopes.append(scope)
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                print("interrupted", asyncio.current_task().cancelling(), scope.expired())
                raise

    print(await outcome(run()), scopes[0].expired(), asyncio.current_task().cancelling())


@scenario("the deadline may be a moment on the loop's clock [TO-02 TO-06]")
async def at(print):
    loop = asyncio.get_running_loop()
    deadline = loop.time() + 0.01
    try:
        async with asyncio.timeout_at(deadline) as scope:
            print(scope.when() == deadline)
            await asyncio.sleep(60)
    except TimeoutError as error:
        print(name_of(error), scope.expired(), scope.when() == deadline, loop.time() >= deadline)


@scenario("a block that ends in time gives its value, and the deadline strikes nobody [TO-05 TO-08]")
async def in_time(print):
    async def run():
        async with asyncio.timeout(0.01) as scope:
            return await asyncio.sleep(0, "value"), scope

    value, scope = await run()
    print(value, scope.expired(), scope.when() > asyncio.get_running_loop().time())
    print(await asyncio.sleep(0.02, "later"), scope.expired(), asyncio.current_task().cancelling())


@scenario("None is no deadline [TO-01 TO-02 TO-06]")
async def disabled(print):
    for make in (asyncio.timeout, asyncio.timeout_at):
        async with make(None) as scope:
            await asyncio.sleep(0.002)
        print(scope.when(), scope.expired())


@scenario("a deadline of zero or in the past interrupts the first wait, the shortest too [TO-04]")
async def zero(print):
    async def run(delay, nap):
        async with asyncio.timeout(delay):
            print("body runs")
            await asyncio.sleep(nap)
        print("never")

    for delay in (0, -11):
        for nap in (60, 0):
            print(await outcome(run(delay, nap)), asyncio.current_task().cancelling())


@scenario("a block that never waits is not interrupted, though its deadline has passed [TO-04]")
async def without_waits(print):
    async with asyncio.timeout(0) as scope:
        print("body runs")
    print(scope.expired())
    print(await asyncio.sleep(0, "behind"), asyncio.current_task().cancelling())


@scenario("a block that waits only for what is done already is not interrupted [TO-04]")
async def waits_for_nothing(print):
    finished = asyncio.Future()
    finished.set_result("finished")
    async with asyncio.timeout(0):
        print(await finished)
    print(await asyncio.sleep(0, "behind"), asyncio.current_task().cancelling())


@scenario("the TimeoutError has the cancellation as its cause [TO-05 TO-10]")
async def cause(print):
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(60)
    except asyncio.TimeoutError as error:
        print(name_of(error), "from", name_of(error.__cause__))


@scenario("another error that leaves the block before the deadline passes through [TO-05 TO-08]")
async def foreign_error(print):
    async def run():
        async with asyncio.timeout(0.01) as scope:
            scopes.append(scope)
            raise Boom("foreign")

    scopes = []
    print(await outcome(run()), scopes[0].expired())


@scenario("another error that replaces the cancellation at the deadline passes through [TO-05]")
async def foreign_error_at_the_deadline(print):
    async def run():
        async with asyncio.timeout(0.01) as scope:
            scopes.append(scope)
            await fail_at_the_end("foreign")

    scopes = []
    print(await outcome(run()), scopes[0].expired(), asyncio.current_task().cancelling())


@scenario("a block that swallows the cancellation gives its value [TO-05 TO-08]")
async def swallows(print):
    async def run():
        async with asyncio.timeout(0.01) as scope:
            print(await outcome(asyncio.sleep(60)), scope.expired())
            print(await asyncio.sleep(0, "goes on"), asyncio.current_task().cancelling())
        return "value", scope

    value, scope = await run()
    print(value, scope.expired(), asyncio.current_task().cancelling())


@scenario("the TimeoutError comes when cleaning up is over [TO-05]")
async def cleaning_up(print):
    async def run():
        async with asyncio.timeout(0.01):
            try:
                await asyncio.sleep(60)
            finally:
                await asyncio.sleep(0.01)
                print("cleaned up", asyncio.current_task().cancelling())

    print(await outcome(run()))


@scenario("a TimeoutError of the block's own is no sign that this deadline has passed [TO-05 TO-08]")
async def own_timeout_error(print):
    async def run():
        async with asyncio.timeout(60) as scope:
            scopes.append(scope)
            raise TimeoutError

    scopes = []
    print(await outcome(run()), scopes[0].expired())


@scenario("a task whose block timed out is not cancelled [TO-05]")
async def task_not_cancelled(print):
    async def run():
        for _ in range(2):
            try:
                async with asyncio.timeout(0.002):
                    await asyncio.sleep(60)
            except TimeoutError as error:
                print(tree(error), asyncio.current_task().cancelling())
        return await asyncio.sleep(0, "goes on")

    task = asyncio.create_task(run())
    print(await outcome(task), task.cancelled(), task.cancelling())


@scenario("a future that is cancelled by somebody else in the block is no timeout [TO-05 TO-08]")
async def future_cancelled(print):
    future = asyncio.Future()
    asyncio.get_running_loop().call_soon(future.cancel)
    scopes = []

    async def run():
        async with asyncio.timeout(60) as scope:
            scopes.append(scope)
            await future

    print(await outcome(run()), scopes[0].expired(), asyncio.current_task().cancelling())


if __name__ == "__main__":
    main()
