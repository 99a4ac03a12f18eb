/** Does the kinds of faults that are wanted, one after the other; those of runs to one real server. */
import { rmSync } from 'node:fs';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { removeBundle, ServerProcess, useBundle } from '#test/support/server-process.ts';
import { cancel } from './cancel.ts';
import { crash } from './crash.ts';
import { flips } from './flips.ts';
import { type Outcome, tableText } from './outcome.ts';
import { type Random, seededRandom } from './random.ts';
import { sockets } from './sockets.ts';
import { PHASES, startToy, type Toy } from './toy-run.ts';

type Mode = (toy: () => Promise<Toy>, count: number, random: Random) => Promise<Outcome>;

/** Started once, by the first kind of fault that needs it. */
const onToy =
  (mode: (toy: Toy, count: number, random: Random) => Promise<Outcome>): Mode =>
  async (toy, count, random) =>
    mode(await toy(), count, random);

const MODES: Readonly<Record<string, Mode>> = {
  crash: onToy(crash),
  flips: onToy(flips),
  cancel: onToy(cancel),
  sockets: (_toy, count, random) => sockets(count, random),
};

interface Wanted {
  readonly seed: number;
  readonly quick: boolean;
  readonly modes: readonly { readonly name: string; readonly count: number }[];
}

function report(name: string, { table, notes, failures }: Outcome, seconds: number): void {
  console.log(`\n${name}: ${seconds.toFixed(0)} s`);
  console.log(tableText(table));
  for (const note of notes) console.log(note);
  for (const failure of failures) console.log(`FAILED: ${failure}`);
}

/** What stopped the rest is a failure as any other. */
function broken(error: Error): Outcome {
  return { table: [['stopped']], notes: [], passed: 0, failures: [error.stack ?? error.message] };
}

/** @returns the exit code: 0 when every fault was survived. */
export async function main({ seed, quick, modes }: Wanted): Promise<number> {
  useBundle(process.env.FORGE_FAULTS_SERVER ?? '');
  const server = new ServerProcess();
  // Nothing of it may go on alone when somebody loses patience.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => server.end().finally(() => process.exit(130)));
  }
  let started: Promise<Toy> | undefined;
  const toy = () => {
    if (started === undefined) console.log(`Phases: ${PHASES.join(', ')}; preset test`);
    started ??= startToy(server, quick);
    return started;
  };
  let passed = 0;
  let failed = 0;
  try {
    console.log(`Seed ${seed}`);
    for (const { name, count } of modes) {
      const begun = performance.now();
      const mode = MODES[name] as Mode;
      const outcome = await mode(toy, count, seededRandom(seed)).catch(broken);
      report(name, outcome, (performance.now() - begun) / 1000);
      passed += outcome.passed;
      failed += outcome.failures.length;
    }
  } finally {
    await server.end();
    removeBundle();
    if (failed === 0) removeFixtures();
    else console.log(`What is left of it lies in ${server.home}.`);
    if (process.argv[1]) rmSync(__filename, { force: true });
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
