"""What a task does with its cancellation: swallow it, clean up, be cancelled again, take it back; and the messages."""

import asyncio

from outcomes import Boom, outcome
from support import main, scenario


@scenario("a task that swallows its cancellation goes on, and the count remembers [TASK-13 TASK-20]")
async def swallowed(print):
    async def work():
        print(await outcome(asyncio.sleep(60)))
        print(await asyncio.sleep(0.01, "the next wait is undisturbed"))
        return "result"

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    print(await task, task.cancelled(), task.cancelling())


@scenario("an error in the cleanup takes the place of the cancellation [TASK-15 TASK-20]")
async def failing_cleanup(print):
    async def work():
        try:
            await asyncio.sleep(60)
        finally:
            raise Boom("cleanup")

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    print(await outcome(task), task.cancelled())


@scenario("finally blocks may await, and the task ends after them [TASK-12 TASK-20]")
async def cleanup_awaits(print):
    async def work():
        try:
            await asyncio.sleep(60)
        finally:
            print("cleanup begins")
            await asyncio.sleep(0.02)
            print("cleanup ends", asyncio.current_task().cancelling())

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    print("not done yet", task.done())
    print(await outcome(task), task.cancelled())


@scenario("a second cancel interrupts the cleanup [TASK-12 TASK-13]")
async def second_cancel(print):
    async def work():
        try:
            await asyncio.sleep(60)
        finally:
            print("cleanup", await outcome(asyncio.sleep(60)))
            print("count", asyncio.current_task().cancelling())

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0.02)
    print(task.cancel())
    print(await outcome(task), task.cancelled())


@scenario("two cancels before the task wakes are one interruption, counted twice [TASK-12 TASK-13]")
async def two_cancels_at_once(print):
    async def work():
        print(await outcome(asyncio.sleep(60)))
        print(await asyncio.sleep(0.01, "the next wait is undisturbed"))
        return asyncio.current_task().cancelling()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    print(task.cancel(), task.cancel())
    print(await task)


@scenario("uncancel takes back one request at a time, down to zero [TASK-13 TASK-14]")
async def uncancel_counts(print):
    async def work():
        this = asyncio.current_task()
        print(await outcome(asyncio.sleep(60)), this.cancelling())
        print(this.uncancel(), this.uncancel(), this.uncancel(), this.cancelling())

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    task.cancel()
    await task
    print(task.cancelled())


@scenario("uncancel down to zero drops a cancellation not yet delivered [TASK-14]")
async def uncancel_drops(print):
    this = asyncio.current_task()
    this.cancel()
    print(this.uncancel())
    print(await outcome(asyncio.sleep(0, "undisturbed")))
    this.cancel()
    this.cancel()
    print(this.uncancel())
    print(await outcome(asyncio.sleep(0)))
    print(this.uncancel())


@scenario("a task that raises CancelledError of its own is cancelled, though nobody asked [TASK-15 TASK-21]")
async def own_cancelled_error(print):
    async def work():
        raise asyncio.CancelledError("mine")

    task = asyncio.create_task(work())
    try:
        await task
    except asyncio.CancelledError as error:
        print(error.args[0], task.cancelled(), task.cancelling())


@scenario("the message of cancel reaches the task, and those who await it [TASK-18]")
async def message(print):
    async def work():
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError as error:
            print("inside:", error.args[0])
            raise

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel("shutting down")
    try:
        await task
    except asyncio.CancelledError as error:
        print("outside:", error.args[0])


@scenario("two cancels before the first step keep the last message [TASK-16 TASK-18]")
async def last_message(print):
    async def work():
        print("never")

    task = asyncio.create_task(work())
    task.cancel("first")
    task.cancel("last")
    try:
        await task
    except asyncio.CancelledError as error:
        print(error.args[0], task.cancelling())


@scenario("a task that waits on a future gets the first of two messages [TASK-18]")
async def first_message(print):
    future = asyncio.Future()

    async def work():
        await future

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel("first")
    task.cancel("last")
    try:
        await task
    except asyncio.CancelledError as error:
        print(error.args[0], task.cancelling())


@scenario("the message travels down to the awaited task and back up [TASK-18 TASK-19]")
async def message_through_tasks(print):
    async def inner():
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError as error:
            print("inner:", error.args[0])
            raise

    async def outer():
        try:
            await inner_task
        except asyncio.CancelledError as error:
            print("outer:", error.args[0])
            raise

    inner_task = asyncio.create_task(inner())
    outer_task = asyncio.create_task(outer())
    await asyncio.sleep(0)
    outer_task.cancel("enough")
    print(await outcome(outer_task))


if __name__ == "__main__":
    main()
