"""asyncio.TaskGroup together with gather, wait, as_completed and shield."""

import asyncio

from error_trees import clean_up, fail, outcome, tree, wait_long
from support import main, scenario


@scenario("as_completed gives the tasks of a group one by one, and the group waits for the rest [TG-03 WAIT-11]")
async def completions(print):
    async with asyncio.TaskGroup() as group:
        naps = [group.create_task(asyncio.sleep(delay / 1000, delay)) for delay in (30, 5, 15)]
        async for nap in asyncio.as_completed(naps):
            print("first", await nap)
            break
    print(*(nap.result() for nap in naps))


@scenario("a task that fails ends an iteration of as_completed in the body [TG-04 WAIT-11]")
async def completions_interrupted(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            naps = [group.create_task(asyncio.sleep(0.002, "nap")), group.create_task(fail("a", 0.1))]
            naps.append(group.create_task(wait_long(print, "other")))
            async for nap in asyncio.as_completed(naps):
                print(await outcome(nap))

    print(await outcome(run()), asyncio.current_task().cancelling())


@scenario("cancelling an iteration of as_completed leaves its members alone [WAIT-11]")
async def completions_cancelled(print):
    naps = [asyncio.create_task(asyncio.sleep(0.01, n)) for n in (1, 2)]

    async def iterate():
        async for nap in asyncio.as_completed(naps):
            print("result", await nap)

    task = asyncio.create_task(iterate())
    await asyncio.sleep(0)
    task.cancel()
    print(await outcome(task), *(nap.cancelling() for nap in naps))
    print(*[await nap for nap in naps])


@scenario("a deadline ends an iteration of as_completed, and its members go on [TO-05 WAIT-11]")
async def completions_timed_out(print):
    naps = [asyncio.create_task(asyncio.sleep(delay / 1000, delay)) for delay in (5, 300)]

    async def iterate():
        async with asyncio.timeout(0.15):
            async for nap in asyncio.as_completed(naps):
                print("result", await nap)

    print(await outcome(iterate()), *(nap.cancelling() for nap in naps))
    print(await naps[1])


@scenario("a deadline ends a wait, and its members go on [TO-05 WAIT-06]")
async def wait_timed_out(print):
    nap = asyncio.create_task(asyncio.sleep(0.1, "goes on"))

    async def run():
        async with asyncio.timeout(0.005):
            await asyncio.wait([nap])

    print(await outcome(run()), nap.cancelling(), await nap)


@scenario("a deadline ends a gathering, and its members with it [TO-05 WAIT-05]")
async def gather_timed_out(print):
    nap = asyncio.create_task(wait_long(print, "member"))

    async def run():
        async with asyncio.timeout(0.005):
            await asyncio.gather(nap, wait_long(print, "coroutine"))

    print(await outcome(run()), nap.cancelled())


@scenario("a gathering in the body that fails ends the group, the rest of the gathering runs on [TG-06 WAIT-03]")
async def gather_fails(print):
    survivor = asyncio.create_task(asyncio.sleep(0.2, "survivor"))

    async def run():
        async with asyncio.TaskGroup() as group:
            group.create_task(wait_long(print, "task of the group"))
            await asyncio.gather(fail("a", 0.005), survivor)

    print(await outcome(run()), survivor.done())
    print(await survivor)


@scenario("a group whose tasks are gathered in its body cancels them once [TG-04 WAIT-05]")
async def gathers_own_tasks(print):
    async def run():
        async with asyncio.TaskGroup() as group:
            tasks.append(group.create_task(clean_up(print, "task", 0.005)))
            group.create_task(fail("a", 0.002))
            try:
                await asyncio.gather(*tasks)
            except BaseException as error:
                print("body", tree(error))
                raise

    tasks = []
    print(await outcome(run()), tasks[0].cancelled(), asyncio.current_task().cancelling())


@scenario("a wait in the body for the tasks of the group sees them end when the body is not interrupted [TG-03 WAIT-06]")
async def waits_for_own_tasks(print):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(asyncio.sleep(delay / 1000, delay)) for delay in (2, 200)]
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        print(len(done), len(pending))
        for task in pending:
            task.cancel()
    print(*(task.cancelled() for task in tasks))


@scenario("a deadline around a shield ends the wait, not the work [TO-05 WAIT-12]")
async def shield_timed_out(print):
    async def save():
        await asyncio.sleep(0.1)
        return "saved"

    saving = asyncio.create_task(save())

    async def run():
        async with asyncio.timeout(0.005):
            await asyncio.shield(saving)

    print(await outcome(run()), saving.cancelling(), await saving)


if __name__ == "__main__":
    main()
