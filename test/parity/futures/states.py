"""The states of a future: pending, finished with a result or an error, cancelled."""

import asyncio

from outcomes import Boom, attempt, outcome
from support import main, scenario


@scenario("a pending future has neither result nor error to give [FUT-02 FUT-03 FUT-04 FUT-07]")
async def pending(print):
    future = asyncio.Future()
    print("done", future.done(), "cancelled", future.cancelled())
    print(attempt(lambda: future.result()))
    print(attempt(lambda: future.exception()))


@scenario("a result is set once, and stays [FUT-03 FUT-04 FUT-05 FUT-06 FUT-08]")
async def result_once(print):
    future = asyncio.Future()
    future.set_result("result")
    print("done", future.done(), "cancelled", future.cancelled())
    print(attempt(lambda: future.set_result("other")))
    print(attempt(lambda: future.set_exception(Boom("other"))))
    print(future.cancel())
    print(future.result(), future.exception(), future.result())


@scenario("an error is set once, and each look gives the same object [FUT-03 FUT-04 FUT-06]")
async def error_once(print):
    error = Boom("no")
    future = asyncio.Future()
    future.set_exception(error)
    print("done", future.done(), "cancelled", future.cancelled())
    print(attempt(lambda: future.set_result("other")))
    print(attempt(lambda: future.set_exception(Boom("other"))))
    print(future.exception() is error, future.exception() is error)
    try:
        future.result()
    except Boom as raised:
        print(raised is error)


@scenario("cancel ends a pending future, once; looking at it then raises CancelledError [FUT-03 FUT-04 FUT-07 FUT-08]")
async def cancelled(print):
    future = asyncio.Future()
    print(future.cancel(), future.cancel())
    print("done", future.done(), "cancelled", future.cancelled())
    print(attempt(lambda: future.result()))
    print(attempt(lambda: future.exception()))
    print(attempt(lambda: future.set_result("late")))
    print(attempt(lambda: future.set_exception(Boom("late"))))


@scenario("the message of cancel is in the CancelledError, whoever looks [FUT-08 EXC-01]")
async def cancel_message(print):
    future = asyncio.Future()
    future.cancel("enough")
    for look in (future.result, future.exception):
        try:
            look()
        except asyncio.CancelledError as error:
            print(error.args[0])
    try:
        await future
    except asyncio.CancelledError as error:
        print(error.args[0])


@scenario("null is a result like any other [FUT-05]")
async def null_result(print):
    future = asyncio.Future()
    future.set_result(None)
    print(future.done(), future.result(), await future)


@scenario("a future belongs to the loop that made it [FUT-01 FUT-02 FUT-11]")
async def loop_of_future(print):
    loop = asyncio.get_running_loop()
    print(loop.create_future().get_loop() is loop)
    print(asyncio.Future().get_loop() is loop)
    other = asyncio.new_event_loop()
    print(other.create_future().get_loop() is other)
    print(asyncio.Future(loop=other).get_loop() is other)
    other.close()


@scenario("awaiting gives the result, the error or the cancellation [FUT-12]")
async def awaiting(print):
    loop = asyncio.get_running_loop()
    result, error, cancelled = asyncio.Future(), asyncio.Future(), asyncio.Future()
    loop.call_soon(result.set_result, "result")
    loop.call_soon(error.set_exception, Boom("no"))
    loop.call_soon(cancelled.cancel)
    print(await outcome(result))
    print(await outcome(error))
    print(await outcome(cancelled))


@scenario("awaiting a finished future does not let the loop turn [FUT-12 TASK-11]")
async def awaiting_done(print):
    loop = asyncio.get_running_loop()
    finished, failed = asyncio.Future(), asyncio.Future()
    finished.set_result("finished")
    failed.set_exception(Boom("no"))
    loop.call_soon(print, "the loop turns")
    print(await finished)
    await asyncio.sleep(0)
    print(await outcome(failed))


@scenario("the waiters of a future wake in the order in which they began to wait [FUT-12 TASK-10]")
async def waiters_in_order(print):
    future = asyncio.Future()

    async def wait(name):
        print(name, "waits")
        print(name, "has", await future)

    tasks = [asyncio.create_task(wait(name)) for name in "abc"]
    await asyncio.sleep(0)
    future.set_result("it")
    print("set")
    for task in tasks:
        await task


@scenario("all waiters of a failed future get the same error [FUT-06 FUT-12]")
async def waiters_of_error(print):
    future = asyncio.Future()
    error = Boom("no")

    async def wait(name):
        try:
            await future
        except Boom as raised:
            print(name, raised is error)

    tasks = [asyncio.create_task(wait(name)) for name in "abc"]
    await asyncio.sleep(0)
    future.set_exception(error)
    for task in tasks:
        await task


@scenario("a cancelled future cancels the tasks that wait on it without a request to them [FUT-08 TASK-13 TASK-15]")
async def waiters_of_cancelled(print):
    future = asyncio.Future()

    async def wait():
        await future

    tasks = [asyncio.create_task(wait()) for _ in range(3)]
    await asyncio.sleep(0)
    future.cancel()
    for task in tasks:
        print(await outcome(task), task.cancelled(), task.cancelling())


if __name__ == "__main__":
    main()
