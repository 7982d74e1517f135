/** One subject at one job, in a process of its own: `worker.js ORDER` prints its answer as JSON. */
import { measure } from "./measure.ts";
import type { Answer, Order, SubjectModule } from "./suite.ts";

const order = JSON.parse(process.argv[2] ?? "") as Order;
const subject = (await import(new URL(`../${order.module}`, import.meta.url).href)) as SubjectModule;
const job = subject.jobs[order.job];
if (job === undefined) throw new Error(`${order.module} has no job ${order.job}`);

let answer: Answer | undefined;
const body = async (): Promise<void> => {
  answer = await measure(job, order);
};
await (subject.inside ?? ((fn) => fn()))(body);
console.log(JSON.stringify(answer));
process.exit(); // what a subject left behind, a timer of a day perhaps, is not to be waited for
