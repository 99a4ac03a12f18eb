/** The command blocks of a Markdown document: what a reader is told to type, and what is promised to appear. */

export interface Command {
  readonly text: string;
  /** Lines that have to appear in this order; `…` stands for anything. */
  readonly output: readonly string[];
}

export interface CommandBlock {
  readonly document: string;
  readonly line: number;
  /** The test that runs these commands elsewhere, from `<!-- tested-by: PATH -->` above the block. */
  readonly testedBy: string | null;
  readonly commands: readonly Command[];
}

const FENCE = /^```(sh|console)\s*$/;
const TESTED_BY = /^<!-- tested-by: (\S+) -->$/;

/** In a `sh` block every line is typed, save comments; a backslash at its end joins the next one. */
function shellCommands(lines: readonly string[]): Command[] {
  const joined = lines.join('\n').replaceAll('\\\n', ' ').split('\n');
  const typed = joined.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  return typed.map((text) => ({ text: text.replace(/\s+/g, ' '), output: [] }));
}

/** In a `console` block what follows `$ ` is typed and everything else is its output. */
function consoleCommands(lines: readonly string[]): Command[] {
  const commands: { text: string; output: string[] }[] = [];
  for (const line of lines) {
    if (line.startsWith('$ ')) commands.push({ text: line.slice(2).trim(), output: [] });
    else if (line.trim() !== '') commands.at(-1)?.output.push(line.trimEnd());
  }
  return commands;
}

/** Every `sh` and `console` block of the text, in its order. */
export function commandBlocks(document: string, text: string): CommandBlock[] {
  const lines = text.split('\n');
  const blocks: CommandBlock[] = [];
  for (let start = 0; start < lines.length; start += 1) {
    const kind = FENCE.exec(lines[start] ?? '')?.[1];
    if (!kind) continue;
    const end = lines.findIndex((line, at) => at > start && line.startsWith('```'));
    const inside = lines.slice(start + 1, end < 0 ? lines.length : end);
    blocks.push({
      document,
      line: start + 1,
      testedBy: TESTED_BY.exec((lines[start - 1] ?? '').trim())?.[1] ?? null,
      commands: kind === 'sh' ? shellCommands(inside) : consoleCommands(inside),
    });
    start = end < 0 ? lines.length : end;
  }
  return blocks;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The first promised line that does not appear after the ones before it, or null when all do. */
export function missingLine(promised: readonly string[], actual: string): string | null {
  const lines = actual.split('\n').map((line) => line.trimEnd());
  let from = 0;
  for (const line of promised) {
    const pattern = new RegExp(`^${line.split('…').map(escaped).join('.*')}$`);
    const at = lines.findIndex((candidate, index) => index >= from && pattern.test(candidate));
    if (at < 0) return line;
    from = at + 1;
  }
  return null;
}
