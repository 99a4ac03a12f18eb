/** The events that are worth a line of their own. */
import type { ForgeEvent } from '#contracts/source/event.ts';
import { formatNumber } from './figures.ts';
import { type Paint, paintStatus } from './paint.ts';

type Data = ForgeEvent['data'];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function gateText(data: Data, paint: Paint): string {
  const gate = (data.gate ?? {}) as { metric?: string; op?: string; bound?: unknown };
  const measured = (data.measured as { value?: number } | null)?.value;
  const limit = (data.bound as { value?: number } | null)?.value ?? gate.bound;
  const bound = typeof gate.bound === 'object' ? (gate.bound as { metric?: string }).metric : undefined;
  const value = (number: unknown) => (typeof number === 'number' ? formatNumber(number) : '?');
  const limits = bound ? `${bound} (${value(limit)})` : value(limit);
  const shown = measured === undefined ? '' : ` (${value(measured)})`;
  return `gate ${gate.metric}${shown} ${gate.op} ${limits}: ${paintStatus(paint, text(data.verdict))}`;
}

function failureText(data: Data): string {
  return [text(data.message), text(data.hint)].filter(Boolean).join(' ');
}

/** Passed gates stand in the summary; a failed one is told when it happens. */
const isNews = (data: Data): boolean => data.verdict !== 'passed';

const LINES: Readonly<
  Partial<Record<ForgeEvent['type'], (event: ForgeEvent, paint: Paint) => string | null>>
> = {
  RunSubmitted: ({ data }) => `submitted: ${text(data.name)}`,
  RunStarted: () => 'run started',
  RunCancelRequested: () => 'cancelling …',
  RunPauseRequested: () => 'pausing …',
  RunPlanned: ({ data }) =>
    `plan: ${text(data.strategy)}, ${text(data.verdict)}${data.assumed === true ? ', assumed' : ''}`,
  BudgetReached: ({ data }) => `budget: ${text(data.message)}`,
  RunPaused: ({ run, data }) =>
    `paused${data.reason === 'budget' ? ' (budget)' : ''}; go on with: npx forge runs resume ${run}${data.reason === 'budget' ? ' --max-usd USD' : ''}`,
  RunResumed: () => 'run goes on',
  PhaseReused: ({ phase, data }) => `phase ${phase} reused from run ${text(data.from)}: ${text(data.reason)}`,
  PhaseStarted: ({ phase, attempt }) =>
    `phase ${phase} started${attempt !== null && attempt > 1 ? ` (attempt ${attempt})` : ''}`,
  PhaseCompleted: ({ phase }, paint) => `phase ${phase} ${paintStatus(paint, 'succeeded')}`,
  PhaseFailed: ({ phase, data }, paint) =>
    `phase ${phase} ${paintStatus(paint, 'failed')}: ${failureText(data)}`,
  PhaseRetried: ({ phase, data }) => `phase ${phase} is tried again: ${text(data.message)}`,
  GateEvaluated: ({ data }, paint) => (isNews(data) ? gateText(data, paint) : null),
  CheckpointRejected: ({ phase, data }) => `${phase}: a checkpoint was rejected: ${failureText(data)}`,
  ModelRegistered: ({ data }) => `model ${text(data.name)}@${String(data.version)} (${text(data.model)})`,
};

/** A line about the event, or null when it is no news by itself. */
export function eventLine(event: ForgeEvent, paint: Paint): string | null {
  return LINES[event.type]?.(event, paint) ?? null;
}
