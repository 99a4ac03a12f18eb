/** What the steps of the smoke test work with: the command line at one server, and what only the place can do. */

/** Between two steps and across a restart: what a later step has to know. */
export type Notes = Record<string, string>;

export interface World {
  /** Folder for files of this smoke test. */
  readonly folder: string;
  readonly notes: Notes;
  /** Seconds that a run may take to its end. */
  readonly patienceSeconds: number;
  /** Runs a verb and gives the document that it prints; fails with what it said. */
  forge(words: readonly string[]): Promise<unknown>;
  /** Creates or changes the stage. @returns account and region */
  deploy(): Promise<{ readonly account: string; readonly region: string }>;
  signIn(): Promise<void>;
  /** Takes the machine from under a job of this run. @returns what was stopped */
  stopJob(runId: string): Promise<string>;
  destroy(): Promise<void>;
}

export interface StepResult {
  /** What was seen, in words and figures. */
  readonly found: string;
}

/** A step that went through but did not show what it has to show. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
}

const PAUSE_MS = 500;

/** Asks again and again until there is an answer. @throws StepFailure after so many seconds */
export async function until<Found>(
  what: string,
  seconds: number,
  look: () => Promise<Found | null | undefined | false>,
): Promise<Found> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new StepFailure(`waited ${seconds} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
