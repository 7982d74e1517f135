"""asyncio.timeout: blocks within blocks."""

import asyncio
import time

from error_trees import outcome, tree
from support import main, scenario


@scenario("of two blocks with one deadline the outer one times out, and the inner one is cancelled [TO-09]")
async def same_deadline(print):
    scopes = []
    deadline = asyncio.get_running_loop().time() + 0.01

    async def run():
        async with asyncio.timeout_at(deadline) as outer:
            scopes.append(outer)
            try:
                async with asyncio.timeout_at(deadline) as inner:
                    scopes.append(inner)
                    await asyncio.sleep(60)
            except asyncio.CancelledError:
                print("inner cancelled", asyncio.current_task().cancelling())
                raise

    print(await outcome(run()), *(scope.expired() for scope in scopes), asyncio.current_task().cancelling())


@scenario("the inner block times out, and the outer one goes on [TO-09]")
async def inner_times_out(print):
    async with asyncio.timeout(60) as outer:
        try:
            async with asyncio.timeout(0.005) as inner:
                await asyncio.sleep(60)
        except TimeoutError as error:
            print(tree(error), inner.expired(), outer.expired())
        print(await asyncio.sleep(0, "goes on"))
    print(outer.expired(), asyncio.current_task().cancelling())


@scenario("the outer block times out, and the inner one is cancelled, not timed out [TO-09]")
async def outer_times_out(print):
    scopes = []

    async def run():
        async with asyncio.timeout(0.005):
            try:
                async with asyncio.timeout(60) as inner:
                    scopes.append(inner)
                    await asyncio.sleep(60)
            except BaseException as error:
                print("inner", tree(error))
                raise

    print(await outcome(run()), scopes[0].expired(), asyncio.current_task().cancelling())


@scenario("of three blocks the middle one times out [TO-09]")
async def three(print):
    async with asyncio.timeout(60):
        try:
            async with asyncio.timeout(0.005):
                async with asyncio.timeout(60) as innermost:
                    await asyncio.sleep(60)
        except TimeoutError as error:
            print(tree(error), innermost.expired())
    print(asyncio.current_task().cancelling())


@scenario("one deadline passes while the loop is busy, the other one later: each block times out in its turn [TO-09]")
async def busy(print):
    async def run():
        async with asyncio.timeout(0.5):
            try:
                async with asyncio.timeout(0.002):
                    time.sleep(0.01)
                    await asyncio.sleep(60)
            except TimeoutError as error:
                print("inner", tree(error), asyncio.current_task().cancelling())
            await asyncio.sleep(60)

    print("outer", await outcome(run()), asyncio.current_task().cancelling())


@scenario("the outer deadline passes first while the loop is busy: the inner block is cancelled [TO-09]")
async def busy_outer_first(print):
    async def run():
        async with asyncio.timeout(0.002):
            try:
                async with asyncio.timeout(60):
                    time.sleep(0.01)
                    await asyncio.sleep(60)
            except BaseException as error:
                print("inner", tree(error))
                raise

    print("outer", await outcome(run()))


@scenario("a block within the cleaning up of a block that timed out [TO-09]")
async def in_cleaning_up(print):
    async def run():
        async with asyncio.timeout(0.005):
            try:
                await asyncio.sleep(60)
            finally:
                try:
                    async with asyncio.timeout(0.005):
                        await asyncio.sleep(60)
                except TimeoutError as error:
                    print("cleaning up:", tree(error), asyncio.current_task().cancelling())

    print(await outcome(run()), asyncio.current_task().cancelling())


if __name__ == "__main__":
    main()
