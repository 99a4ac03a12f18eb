/** The smallest real run: every phase that is there, in order, at its test preset, on a corpus of a few sentences. */
import catalogue from '#contracts/phases.json' with { type: 'json' };
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { Run } from '#core/domain/run.ts';
import type { ServerProcess } from '#test/support/server-process.ts';

const SENTENCE = 'The people of the States have sent their delegates to the Congress of the Union. ';
const CORPUS = Array.from({ length: 40 }, (_, index) =>
  JSON.stringify({ id: `text-${index}`, text: `${index} ${SENTENCE.repeat(20)}` }),
).join('\n');

/** Up to the first phase that is not there yet: a run has no gaps. */
function availablePhases(): readonly string[] {
  const gap = catalogue.phases.findIndex(({ available }) => !available);
  return catalogue.phases.slice(0, gap < 0 ? undefined : gap).map(({ slug }) => slug);
}

export const PHASES = availablePhases();

/** Stages that end a phase: what they do is measuring, not training. */
export const REDUCES: ReadonlySet<string> = new Set(
  catalogue.phases.flatMap(({ stages }) =>
    stages.filter(({ kind }) => kind === 'reduce').map(({ name }) => name),
  ),
);

/** Long enough for a checkpoint or more in each training. */
const LONGER = { cognate: { steps: 160 } };

/** A real server and what is submitted to it, again and again. */
export interface Toy {
  readonly server: ServerProcess;
  /** True where it only has to be shown that the faults work. */
  readonly quick: boolean;
  submit(key: string, config?: Readonly<Record<string, unknown>>): Promise<Run>;
  /** A run that nobody disturbs; always the same one. */
  calm(): Promise<{ readonly run: Run; readonly seconds: number }>;
}

const PATIENCE_SECONDS = 300;

export async function startToy(server: ServerProcess, quick: boolean): Promise<Toy> {
  const code = await server.start();
  if (code !== null) throw new Error(`the server ended with ${code}: ${server.stderr}`);
  await server.addCorpus(`${CORPUS}\n`);
  const usual = quick ? {} : LONGER;
  const submit: Toy['submit'] = (key, config = usual) =>
    server.submit(key, { name: 'faults', phases: PHASES, config });
  let calm: ReturnType<Toy['calm']> | undefined;
  const beCalm: Toy['calm'] = async () => {
    const started = performance.now();
    const run = await server.ended((await submit('calm')).id, PATIENCE_SECONDS);
    return { run, seconds: (performance.now() - started) / 1000 };
  };
  return {
    server,
    quick,
    submit,
    calm() {
      calm ??= beCalm();
      return calm;
    },
  };
}

/** Every event of a run, page by page. */
export async function allEvents(server: ServerProcess, id: string): Promise<readonly ForgeEvent[]> {
  const events: ForgeEvent[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page: { items: ForgeEvent[]; next: number | null } = (
      await server.api<{ items: ForgeEvent[]; next: number | null }>(
        'GET',
        `/v1/runs/${id}/events?after=${after}`,
      )
    ).body;
    events.push(...page.items);
    after = page.next;
  }
  return events;
}

export const isOver = ({ endedAt }: Run): boolean => endedAt !== null;
