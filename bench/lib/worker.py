"""One subject at one job, in a process of its own: the twin of worker.ts and measure.ts."""

import asyncio
import gc
import importlib.util
import json
import pathlib
import resource
import statistics
import sys
import time
import tracemalloc

SAMPLES = 5


async def measure_time(job, order):
    await sample(job, order, order["warmUp"])
    samples = [await sample(job, order, order["sample"]) for _ in range(SAMPLES)]
    return {
        "cpu": statistics.median(cpu for cpu, _ in samples),
        "wall": statistics.median(wall for _, wall in samples),
    }


async def sample(job, order, least):
    cpu = wall = units = 0
    while cpu < least * 1e6:
        prepared = await job(order["units"], order)
        cpu_before, wall_before = time.process_time_ns(), time.perf_counter_ns()
        evidence = await prepared()
        cpu += time.process_time_ns() - cpu_before
        wall += time.perf_counter_ns() - wall_before
        units += order["units"]
        validate(evidence, order)
    return cpu / units, wall / units


async def measure_heap(job, order):
    await (await job(1000, order))()
    tracemalloc.start()
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    prepared = await job(order["units"], order)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    validate(await prepared(), order)
    return {"bytes": (after - before) / order["units"]}


async def measure_sleepers(job, order):
    prepared = await job(order["units"], order)
    cpu_before, wall_before = time.process_time_ns(), time.perf_counter_ns()
    validate(await prepared(), order)
    return {
        "cpu": time.process_time_ns() - cpu_before,
        "wall": time.perf_counter_ns() - wall_before,
        "peak": peak_memory(),
    }


def validate(evidence, order):
    if evidence != order["evidence"]:
        raise RuntimeError(f"{order['module']} did not do {order['job']}: {evidence} instead of {order['evidence']}")


def peak_memory():
    try:
        for line in pathlib.Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass  # not Linux
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main():
    order = json.loads(sys.argv[1])
    path = pathlib.Path(__file__).parent.parent / order["module"]
    spec = importlib.util.spec_from_file_location("subject", path)
    subject = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(subject)
    measure = {"time": measure_time, "heap": measure_heap, "sleepers": measure_sleepers}[order["measure"]]
    print(json.dumps(asyncio.run(measure(subject.JOBS[order["job"]], order))))


main()
