import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export const MAX_FILE_LINES = 400;
export const SOURCE = /\.(ts|tsx|mts|cts|js|jsx|mjs|cjs|py|sh)$/;

const LEFTOVERS = [/backup/i, /\.bak$/i, /_old/i, /emergency/i];
const VAGUE_TYPESCRIPT =
  /^(index|([a-z0-9-]+-)?(utils?|helpers?|manager|common|misc))\.(test\.)?(ts|tsx|mjs|cjs)$/;
const VAGUE_PYTHON = /^(test_)?([a-z0-9_]+_)?(utils?|helpers?|common|misc)\.py$/;
// A reminder is a comment mark followed by the word; a link (issue, discussion) makes it one that somebody follows.
const REMINDER = new RegExp(
  `(//|#|\\*|<!--).*\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`,
);
const LINK = /https?:\/\//;

const leftover = (path) => ({
  path,
  rule: 'leftover-name',
  message:
    'copies (*backup*, *.bak, *_old*, *emergency*) do not belong in the repository: git keeps what was.',
});

const vague = (path) => ({
  path,
  rule: 'vague-name',
  message: `"${basename(path)}" does not say what it does; name the file after its one thing (verb-noun).`,
});

/** Refuses by name alone. */
export function pathFindings(paths) {
  return [
    ...paths.filter((path) => LEFTOVERS.some((pattern) => pattern.test(path))).map(leftover),
    ...paths
      .filter((path) => VAGUE_TYPESCRIPT.test(basename(path)) || VAGUE_PYTHON.test(basename(path)))
      .map(vague),
  ];
}

/** Lines as an editor counts them: a final newline opens no line of its own. */
const linesOf = (text) => (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');

function sourceFindings(path, lines) {
  const reminders = lines.flatMap((line, index) =>
    REMINDER.test(line) && !LINK.test(line)
      ? [
          {
            path,
            line: index + 1,
            rule: 'reminder',
            message: 'a reminder needs the link of its issue, or to be done.',
          },
        ]
      : [],
  );
  if (lines.length <= MAX_FILE_LINES) return reminders;
  const message = `${lines.length} lines, at most ${MAX_FILE_LINES}: split it by what changes together.`;
  return [...reminders, { path, rule: 'file-lines', message }];
}

function lockFindings(path, lines) {
  const at = lines.findIndex((line) => /"resolved":\s*"https?:/.test(line));
  const message =
    'download addresses tie the lock to one registry; set omit-lockfile-registry-resolved=true and reinstall.';
  return at < 0 ? [] : [{ path, line: at + 1, rule: 'lock-resolved', message }];
}

/** Refuses by size and by plain text. */
export function textFindings(root, paths) {
  return paths.flatMap((path) => {
    const isLock = basename(path) === 'package-lock.json';
    if (!isLock && !SOURCE.test(path)) return [];
    const lines = linesOf(readFileSync(join(root, path), 'utf8'));
    return isLock ? lockFindings(path, lines) : sourceFindings(path, lines);
  });
}
