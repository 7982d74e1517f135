"""asyncio.gather: results, errors and cancellation of several awaitables at once."""

import asyncio

from outcomes import Boom, name_of, outcome
from support import main, scenario


async def after(delay, value):
    await asyncio.sleep(delay)
    return value


async def fail_after(delay):
    await asyncio.sleep(delay)
    raise Boom("no")


@scenario("the results come in the order of the arguments, not of the ends [WAIT-02]")
async def argument_order(print):
    async def work(delay):
        await asyncio.sleep(delay / 1000)
        print("ends", delay)
        return delay

    print(await asyncio.gather(work(60), work(20), work(40)))


@scenario("futures, tasks and coroutines may be mixed; gather of nothing is an empty list [WAIT-02]")
async def mixed(print):
    future = asyncio.Future()
    future.set_result("future")
    task = asyncio.create_task(after(0, "task"))
    print(await asyncio.gather(after(0, "coroutine"), future, task))
    print(await asyncio.gather())


@scenario("gather gives a future at once, and starts its coroutines later, in order [WAIT-02 TASK-01]")
async def starts_in_order(print):
    async def work(name):
        print("starts", name)

    gathered = asyncio.gather(work("a"), work("b"), work("c"))
    print("gathered", asyncio.isfuture(gathered), gathered.done())
    await gathered
    print("done", gathered.done())


@scenario("an awaitable given twice runs once, and its result comes twice [WAIT-02]")
async def duplicates(print):
    async def work():
        print("runs")
        return 1

    task = asyncio.create_task(work())
    print(await asyncio.gather(task, task))


@scenario("the first error ends gather at once; the others run on [WAIT-03]")
async def first_error(print):
    slow = asyncio.create_task(after(0.04, "slow"))
    print(await outcome(asyncio.gather(slow, fail_after(0.01))))
    print("slow is done", slow.done())
    print(await slow)


@scenario("a second error behind the first is not reported as lost [WAIT-03 FUT-13]")
async def second_error(print):
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: print("reported"))
    print(await outcome(asyncio.gather(fail_after(0), fail_after(0.02))))
    await asyncio.sleep(0.04)


@scenario("return_exceptions= puts errors and cancellations into the list [WAIT-04]")
async def return_exceptions(print):
    cancelled = asyncio.create_task(after(60, "never"))
    asyncio.get_running_loop().call_soon(cancelled.cancel)
    gathered = asyncio.gather(after(0, "result"), fail_after(0), cancelled, return_exceptions=True)
    result, error, cancellation = await gathered
    print(result, name_of(error), name_of(cancellation), cancelled.cancelled(), gathered.cancelled())


@scenario("cancelling gather cancels all that is pending in it [WAIT-05]")
async def cancel_outer(print):
    done = asyncio.create_task(after(0, "done"))
    pending = [asyncio.create_task(after(60, "never")) for _ in range(2)]
    gathered = asyncio.gather(done, *pending)
    await asyncio.sleep(0.02)
    print(gathered.cancel())
    print(await outcome(gathered))
    await asyncio.wait(pending)
    print(done.cancelled(), *(task.cancelled() for task in pending))


@scenario("cancelling the task that awaits a gather reaches the children, then the task [WAIT-05 TASK-19]")
async def cancel_waiter(print):
    async def child():
        try:
            await asyncio.sleep(60)
        finally:
            print("child ends")

    async def parent():
        try:
            await asyncio.gather(child())
        finally:
            print("parent ends")

    task = asyncio.create_task(parent())
    await asyncio.sleep(0.02)
    task.cancel()
    print(await outcome(task))


@scenario("with return_exceptions= a cancelled gather waits for every child, and raises all the same [WAIT-05]")
async def cancel_waits(print):
    async def child(delay):
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(delay)
            print("cleaned up")

    gathered = asyncio.gather(child(0.02), child(0.04), return_exceptions=True)
    await asyncio.sleep(0)
    gathered.cancel()
    print(await outcome(gathered), "cancelled", gathered.cancelled())


@scenario("a child that is cancelled counts as one that raised CancelledError; the gather is not cancelled [WAIT-05]")
async def cancelled_child(print):
    child, sibling = asyncio.create_task(after(60, "never")), asyncio.create_task(after(0.02, "sibling"))
    gathered = asyncio.gather(child, sibling)
    asyncio.get_running_loop().call_soon(child.cancel)
    print(await outcome(gathered), "cancelled", gathered.cancelled())
    print(await sibling)


@scenario("a gather that is done, or has failed, cannot be cancelled, and leaves its children alone [WAIT-03 WAIT-05]")
async def cancel_too_late(print):
    finished = asyncio.gather(after(0, "result"))
    await finished
    print(finished.cancel(), await finished)
    sibling = asyncio.create_task(after(0.02, "sibling"))
    failed = asyncio.gather(fail_after(0), sibling)
    await outcome(failed)
    print(failed.cancel(), await sibling)


if __name__ == "__main__":
    main()
