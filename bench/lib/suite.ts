/** What a benchmark is made of. A suite has fixtures, a fixture has subjects, and each subject does the same job. */
import type { Pin, Program, RuntimeName } from "./programs.ts";

/**
 * Prepares a job of `n` units and gives the function that does it. What that resolves to is the evidence that all of it was done:
 * a subject whose evidence is not what the fixture expects has failed.
 */
export type Job = (n: number, options: JobOptions) => Prepared | Promise<Prepared>;
export type Prepared = () => number | Promise<number>;

export interface JobOptions {
  /** For how many milliseconds the sleepers sleep, counted from the moment when the first of them is made. */
  readonly sleep: number;
}

/** A worker's exit code: some sleepers woke before all slept, so it needs a longer `sleep`. */
export const OVERSLEPT = 75;

/** What a subject's module exports: its jobs by name, and what has to be around them. */
export interface SubjectModule {
  readonly jobs: Readonly<Record<string, Job>>;
  readonly inside?: (body: () => Promise<void>) => Promise<void>;
}

/**
 * - `time`: CPU time per unit of what the prepared function does
 * - `heap`: bytes per unit that live between preparing and doing
 * - `sleepers`: CPU time and peak memory of the process that does it once
 */
export type Measure = "time" | "heap" | "sleepers";

/** A figure's name in the worker's answer, and how a table prints it: in `unit`, which is the answer divided by `scale`. */
export interface Figure {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly scale: number;
}

export const NANOSECONDS: Figure = { key: "cpu", title: "CPU time", unit: "ns", scale: 1 };
export const BYTES: Figure = { key: "bytes", title: "live memory", unit: "bytes", scale: 1 };
export const SECONDS: Figure = { key: "cpu", title: "CPU time of the process", unit: "s", scale: 1e9 };
export const PEAK: Figure = { key: "peak", title: "peak resident memory", unit: "MB", scale: 1e6 };

export interface Subject {
  readonly name: string;
  readonly runtime: RuntimeName;
  /** The file below bench/ that does the job, and under which name; that of the fixture when left out. */
  readonly module: string;
  readonly job?: string;
  /** Which event loop, where the subject has several. */
  readonly loop?: string;
  /** The ratios of the table are to this one. */
  readonly baseline?: boolean;
}

export type Fixture = JobFixture | TrialFixture;

interface FixtureBase {
  readonly name: string;
  readonly title: string;
  /** What a reader has to know to judge the figures. */
  readonly legend: string;
  readonly figures: readonly Figure[];
  readonly subjects: readonly Subject[];
}

/** Subjects are measured from within, by bench/lib/worker.ts or its twin in Python. */
export interface JobFixture extends FixtureBase {
  readonly measure: Measure;
  /** How many units a prepared job has. */
  readonly units: number;
  readonly evidence: (n: number) => number;
}

/** Subjects are measured from outside, in a way of the fixture's own, which rejects when one of them fails. */
export interface TrialFixture extends FixtureBase {
  readonly trial: (one: Entrant, round: number, plan: Plan) => Promise<Answer>;
  /** Why it cannot be measured on this machine; null if it can. */
  readonly obstacle: () => Promise<string | null>;
}

/** A subject on a program: one cell of a table. */
export interface Entrant {
  readonly subject: Subject;
  readonly program: Program;
  /** The built tree that the subject is taken from. */
  readonly root: string;
}

export interface Plan {
  readonly rounds: number;
  /** Whether the run only shows that everything works. */
  readonly quick: boolean;
  readonly warmUp: number;
  readonly sample: number;
  readonly sleep: number;
  readonly pin: Pin | null;
}

export interface Suite {
  readonly name: string;
  readonly fixtures: readonly Fixture[];
  /** What is measured unless the options say otherwise. */
  readonly defaults: { readonly rounds: number; readonly nodes: string };
  /** The figure of which all ratios are gathered in one table at the end. */
  readonly overview?: Figure;
  /** What a reader has to know about the tools that were found on this machine. */
  readonly notes?: () => Promise<readonly string[]>;
}

export const USUAL = { rounds: 5, nodes: "24,26,20" };

/** What the parent asks of a worker. */
export interface Order extends JobOptions {
  readonly module: string;
  readonly job: string;
  readonly measure: Measure;
  readonly units: number;
  readonly evidence: number;
  /** Milliseconds of CPU time: how long to warm up, and the least that a sample takes. */
  readonly warmUp: number;
  readonly sample: number;
}

/** What a worker prints as its last line. Nanoseconds and bytes. */
export type Answer = Readonly<Record<string, number>>;
