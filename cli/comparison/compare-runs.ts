/** What differs between two runs: what was asked of them, and what they came to. */
import type { ApiClient } from '../client/api-client.ts';
import type { Run, RunReport } from '../client/records.ts';
import { CliError } from '../errors.ts';
import { secondsBetween } from '../output/figures.ts';
import { type Difference, differencesOf } from './differences.ts';
import { type FigurePair, type Figures, sideBySide } from './figures-side-by-side.ts';

export interface RunSide {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly seconds: number | null;
}

export interface RunComparison {
  readonly left: RunSide;
  readonly right: RunSide;
  /** Of the resolved documents: phases, seed, corpus, models, settings, gates. */
  readonly resolved: readonly Difference[];
  readonly outcome: readonly Difference[];
  /** Null where one of them has no report yet. */
  readonly figures: readonly FigurePair[] | null;
}

async function reportOf(client: ApiClient, id: string): Promise<RunReport | null> {
  return client.getReport(id).catch((error: unknown) => {
    if (error instanceof CliError && error.kind === 'not_found') return null;
    throw error;
  });
}

/** `cognate memory/bits_per_byte` → figure. */
function figuresOf({ phases }: RunReport): Figures {
  const entries = phases.flatMap(({ phase, figures }) =>
    Object.entries(figures).flatMap(([subject, measures]) =>
      Object.entries(measures).map(
        ([measure, figure]) => [`${phase} ${subject}/${measure}`, figure] as const,
      ),
    ),
  );
  return Object.fromEntries(entries);
}

const sideOf = (run: Run): RunSide => ({
  id: run.id,
  name: run.name,
  status: run.status,
  seconds: secondsBetween(run.startedAt, run.endedAt),
});

/** What a run came to, in the words of its records. */
function outcomeOf({ status, phases, error }: Run): Readonly<Record<string, unknown>> {
  const each = phases.map(({ slug, status: state, attempts }) => [slug, { status: state, attempts }]);
  return { status, error: error?.kind ?? null, phases: Object.fromEntries(each) };
}

export async function compareRuns(client: ApiClient, left: string, right: string): Promise<RunComparison> {
  const [one, other] = await Promise.all([client.getRun(left), client.getRun(right)]);
  const [report, otherReport] = await Promise.all([reportOf(client, one.id), reportOf(client, other.id)]);
  const figures = report && otherReport ? sideBySide(figuresOf(report), figuresOf(otherReport)) : null;
  return {
    left: sideOf(one),
    right: sideOf(other),
    resolved: differencesOf(one.resolved, other.resolved),
    outcome: differencesOf(outcomeOf(one), outcomeOf(other)),
    figures,
  };
}
