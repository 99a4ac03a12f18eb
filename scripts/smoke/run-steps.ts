/** Does the steps in their order, keeps what is done, destroys at the end, and gives the record of it all. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Step } from './steps.ts';
import type { Notes, World } from './world.ts';

export interface StepRecord {
  readonly name: string;
  readonly verdict: 'passed' | 'failed';
  readonly seconds: number;
  readonly found: string;
}

/** What a smoke test has found, written once it is over. */
export interface SmokeRecord {
  readonly schemaVersion: 1;
  readonly kind: 'aws-smoke';
  readonly commit: string;
  /** First 16 digits of the SHA-256 of the account's number: tells two accounts apart and names none. */
  readonly account: string | null;
  readonly region: string | null;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly verdict: 'passed' | 'failed';
  readonly destroyed: boolean;
  readonly steps: readonly StepRecord[];
}

interface State {
  readonly notes: Notes;
  readonly steps: readonly StepRecord[];
}

const stateFile = (folder: string): string => join(folder, 'state.json');

/** What an earlier call has done; nothing where there was none. */
export function readState(folder: string): State {
  const path = stateFile(folder);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as State) : { notes: {}, steps: [] };
}

/** The whole file or the old one. */
export function writeWhole(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(`${path}.part`, path);
}

async function attempt(name: string, work: () => Promise<{ readonly found: string }>): Promise<StepRecord> {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 100) / 10;
  try {
    const { found } = await work();
    return { name, verdict: 'passed', seconds: seconds(), found };
  } catch (error) {
    return { name, verdict: 'failed', seconds: seconds(), found: (error as Error).message };
  }
}

export interface SmokeOptions {
  readonly commit: string;
  /** Leaves the stage of a failure as it is, to look at it and to go on. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

/**
 * @returns null where the stage of a failure is kept: it is not over, and the next call goes on with the failed step
 */
export async function runSteps(
  world: World,
  steps: readonly Step[],
  { commit, keep, say }: SmokeOptions,
): Promise<SmokeRecord | null> {
  const done = readState(world.folder).steps.filter(({ verdict }) => verdict === 'passed');
  world.notes.started ??= new Date().toISOString();
  const save = () => writeWhole(stateFile(world.folder), { notes: world.notes, steps: done });
  save();
  let failed: StepRecord | undefined;
  for (const step of steps) {
    if (done.some(({ name }) => name === step.name)) continue;
    say(`${step.name}: ${step.title}`);
    const record = await attempt(step.name, () => step.run(world));
    say(`${step.name}: ${record.verdict} in ${record.seconds} s; ${record.found}`);
    if (record.verdict === 'failed') {
      failed = record;
      break;
    }
    done.push(record);
    save();
  }
  if (failed && keep) {
    save();
    return null;
  }
  const destroyed = await attempt('destroy', async () => {
    await world.destroy();
    return { found: 'every stack is gone' };
  });
  say(`destroy: ${destroyed.verdict} in ${destroyed.seconds} s; ${destroyed.found}`);
  const all = [...done, ...(failed ? [failed] : []), destroyed];
  // What could not be destroyed costs money: the state stays, and the next call tries again.
  if (destroyed.verdict === 'passed') rmSync(stateFile(world.folder), { force: true });
  const { account, region, started } = world.notes;
  return {
    schemaVersion: 1,
    kind: 'aws-smoke',
    commit,
    account: account ? createHash('sha256').update(account).digest('hex').slice(0, 16) : null,
    region: region ?? null,
    startedAt: started ?? '',
    endedAt: new Date().toISOString(),
    verdict: all.every(({ verdict }) => verdict === 'passed') ? 'passed' : 'failed',
    destroyed: destroyed.verdict === 'passed',
    steps: all,
  };
}
