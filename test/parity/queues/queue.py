"""asyncio.Queue: putting, getting, and waiting for it."""

import asyncio

from outcomes import attempt, outcome
from support import main, scenario


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


def getters(log, queue, names):
    async def get(name):
        log.append(f"{name} {await queue.get()}")

    return [asyncio.create_task(get(name)) for name in names]


def putters(log, queue, items):
    async def put(item):
        await queue.put(item)
        log.append(f"put {item}")

    return [asyncio.create_task(put(item)) for item in items]


@scenario("a queue tells its size and whether it is empty or full [Q-02]")
async def sizes(print):
    queue = asyncio.Queue(2)
    print(queue.maxsize, queue.qsize(), queue.empty(), queue.full())
    queue.put_nowait(1)
    print(queue.qsize(), queue.empty(), queue.full())
    queue.put_nowait(2)
    print(queue.qsize(), queue.empty(), queue.full())


@scenario("a maxsize of zero or less is no limit; a fraction counts [Q-01 Q-02]")
async def limits(print):
    for maxsize in (0, -1, 1.3, 0.5):
        queue, sizes = asyncio.Queue(maxsize), []
        for item in range(4):
            sizes.append(attempt(lambda: queue.put_nowait(item)) or queue.full())
        print(sizes, queue.qsize())


@scenario("items come in the order in which they were put [Q-03 Q-05]")
async def order(print):
    queue = asyncio.Queue()
    for item in (1, 3, 2):
        await queue.put(item)
    print([queue.get_nowait() for _ in range(3)])


@scenario("a put with room and a get with an item take no turn of the loop [Q-03 Q-05]")
async def no_turn(print):
    queue = asyncio.Queue(1)
    asyncio.get_running_loop().call_soon(print, "the next turn")
    await queue.put("item")
    print(await queue.get())
    await asyncio.sleep(0)


@scenario("an empty queue and a full one refuse what may not wait [Q-04 Q-05 Q-10]")
async def nowait(print):
    queue = asyncio.Queue(1)
    print(attempt(queue.get_nowait))
    queue.put_nowait(1)
    print(attempt(lambda: queue.put_nowait(2)), queue.qsize())


@scenario("getters are served in the order in which they came [Q-05]")
async def getter_order(print):
    queue, log = asyncio.Queue(), []
    tasks = getters(log, queue, "abc")
    await settle()
    print(str(queue))
    for item in (1, 2, 3):
        queue.put_nowait(item)
    print(str(queue))
    await asyncio.gather(*tasks)
    print(log)


@scenario("putters are served in the order in which they came [Q-03]")
async def putter_order(print):
    queue, log = asyncio.Queue(1), []
    tasks = putters(log, queue, [1, 2, 3, 4])
    await settle()
    print(log, str(queue))
    got = []
    for _ in range(4):
        got.append(queue.get_nowait())
        await settle()
    print(got, log, str(queue))
    await asyncio.gather(*tasks)


@scenario("put_nowait may overtake a putter that was woken, which then waits again [Q-03]")
async def overtaken_putter(print):
    queue, log = asyncio.Queue(1), []
    queue.put_nowait("first")
    tasks = putters(log, queue, ["second", "third"])
    await settle()
    print(queue.get_nowait())
    queue.put_nowait("quick")
    await settle()
    print(log, str(queue.qsize()))
    for _ in range(3):
        print(queue.get_nowait())
        await settle()
    await asyncio.gather(*tasks)


@scenario("get_nowait may overtake a getter that was woken, which then waits again [Q-05]")
async def overtaken_getter(print):
    queue, log = asyncio.Queue(), []
    tasks = getters(log, queue, "ab")
    await settle()
    queue.put_nowait(1)
    print(queue.get_nowait())
    await settle()
    print(log)
    queue.put_nowait(2)
    queue.put_nowait(3)
    await asyncio.gather(*tasks)
    print(log)


@scenario("a producer and consumers share a queue of one [Q-03 Q-05]")
async def pipeline(print):
    queue, log = asyncio.Queue(1), []

    async def produce():
        for item in range(5):
            await queue.put(item)
            log.append(f"put {item}")

    async def consume(name):
        while True:
            log.append(f"{name} {await queue.get()}")
            queue.task_done()

    consumers = [asyncio.create_task(consume(name)) for name in "ab"]
    await settle()
    await produce()
    await queue.join()
    for task in consumers:
        task.cancel()
    print([await outcome(task) for task in consumers], log, str(queue))


@scenario("a last-in queue gives the newest item first [Q-09]")
async def last_in(print):
    queue = asyncio.LifoQueue(4)
    for item in (1, 3, 2):
        queue.put_nowait(item)
    print(str(queue), [queue.get_nowait() for _ in range(3)], str(queue))


@scenario("a priority queue gives the least item first [Q-08]")
async def least(print):
    queue = asyncio.PriorityQueue(9)
    for item in (5, 1, 4, 2, 3, 9, 0):
        queue.put_nowait(item)
    print([queue.get_nowait() for _ in range(7)], str(queue))


@scenario("a priority queue compares pairs element by element [Q-08]")
async def pairs(print):
    queue = asyncio.PriorityQueue()
    for item in ([2, "b"], [1, "z"], [2, "a"], [1, "y"], [1], [0, "x", 3]):
        queue.put_nowait(item)
    print([await queue.get() for _ in range(6)])


@scenario("a priority queue that cannot compare refuses the item [Q-08]")
async def incomparable(print):
    queue = asyncio.PriorityQueue()
    queue.put_nowait(1)
    print(attempt(lambda: queue.put_nowait("text")))


@scenario("items of equal priority come out in this order [Q-08]")
async def ties(print):
    class Job:
        def __init__(self, priority, name):
            self.priority, self.name = priority, name

        def __lt__(self, other):
            return self.priority < other.priority

    queue = asyncio.PriorityQueue()
    for index, priority in enumerate([3, 1, 2, 1, 3, 2, 1, 1, 2, 3, 1, 2]):
        queue.put_nowait(Job(priority, index))
    first = [queue.get_nowait() for _ in range(5)]
    for index, priority in enumerate([2, 1, 3]):
        queue.put_nowait(Job(priority, 100 + index))
    rest = [queue.get_nowait() for _ in range(queue.qsize())]
    print([[job.priority, job.name] for job in first + rest])


@scenario("a queue remembers the loop of its first wait [SYNC-01]")
def binding(print):
    queue = asyncio.Queue()

    async def wait():
        task = asyncio.create_task(queue.get())
        await settle()
        if not task.done():
            queue.put_nowait("item")
        return await outcome(task)

    async def no_wait():
        queue.put_nowait("no wait")
        return await queue.get()

    print(asyncio.run(wait()), asyncio.run(no_wait()), asyncio.run(wait()), asyncio.run(no_wait()))


main()
