"""Executors: functions that run in threads."""

import asyncio
import contextvars
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from outcomes import attempt, outcome
from support import main, scenario

user = contextvars.ContextVar("user", default="nobody")


def multiply(a, b):
    return a * b


def fail(text):
    raise ZeroDivisionError(text)


def rest(value):
    time.sleep(0.03)
    return value


def read_user():
    seen = user.get()
    user.set("changed in the thread")
    return seen


async def ask(executor, fn, *args):
    return await asyncio.get_running_loop().run_in_executor(executor, fn, *args)


@scenario("run_in_executor gives what the function returns [EXE-01]")
async def result(print):
    loop = asyncio.get_running_loop()
    future = loop.run_in_executor(None, multiply, 6, 7)
    print(asyncio.isfuture(future), future.done())
    print(await future, future.done())


@scenario("run_in_executor gives what the function throws [EXE-01]")
async def error(print):
    try:
        await ask(None, fail, "by zero")
    except ZeroDivisionError as error:
        print("caught", error)


@scenario("jobs that were submitted together all end [EXE-01]")
async def together(print):
    loop = asyncio.get_running_loop()
    print(await asyncio.gather(*[loop.run_in_executor(None, multiply, n, n) for n in range(5)]))


@scenario("a queued job that is cancelled never starts [EXE-01]")
async def queued(print):
    started = []
    with ThreadPoolExecutor(max_workers=1) as executor:
        loop = asyncio.get_running_loop()
        first = loop.run_in_executor(executor, rest, "first")
        second = loop.run_in_executor(executor, started.append, "second")
        third = loop.run_in_executor(executor, rest, "third")
        print(second.cancel(), second.cancelled())
        print(await outcome(second))
        print(await first, await third, len(started))


@scenario("cancelling the task that waits cancels the future [EXE-01]")
async def task_cancelled(print):
    future = asyncio.get_running_loop().run_in_executor(None, rest, 1)

    async def wait():
        return await future

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    print(await outcome(task), task.cancelled(), future.cancelled())


@scenario("an executor that was shut down refuses [EXE-01]")
async def shut_down(print):
    executor = ThreadPoolExecutor()
    executor.shutdown()
    print(await outcome(ask(executor, multiply, 1, 2)))


@scenario("shutdown waits for what is running and queued [EXE-02]")
async def waits(print):
    executor = ThreadPoolExecutor(max_workers=1)
    jobs = [executor.submit(rest, n) for n in range(3)]
    executor.shutdown()
    print([job.done() for job in jobs], [job.result() for job in jobs])


@scenario("shutdown can cancel what is queued [EXE-02]")
async def cancels(print):
    executor = ThreadPoolExecutor(max_workers=1)
    jobs = [executor.submit(rest, n) for n in range(3)]
    executor.shutdown(cancel_futures=True)
    print(jobs[0].result(), [job.cancelled() for job in jobs])


@scenario("shutdown without waiting lets the jobs run [EXE-02]")
async def no_wait(print):
    executor = ThreadPoolExecutor(max_workers=1)
    jobs = [executor.submit(rest, n) for n in range(2)]
    executor.shutdown(wait=False)
    print([job.done() for job in jobs])
    print([await asyncio.wrap_future(job) for job in jobs])


@scenario("a block that ends waits for its jobs [EXE-02]")
async def block(print):
    with ThreadPoolExecutor(max_workers=1) as executor:
        job = executor.submit(rest, "done")
    print(job.done(), job.result())


@scenario("map keeps the order [EXE-02]")
async def map_order(print):
    with ThreadPoolExecutor(max_workers=3) as executor:
        print(list(executor.map(lambda n: time.sleep((3 - n) / 100) or n, range(4))))
        print(list(executor.map(lambda n: n + 1, [], chunksize=2)))


@scenario("map ends with the first error [EXE-02]")
async def map_error(print):
    def picky(n):
        if n == 2:
            raise ZeroDivisionError("two")
        return n

    seen = []
    with ThreadPoolExecutor(max_workers=2) as executor:
        try:
            for n in executor.map(picky, range(5)):
                seen.append(n)
        except ZeroDivisionError as error:
            print(seen, "caught", error)


@scenario("to_thread gives results and errors [WAIT-14]")
async def to_thread(print):
    print(await asyncio.to_thread(multiply, 2, 3))
    try:
        await asyncio.to_thread(fail, "in a thread")
    except ZeroDivisionError as error:
        print("caught", error)


@scenario("to_thread takes the context along and brings nothing back [WAIT-14 CTX-05]")
async def context(print):
    user.set("ada")
    print(await asyncio.to_thread(read_user))
    print(user.get())
    print(await ask(None, read_user))


@scenario("the default executor refuses after its shutdown [LOOP-09]")
async def default_shutdown(print):
    loop = asyncio.get_running_loop()
    job = loop.run_in_executor(None, rest, "last")
    await loop.shutdown_default_executor()
    print(job.done(), await job)
    print(await outcome(ask(None, multiply, 1, 2)))
    print(await outcome(asyncio.to_thread(multiply, 1, 2)))


@scenario("so it does if it was never used [LOOP-09]")
async def never_used(print):
    loop = asyncio.get_running_loop()
    print(await loop.shutdown_default_executor())
    print(await outcome(ask(None, multiply, 1, 2)))


@scenario("the default executor can be set, to an executor only [EXE-05]")
async def set_default(print):
    loop = asyncio.get_running_loop()
    for wrong in (None, 1, object()):
        print(attempt(lambda: loop.set_default_executor(wrong)))
    executor = ThreadPoolExecutor(max_workers=1)
    loop.set_default_executor(executor)
    print(await asyncio.to_thread(multiply, 4, 5))
    executor.shutdown()
    print(await outcome(asyncio.to_thread(multiply, 4, 5)))


@scenario("run() waits for the jobs of the default executor [RUN-08]")
def run_waits(print):
    jobs = []

    async def start():
        jobs.append(asyncio.get_running_loop().run_in_executor(None, rest, 1))

    asyncio.run(start())
    print(len(jobs), threading.active_count() == 1)


@scenario("a closed loop takes no jobs [LOOP-07]")
def closed(print):
    loop = asyncio.new_event_loop()
    print(loop.run_until_complete(loop.run_in_executor(None, multiply, 1, 2)))
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    print(attempt(lambda: loop.run_in_executor(None, multiply, 1, 2)))


main()
