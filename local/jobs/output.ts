import { type FileHandle, open } from 'node:fs/promises';
import { type Alarm, createAlarm } from './alarm.ts';
import { asError } from './errors.ts';

/** At most this much is read at once; a longer line is cut here, so that memory stays bounded. */
export const MAXIMUM_BATCH_BYTES = 1024 * 1024;
const LONGEST_BACKOFF_MILLISECONDS = 5_000;
const NEWLINE = 0x0a;

export interface Lines {
  readonly offset: number;
  readonly lines: readonly string[];
  readonly offsets: readonly number[];
  readonly nextOffset: number;
}

/**
 * Complete lines from a byte offset on, or undefined if there is none yet.
 * @param ended nothing will be written any more: a last line without its newline counts as complete
 */
export async function readLines(
  path: string,
  offset: number,
  ended: boolean,
  maximumBytes = MAXIMUM_BATCH_BYTES,
): Promise<Lines | undefined> {
  const bytes = await readFrom(path, offset, maximumBytes);
  if (bytes.length === 0) return undefined;
  const lastNewline = bytes.lastIndexOf(NEWLINE);
  if (lastNewline < 0) {
    // Half a line: wait for the rest, unless the rest will not come or would not fit.
    const whole = ended || bytes.length === maximumBytes;
    return whole
      ? { offset, lines: [bytes.toString('utf8')], offsets: [offset], nextOffset: offset + bytes.length }
      : undefined;
  }
  const lines: string[] = [];
  const offsets: number[] = [];
  for (let start = 0; start <= lastNewline; ) {
    const end = bytes.indexOf(NEWLINE, start);
    lines.push(bytes.toString('utf8', start, end));
    offsets.push(offset + start);
    start = end + 1;
  }
  return { offset, lines, offsets, nextOffset: offset + lastNewline + 1 };
}

async function readFrom(path: string, offset: number, maximumBytes: number): Promise<Buffer> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw cause;
  }
  try {
    const left = (await file.stat()).size - offset;
    if (left <= 0) return Buffer.alloc(0);
    const buffer = Buffer.alloc(Math.min(left, maximumBytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

export interface OutputSource {
  readonly path: string;
  readonly offset: number;
  readonly pollMilliseconds: number;
  deliver(lines: Lines): Promise<void> | void;
  /** The lines were accepted: remember the new offset. */
  accepted(nextOffset: number): void;
  /** First failure of a series; the same lines are offered again until they are accepted. */
  fault(error: Error): void;
}

export interface OutputFollower {
  /** Resolves to true once everything was accepted after `finish`, to false if closed before that. */
  readonly done: Promise<boolean>;
  /** No more will be written: what is there now is all. */
  finish(): void;
  /** Stops following; resolves when a delivery under way has ended. */
  close(): Promise<void>;
}

/** Tails a growing file: lines in order, at least once, the offset moving only after acceptance. */
export function followOutput(source: OutputSource): OutputFollower {
  const alarm = createAlarm();
  const state = { ended: false, closed: false };
  const done = pump(source, state, alarm);
  return {
    done,
    finish() {
      state.ended = true;
      alarm.ring();
    },
    async close() {
      state.closed = true;
      alarm.ring();
      await done;
    },
  };
}

async function pump(
  source: OutputSource,
  state: { readonly ended: boolean; readonly closed: boolean },
  alarm: Alarm,
): Promise<boolean> {
  let offset = source.offset;
  let failures = 0;
  while (!state.closed) {
    // Noted before reading: what is written up to the end is then certainly seen by this reading or a later one.
    const ended = state.ended;
    try {
      const lines = await readLines(source.path, offset, ended);
      if (lines) {
        await source.deliver(lines);
        offset = lines.nextOffset;
        source.accepted(offset);
      } else if (ended) return true;
      else await alarm.pause(source.pollMilliseconds);
      failures = 0;
    } catch (cause) {
      if (failures === 0) source.fault(asError(cause));
      failures += 1;
      await alarm.pause(Math.min(source.pollMilliseconds * 2 ** failures, LONGEST_BACKOFF_MILLISECONDS));
    }
  }
  return false;
}
