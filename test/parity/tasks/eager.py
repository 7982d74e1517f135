"""Task factories, and the eager one, whose tasks start inside create_task."""

import asyncio
import contextvars

from outcomes import Boom, attempt, name_of, outcome
from support import main, scenario


def be_eager():
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)


@scenario("the task factory can be asked for, replaced and taken away; it must be callable [EXT-03]")
async def factory_property(print):
    loop = asyncio.get_running_loop()
    print(loop.get_task_factory())
    loop.set_task_factory(asyncio.eager_task_factory)
    print(loop.get_task_factory() is asyncio.eager_task_factory)
    print(attempt(lambda: loop.set_task_factory("not callable")))
    print(loop.get_task_factory() is asyncio.eager_task_factory)
    loop.set_task_factory(None)
    print(loop.get_task_factory())


@scenario("the factory makes every task: of create_task, ensure_future and gather [EXT-03 TASK-02]")
async def factory_makes_tasks(print):
    loop = asyncio.get_running_loop()
    made = []

    def factory(loop_of_task, coroutine, **options):
        made.append(asyncio.Task(coroutine, loop=loop_of_task, **options))
        return made[-1]

    async def work(name):
        return name

    loop.set_task_factory(factory)
    by_function, by_loop = asyncio.create_task(work("function")), loop.create_task(work("loop"))
    by_ensure = asyncio.ensure_future(work("ensure"))
    print(await asyncio.gather(work("gather"), by_function))
    print(await by_loop, await by_ensure)
    print(len(made), by_function in made, by_loop in made, by_ensure in made)


@scenario("an eager task runs inside create_task up to its first wait [TASK-33]")
async def eager_start(print):
    be_eager()

    async def work():
        print("in")
        await asyncio.sleep(0)
        print("after the wait")

    print("before")
    task = asyncio.create_task(work())
    print("created", task.done())
    await task


@scenario("an eager task that needs no wait is done when create_task returns [TASK-33 TASK-26]")
async def eager_done(print):
    be_eager()

    async def work():
        print("in")
        return "result"

    task = asyncio.create_task(work())
    print("created", task.done(), task.result(), task in asyncio.all_tasks())
    print(await task)


@scenario("an error of an eager task stays in the task [TASK-33]")
async def eager_error(print):
    be_eager()

    async def fail():
        raise Boom("no")

    task = asyncio.create_task(fail())
    print("created", task.done(), name_of(task.exception()))
    print(await outcome(task))


@scenario("during its eager start a task is the current one, and its creator again afterwards [TASK-25 TASK-33 TASK-36]")
async def eager_current_task(print):
    be_eager()
    creator = asyncio.current_task()
    seen = []

    async def work():
        seen.append(asyncio.current_task())
        print("in all_tasks", seen[0] in asyncio.all_tasks())
        await asyncio.sleep(0)
        print("same after the wait", asyncio.current_task() is seen[0])

    task = asyncio.create_task(work())
    print(seen[0] is task, asyncio.current_task() is creator)
    await task


@scenario("an eager task has a context of its own [TASK-33 CTX-01]")
async def eager_context(print):
    be_eager()
    var = contextvars.ContextVar("var", default="unset")
    var.set("creator")

    async def work():
        print("sees", var.get())
        var.set("task")
        await asyncio.sleep(0)
        print("keeps", var.get())

    task = asyncio.create_task(work())
    print("creator", var.get())
    await task
    print("creator", var.get())


@scenario("a cancel after an eager start interrupts the first wait [TASK-12 TASK-33]")
async def eager_cancel(print):
    be_eager()

    async def work():
        print("in")
        try:
            await asyncio.sleep(60)
        finally:
            print("interrupted")

    task = asyncio.create_task(work())
    print(task.cancel())
    print(await outcome(task), task.cancelled())


@scenario("eager tasks inside eager tasks start depth first [TASK-33 TASK-34]")
async def eager_nested(print):
    be_eager()

    async def inner(name):
        print("inner", name)
        await asyncio.sleep(0)
        print("inner", name, "ends")

    async def outer():
        print("outer")
        tasks = [asyncio.create_task(inner(1)), asyncio.create_task(inner(2))]
        print("outer waits")
        for task in tasks:
            await task
        print("outer ends")

    task = asyncio.create_task(outer())
    print("creator")
    await task


@scenario("gather of eager tasks has all results, in order [TASK-34 WAIT-02]")
async def eager_gather(print):
    be_eager()

    async def quick(name):
        print("quick", name)
        return name

    async def slow(name):
        print("slow", name)
        await asyncio.sleep(0.01)
        return name

    print(await asyncio.gather(quick("a"), slow("b"), quick("c")))
    print(await asyncio.gather(quick("d")))


@scenario("create_eager_task_factory starts tasks of any constructor eagerly [TASK-32]")
async def custom_constructor(print):
    class OwnTask(asyncio.Task):
        pass

    async def work():
        print("in", isinstance(asyncio.current_task(), OwnTask))
        await asyncio.sleep(0)
        return "result"

    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.create_eager_task_factory(OwnTask))
    task = asyncio.create_task(work(), name="own")
    print("created", isinstance(task, OwnTask), task.get_name())
    print(await task)


if __name__ == "__main__":
    main()
