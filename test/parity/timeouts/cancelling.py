"""asyncio.timeout: a deadline and other requests to cancel the same task."""

import asyncio

from error_trees import outcome
from support import main, scenario


@scenario("cancelled from outside before the deadline, the block is cancelled, not timed out [TO-05 TO-08]")
async def from_outside(print):
    scopes = []

    async def run():
        async with asyncio.timeout(60) as scope:
            scopes.append(scope)
            await asyncio.sleep(60)

    task = asyncio.create_task(run())
    await asyncio.sleep(0)
    task.cancel()
    print(await outcome(task), task.cancelled(), task.cancelling(), scopes[0].expired())


@scenario("a block that cancels its own task is cancelled, not timed out [TO-05 TO-08]")
async def by_itself(print):
    scopes = []

    async def run():
        async with asyncio.timeout(60) as scope:
            scopes.append(scope)
            asyncio.current_task().cancel()
            await asyncio.sleep(60)

    task = asyncio.create_task(run())
    print(await outcome(task), task.cancelled(), scopes[0].expired())


@scenario("cancelled from outside while it cleans up behind the deadline, the block is cancelled [TO-05]")
async def after_the_deadline(print):
    scopes = []

    async def run():
        async with asyncio.timeout(0.005) as scope:
            scopes.append(scope)
            try:
                await asyncio.sleep(60)
            finally:
                await asyncio.sleep(60)

    task = asyncio.create_task(run())
    await asyncio.sleep(0.02)
    print("cancelling", task.cancelling())
    task.cancel()
    print(await outcome(task), task.cancelled(), task.cancelling(), scopes[0].expired())


@scenario("a deadline that passes while the cancelled block cleans up ends the cleaning up [TO-05]")
async def before_the_deadline(print):
    scopes = []

    async def run():
        async with asyncio.timeout(0.02) as scope:
            scopes.append(scope)
            try:
                await asyncio.sleep(60)
            finally:
                await asyncio.sleep(60)

    task = asyncio.create_task(run())
    await asyncio.sleep(0.005)
    task.cancel()
    print(await outcome(task), task.cancelled(), task.cancelling(), scopes[0].expired())


@scenario("the deadline and a cancellation in one turn: the cancellation wins [TO-05]")
async def in_one_turn(print):
    async def run():
        async with asyncio.timeout(0):
            await asyncio.sleep(60)

    for order in ("deadline first", "cancellation first"):
        task = asyncio.create_task(run())
        if order == "cancellation first":
            asyncio.get_running_loop().call_soon(asyncio.get_running_loop().call_soon, task.cancel)
        await asyncio.sleep(0)
        if order == "deadline first":
            asyncio.get_running_loop().call_soon(task.cancel)
        print(order, await outcome(task), task.cancelled(), task.cancelling())


@scenario("in the cleaning up of a cancelled task a deadline works as everywhere else [TO-05]")
async def after_cancellation(print):
    async def run():
        try:
            asyncio.current_task().cancel()
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            print("cancelled", asyncio.current_task().cancelling())
        try:
            async with asyncio.timeout(0.002):
                await asyncio.sleep(60)
        except TimeoutError:
            print("timed out", asyncio.current_task().cancelling())
        return "done"

    print(await outcome(asyncio.create_task(run())))


@scenario("in the cleaning up of a cancelled task a further cancellation is no timeout [TO-05]")
async def cancelled_again(print):
    async def run():
        try:
            asyncio.current_task().cancel()
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pass
        try:
            async with asyncio.timeout(60) as scope:
                asyncio.current_task().cancel()
                await asyncio.sleep(60)
        except asyncio.CancelledError:
            print("cancelled", scope.expired(), asyncio.current_task().cancelling())
        return "done"

    print(await outcome(asyncio.create_task(run())))


@scenario("a block that cancels its own task and returns ends well, and the next wait is interrupted [TO-05]")
async def cancelled_without_wait(print):
    async def run():
        async with asyncio.timeout(60) as scope:
            asyncio.current_task().cancel()
        print("behind", scope.expired(), asyncio.current_task().cancelling())
        await asyncio.sleep(0)

    task = asyncio.create_task(run())
    print(await outcome(task), task.cancelled())


@scenario("a cancellation that is taken back inside leaves the deadline as it was [TO-05]")
async def taken_back(print):
    async def run():
        async with asyncio.timeout(0.02):
            print(await outcome(asyncio.sleep(60)), asyncio.current_task().uncancel())
            await asyncio.sleep(60)

    task = asyncio.create_task(run())
    await asyncio.sleep(0.005)
    task.cancel()
    print(await outcome(task), task.cancelling())


if __name__ == "__main__":
    main()
