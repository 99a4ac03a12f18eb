/** Data goes to stdout, everything else to stderr. */
import { wantsColor } from '../environment.ts';
import type { Io } from '../io.ts';
import { colored, type Paint, plain } from './paint.ts';

export interface Console {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Columns of stderr. */
  readonly width: number;
  /** True where a line on stderr can be drawn again. */
  readonly live: boolean;
  readonly paint: Paint;
  readonly paintNote: Paint;
  /** Prints the data as JSON, or the text that shows it. */
  data(value: unknown, text: (paint: Paint) => string): void;
  /** One line of a stream of JSON documents. */
  line(value: unknown): void;
  /** Text as it is on stdout. */
  text(text: string): void;
  /** A remark on stderr; left out with --quiet. */
  note(text: string): void;
  /** A remark on stderr that is never left out. */
  warn(text: string): void;
}

interface ConsoleFlags {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
}

const ended = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);

export function createConsole(io: Io, flags: ConsoleFlags): Console {
  const color = wantsColor(io, flags.color);
  const paint = color && io.stdout.isTTY ? colored : plain;
  const paintNote = color && io.stderr.isTTY ? colored : plain;
  const write = (text: string) => void io.stdout.write(ended(text));
  const warn = (text: string) => void io.stderr.write(ended(text));
  return {
    json: flags.json,
    quiet: flags.quiet,
    width: io.stderr.columns || 80,
    live: io.stderr.isTTY === true && io.env.TERM !== 'dumb',
    paint,
    paintNote,
    data: (value, text) => write(flags.json ? JSON.stringify(value, null, 2) : text(paint)),
    line: (value) => write(JSON.stringify(value)),
    text: write,
    note: (text) => {
      if (!flags.quiet) warn(text);
    },
    warn,
  };
}
