/** forge runs logs */
import { setTimeout as pause } from 'node:timers/promises';
import { FINAL_STATUSES, type LogFilter, type LogPart } from '../client/records.ts';
import type { Context } from '../context.ts';
import { jobLabel } from '../output/progress-state.ts';

export interface LogOptions {
  readonly phase?: LogFilter['phase'];
  readonly stage?: string;
  readonly index?: number;
  readonly tail?: number;
  readonly follow?: boolean;
}

const POLL_MS = 1000;

function filterOf({ phase, stage, index, tail }: LogOptions): LogFilter {
  return {
    ...(phase === undefined ? {} : { phase }),
    ...(stage === undefined ? {} : { stage }),
    ...(index === undefined ? {} : { index: String(index) }),
    ...(tail === undefined ? {} : { tail: String(tail) }),
  };
}

function lastLines(text: string, count: number | undefined): string {
  if (count === undefined) return text;
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.slice(-count).join('\n');
}

const titleOf = (part: LogPart): string => `==> ${jobLabel(part)} attempt ${part.attempt} <==`;

/** Prints what is new of each job's text since the last time; a title whenever another job speaks. */
function createPrinter({ console }: Context) {
  const printed = new Map<string, number>();
  let speaker = '';
  return (parts: readonly LogPart[], ended: boolean, tail?: number): void => {
    for (const part of parts) {
      const key = `${part.jobId}/${part.attempt}`;
      const news = part.text.slice(printed.get(key) ?? 0);
      // Half a line is kept back until its end is there.
      const whole = ended ? news : news.slice(0, news.lastIndexOf('\n') + 1);
      if (whole === '') continue;
      printed.set(key, (printed.get(key) ?? 0) + whole.length);
      const text = lastLines(whole, tail);
      if (console.json) console.line({ ...part, text });
      else console.text(`${speaker === key ? '' : `${titleOf(part)}\n`}${text}`);
      speaker = key;
    }
  };
}

async function followLogs(context: Context, id: string, options: LogOptions): Promise<void> {
  const { tail, ...where } = options;
  const print = createPrinter(context);
  for (let first = true; ; first = false) {
    const { status } = await context.client.getRun(id);
    const { items } = await context.client.getLogs(id, filterOf(where));
    const ended = FINAL_STATUSES.includes(status);
    print(items, ended, first ? tail : undefined);
    if (ended) return;
    await pause(POLL_MS, undefined, { signal: context.signal }).catch(() => undefined);
    if (context.signal.aborted) throw context.aborted(`npx forge runs logs ${id} --follow`);
  }
}

export async function showLogs(context: Context, id: string, options: LogOptions): Promise<number> {
  const { client, console } = context;
  if (options.follow) {
    await followLogs(context, id, options);
    return 0;
  }
  const { tail } = options;
  const logs = await client.getLogs(id, filterOf(options));
  const written = logs.items.filter((part) => part.text.trim() !== '');
  const texts = written.map((part) => `${titleOf(part)}\n${lastLines(part.text, tail)}`.trimEnd());
  if (console.json) console.data(logs, () => '');
  else if (texts.length > 0) console.text(texts.join('\n'));
  if (texts.length === 0)
    console.note(`No job has written anything beyond its events. Those: npx forge runs watch ${id} --events`);
  return 0;
}
