/**
 * What an example is given, and what it answers: the whole contract between an example and its runner.
 *
 * An example is a module whose `run(stage)` starts its programs, lets them do a bounded amount of real work,
 * and answers what there is to see. It ends nothing: the stage does, whatever happened.
 */

export type Run = (stage: Stage) => Promise<Played>;

export interface Stage {
  /** Where spans go: an OTLP/HTTP address such as http://127.0.0.1:4318. */
  readonly endpoint: string;
  /** A folder of its own, gone when the example is over. */
  readonly folder: string;
  /** One line for the reader of the terminal. */
  log(line: string): void;
  /** Starts a program that stays; resolves when it prints `ready ADDRESS`. It is ended with the stage. */
  start(service: string, program: Program, options?: ProgramOptions): Promise<Service>;
  /** Runs a program to its end; resolves with what it printed. A code other than 0 is an error. */
  play(service: string, program: Program, options?: ProgramOptions): Promise<Printed>;
}

/** A module for Node, or a command of anything else with its arguments. */
export type Program = URL | readonly [command: string, ...args: string[]];

export interface ProgramOptions {
  /** Beside OTEL_SERVICE_NAME and OTEL_EXPORTER_OTLP_ENDPOINT, which are set. */
  readonly env?: Readonly<Record<string, string>>;
  /** For modules: such as `--import @clew/sdk/register`. */
  readonly nodeFlags?: readonly string[];
  readonly args?: readonly string[];
  /** How the output tells that it is ready, the address in group 1; for programs of others. */
  readonly ready?: RegExp;
  /** How long it may take to be ready, or to end. */
  readonly msMax?: number;
}

export interface Service {
  readonly service: string;
  readonly pid: number;
  /** What stood behind `ready`. */
  readonly url: string;
  /** What it printed so far. */
  output(): string;
  /** SIGTERM, on which the SDK sends what has ended; resolves when the process is gone. */
  stop(): Promise<void>;
}

export interface Printed {
  readonly lines: readonly string[];
  /** Of the lines `trace ID TITLE`. */
  readonly traces: readonly Shown[];
}

export interface Shown {
  readonly title: string;
  readonly traceId: string;
}

/** What there is to see when `run` is done. */
export interface Played {
  readonly traces: readonly Shown[];
  /** Sentences for the reader: what to look for. */
  readonly look: readonly string[];
  /** Addresses that stay open until Ctrl-C. */
  readonly urls?: Readonly<Record<string, string>>;
  /** What this machine lacks; then nothing was played. */
  readonly skipped?: string;
}

/** For the runner. `stop` ends every process that was started and removes the folder. */
export function createStage(options: {
  endpoint: string;
  log: (line: string) => void;
}): Promise<Stage & { stop(): Promise<void> }>;

/** For `--import` before a program that is started with a channel to its parent. */
export const END_WITH_PARENT: string;
