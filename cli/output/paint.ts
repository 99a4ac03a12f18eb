/** Colours, where the reader wants them. */
const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export type Style = keyof typeof CODES;
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;
export const colored: Paint = (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m`;

const STATUS_STYLES: Readonly<Record<string, Style>> = {
  succeeded: 'green',
  passed: 'green',
  ahead: 'green',
  holds: 'green',
  ok: 'green',
  active: 'green',
  failed: 'red',
  fail: 'red',
  'does not hold': 'red',
  quarantined: 'red',
  running: 'cyan',
  'not ahead': 'yellow',
  'holds in part': 'yellow',
  'not measured': 'yellow',
  warn: 'yellow',
  cancelled: 'yellow',
};

/** A status word in its colour. */
export function paintStatus(paint: Paint, status: string): string {
  const style = STATUS_STYLES[status];
  return style ? paint(style, status) : status;
}
