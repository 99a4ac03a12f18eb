/** Live progress on stderr: lines that are drawn again on a terminal, a line every ten seconds elsewhere. */
import type { ForgeEvent } from '#contracts/source/event.ts';
import { usdText } from './burst.ts';
import type { Console } from './console.ts';
import { eventLine } from './event-line.ts';
import { formatNumber, formatSeconds } from './figures.ts';
import { createProgressState, type JobProgress, jobLabel, type Spent } from './progress-state.ts';
import { visibleLength } from './table.ts';

export interface ProgressBoard {
  show(event: ForgeEvent): void;
  /** A line that stays, above the live ones. */
  say(text: string): void;
  /** Takes the live lines away. */
  close(): void;
}

const BAR_CELLS = 20;
const REDRAW_MS = 100;
const PLAIN_INTERVAL_MS = 10_000;

export function progressBar(fraction: number, cells = BAR_CELLS): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * cells);
  return '█'.repeat(full) + '░'.repeat(cells - full);
}

function factsOf(job: JobProgress): readonly string[] {
  const { step, steps, loss, etaSeconds } = job;
  return [
    `${Math.floor(job.fraction * 100)}%`.padStart(4),
    step === null ? '' : `step ${step}${steps === null ? '' : `/${steps}`}`,
    loss === null ? '' : `loss ${formatNumber(loss)}`,
    etaSeconds === null || job.fraction >= 1 ? '' : `about ${formatSeconds(etaSeconds)} left`,
    job.message,
  ].filter(Boolean);
}

/** One line about one job. */
export function progressLine(job: JobProgress, bar: boolean): string {
  const parts = [jobLabel(job), ...(bar ? [progressBar(job.fraction)] : []), ...factsOf(job)];
  return parts.join(bar ? '  ' : ' ');
}

/** `cost $0.12 of $5.00`, as of the last news of a job. */
export const spentLine = ({ usd, capUsd }: Spent): string =>
  `cost ${usdText(usd)}${capUsd === null ? '' : ` of ${usdText(capUsd)}`}`;

/** A line that wraps would break the redrawing: it is cut at the edge of the terminal. */
function cut(text: string, width: number): string {
  if (visibleLength(text) < width) return text;
  return `${[...text].slice(0, Math.max(1, width - 2)).join('')}…`;
}

function createLive(write: (text: string) => void, width: () => number, lines: () => readonly string[]) {
  let drawn = 0;
  let timer: NodeJS.Timeout | null = null;
  const erase = () => {
    if (drawn > 0) write(`\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  const draw = () => {
    timer = null;
    const shown = lines().map((line) => cut(line, width()));
    erase();
    if (shown.length > 0) write(`${shown.join('\n')}\n`);
    drawn = shown.length;
  };
  return {
    changed: () => {
      timer ??= setTimeout(draw, REDRAW_MS);
    },
    say: (text: string) => {
      erase();
      write(`${text}\n`);
      draw();
    },
    close: () => {
      if (timer) clearTimeout(timer);
      timer = null;
      erase();
    },
  };
}

function createPlain(write: (text: string) => void, lines: () => readonly string[], intervalMs: number) {
  const timer = setInterval(() => {
    const text = lines().join(' | ');
    if (text) write(`${text}\n`);
  }, intervalMs);
  return {
    changed: () => undefined,
    say: (text: string) => write(`${text}\n`),
    close: () => clearInterval(timer),
  };
}

/** @param stream where it is written; on a terminal the lines are drawn again */
export function createProgressBoard(
  console: Pick<Console, 'quiet' | 'live' | 'width' | 'paintNote'>,
  stream: { write(text: string): unknown },
  plainIntervalMs: number = PLAIN_INTERVAL_MS,
): ProgressBoard {
  if (console.quiet) return { show: () => undefined, say: () => undefined, close: () => undefined };
  const state = createProgressState();
  const lines = () => {
    const jobs = state.running();
    const working = jobs.filter((job) => job.fraction < 1);
    // A terminal has room for children that are done; a line of a log has not.
    const shown = console.live || working.length === 0 ? jobs : working;
    const spent = shown.length > 0 ? state.spent() : null;
    return [...shown.map((job) => progressLine(job, console.live)), ...(spent ? [spentLine(spent)] : [])];
  };
  const write = (text: string) => void stream.write(text);
  const screen = console.live
    ? createLive(write, () => console.width, lines)
    : createPlain(write, lines, plainIntervalMs);
  return {
    show(event) {
      state.apply(event);
      const line = eventLine(event, console.paintNote);
      if (line !== null) screen.say(line);
      else screen.changed();
    },
    say: screen.say,
    close: screen.close,
  };
}
