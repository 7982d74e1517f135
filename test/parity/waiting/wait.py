"""asyncio.wait: until one of several, or all of them, are done; nothing is raised and nothing cancelled."""

import asyncio

from outcomes import Boom, outcome
from support import main, scenario


async def after(delay, value):
    await asyncio.sleep(delay)
    return value


async def fail_after(delay):
    await asyncio.sleep(delay)
    raise Boom("no")


def task(name, coroutine):
    return asyncio.create_task(coroutine, name=name)


def names(tasks):
    return sorted(task.get_name() for task in tasks)


@scenario("by default wait ends when all are done, errors and cancellations included [WAIT-06 WAIT-07]")
async def all_completed(print):
    result = task("result", after(0.02, 1))
    error = task("error", fail_after(0))
    cancelled = task("cancelled", after(60, 2))
    cancelled.cancel()
    done, pending = await asyncio.wait([result, error, cancelled])
    print(names(done), names(pending))
    print(await outcome(result), await outcome(error), await outcome(cancelled))


@scenario("FIRST_COMPLETED ends with the first, and the others run on [WAIT-06 WAIT-07]")
async def first_completed(print):
    tasks = [task("slow", after(0.05, "slow")), task("quick", after(0.01, "quick"))]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    print(names(done), names(pending))
    done, pending = await asyncio.wait(pending)
    print(names(done), names(pending))


@scenario("FIRST_EXCEPTION ends with the first error [WAIT-07]")
async def first_exception(print):
    quick = task("quick", after(0.01, 1))
    error = task("error", fail_after(0.03))
    slow = task("slow", after(0.08, 2))
    done, pending = await asyncio.wait([quick, error, slow], return_when=asyncio.FIRST_EXCEPTION)
    print(names(done), names(pending))
    print(await outcome(error), await outcome(slow))


@scenario("for FIRST_EXCEPTION a cancelled task is no error; without errors it waits for all [WAIT-07]")
async def first_exception_without(print):
    cancelled = task("cancelled", after(60, 1))
    slow = task("slow", after(0.02, 2))
    cancelled.cancel()
    done, pending = await asyncio.wait([cancelled, slow], return_when=asyncio.FIRST_EXCEPTION)
    print(names(done), names(pending))


@scenario("at its timeout wait gives what it has, without an error, and cancels nothing [WAIT-06]")
async def timeout(print):
    quick = task("quick", after(0, "quick"))
    slow = task("slow", after(0.06, "slow"))
    done, pending = await asyncio.wait([quick, slow], timeout=0.02)
    print(names(done), names(pending))
    print(await slow)


@scenario("a timeout of zero looks once; what is done already needs no waiting [WAIT-06]")
async def timeout_of_zero(print):
    future, pending_future = asyncio.Future(), asyncio.Future()
    future.set_result("result")
    done, pending = await asyncio.wait([future, pending_future], timeout=0)
    print(future in done, pending_future in pending)
    done, pending = await asyncio.wait([future, pending_future], return_when=asyncio.FIRST_COMPLETED)
    print(future in done, pending_future in pending)


@scenario("cancelling wait leaves its members alone [WAIT-06]")
async def cancelled_wait(print):
    member = task("member", after(0.03, "member"))

    async def wait():
        await asyncio.wait([member])

    waiter = asyncio.create_task(wait())
    await asyncio.sleep(0)
    waiter.cancel()
    print(await outcome(waiter), member.cancelling())
    print(await member)


@scenario("what is done by the moment of the wake-up is in done as well [WAIT-06]")
async def done_together(print):
    first, second, third = asyncio.Future(), asyncio.Future(), asyncio.Future()

    def finish():
        second.set_result(None)
        first.set_result(None)

    asyncio.get_running_loop().call_soon(finish)
    done, pending = await asyncio.wait([first, second, third], return_when=asyncio.FIRST_COMPLETED)
    print(first in done, second in done, third in pending)


@scenario("a member given twice counts once; nothing to wait for, or a single future, is refused [WAIT-06]")
async def arguments(print):
    future = asyncio.Future()
    future.set_result(None)
    done, pending = await asyncio.wait([future, future])
    print(len(done), len(pending))
    print(await outcome(asyncio.wait([])))
    print(await outcome(asyncio.wait(future)))
    print(await outcome(asyncio.wait([future], return_when="SOMETIMES")))


if __name__ == "__main__":
    main()
