/** Where a text stops being JSON. Node's own message names the place for some faults only. */

const OPEN = /(?<open>[[{])/u;
const CLOSE = /(?<close>[\]}])/u;
const PUNCTUATION = /(?<comma>,)|(?<colon>:)/u;
/** Control characters have to be escaped; those above ASCII need not. */
const TEXT = /(?<text>"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")/u;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])/u;
const WORD = /(?:true|false|null)(?!\w)/u;
const SCALAR = `(?<scalar>${NUMBER.source}|${WORD.source})`;
const ANY = [OPEN.source, CLOSE.source, PUNCTUATION.source, TEXT.source, SCALAR].join('|');
const TOKEN = new RegExp(`[ \\t\\n\\r]*(?:${ANY})`, 'uy');

type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';

/** What may follow a finished value. */
function afterValue(open: readonly string[]): Expected {
  return open.length === 0 ? 'nothing' : 'comma or end';
}

/** The next expectation, or null when the token is not what was expected. Keeps the open brackets up to date. */
function step(expected: Expected, token: Readonly<Record<string, string | undefined>>, open: string[]) {
  const wantsValue = expected === 'value' || expected === 'value or end';
  if (token.open && wantsValue) {
    open.push(token.open);
    return token.open === '{' ? 'key or end' : 'value or end';
  }
  if (token.close && expected.endsWith('or end')) {
    return open.pop() === (token.close === '}' ? '{' : '[') ? afterValue(open) : null;
  }
  if (token.comma && expected === 'comma or end') return open.at(-1) === '{' ? 'key' : 'value';
  if (token.colon && expected === 'colon') return 'value';
  if (token.text && expected.startsWith('key')) return 'colon';
  return (token.text || token.scalar) && wantsValue ? afterValue(open) : null;
}

/** Index of the first character that cannot belong to a JSON document; the length where something is missing. */
export function jsonErrorPosition(text: string): number {
  const open: string[] = [];
  let expected: Expected = 'value';
  let position = 0;
  while (position < text.length) {
    TOKEN.lastIndex = position;
    const token = TOKEN.exec(text)?.groups;
    const next: Expected | null = token ? step(expected, token, open) : null;
    if (next === null) break;
    expected = next;
    position = TOKEN.lastIndex;
  }
  return position + (/^[ \t\n\r]*/.exec(text.slice(position))?.[0].length ?? 0);
}
