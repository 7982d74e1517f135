/** Each of these drivers and networks breaks the contract in one way, and a check catches it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EventLoop } from "gyre";
import { checkEventLoop } from "gyre/testing";
import { guardLeaks } from "../../support/leaks.ts";
import * as drivers from "./faulty-drivers.ts";
import { cleanUp, faultyNetworks } from "./faulty-networks.ts";

const TIMEOUT = 500; // ms, for checks that a fault makes hang

const { loopOn } = drivers;

type Fault = readonly [what: string, factory: () => EventLoop, caughtBy: string];

const DRIVERS: readonly Fault[] = [
  ["drops every turn", loopOn(drivers.DeafDriver), "order: callSoon runs first in, first out"],
  ["runs each turn twice", loopOn(drivers.DoubleDriver), "order: callbacks and tasks advance side by side"],
  ["runs last in, first out", loopOn(drivers.BackwardsDriver), "order: callSoon runs first in, first out"],
  [
    "never lets the host run",
    loopOn(drivers.GreedyDriver),
    "fairness: callbacks that queue themselves again for ever",
  ],
  [
    "never ends a run",
    loopOn(drivers.UnstoppableDriver),
    "life cycle: runForever ends when a callback calls stop()",
  ],
  ["calls deadlines early", loopOn(drivers.EarlyDriver), "fairness: a loop that waits does not spin"],
  [
    "lets far deadlines overflow",
    loopOn(drivers.OverflowingDriver),
    "fairness: a loop that waits does not spin",
  ],
  [
    "keeps a later deadline",
    loopOn(drivers.StubbornDriver),
    "timers: an earlier deadline replaces a later one",
  ],
  [
    "loses a deadline now and then",
    loopOn(drivers.ForgetfulDriver),
    "timers: none is lost: twenty waits in a row",
  ],
  ["has a clock that goes back", loopOn(drivers.WaveringClock), "clock: never goes back"],
  ["has a clock that is too fast", loopOn(drivers.FastClock), "clock: counts the host's milliseconds"],
  [
    "does not hold the host",
    loopOn(drivers.CarelessDriver),
    "life cycle: keeps the host alive while it runs for ever, and only then",
  ],
  [
    "does not release the host",
    loopOn(drivers.ClingingDriver),
    "life cycle: keeps the host alive while it runs for ever, and only then",
  ],
  ["leaves timers in the host", loopOn(drivers.LitteringDriver), "timers: call once, with the arguments"],
  [
    "never says that things have settled",
    loopOn(drivers.UnsettledDriver),
    "debugging: debug mode measures what runs until things have settled",
  ],
  [
    "only says that it runs step by step",
    loopOn(drivers.PretendingDriver),
    "order: a stepwise loop lets everything settle between two entries",
  ],
  [
    "has no time when it is closed",
    loopOn(drivers.DeadlyDriver),
    "clock: can be read when the loop is closed",
  ],
];

for (const [kind, faults] of [
  ["driver", DRIVERS],
  ["network", faultyNetworks],
] as const) {
  describe(`checkEventLoop catches a ${kind} that`, () => {
    guardLeaks();

    for (const [what, factory, caughtBy] of faults) {
      it(what, async () => {
        const options = { only: [caughtBy], timeout: TIMEOUT, throwOnFailure: false };
        const { results } = await checkEventLoop(factory, options);
        drivers.LitteringDriver.clean();
        await cleanUp();
        assert.deepEqual(
          results.map(({ title, outcome }) => [title, outcome]),
          [[caughtBy, "failed"]],
        );
      });
    }
  });
}
