/** Proof of "no unlinked number" on a page: every text with a digit is a link to a record that says the same. */
import type { Page } from 'playwright-core';

export interface ShownFigure {
  readonly text: string;
  readonly href: string;
  /** What the page says that the record says, as JSON; null for what is made of several values. */
  readonly raw: string | null;
}

export interface WalkedPage {
  readonly figures: readonly ShownFigure[];
  /** Texts with a digit that are neither a figure nor marked as the name of something. */
  readonly loose: readonly string[];
}

const WALK = `(() => {
  const main = document.querySelector('main');
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  const loose = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (/[0-9]/.test(node.data) && !node.parentElement.closest('[data-record],[data-term],option'))
      loose.push(node.data);
  const figures = [...main.querySelectorAll('a[data-record]')].map((link) => ({
    text: link.textContent,
    href: link.getAttribute('href'),
    raw: link.getAttribute('data-figure'),
  }));
  return { figures, loose };
})()`;

export const walkPage = async (page: Page): Promise<WalkedPage> => (await page.evaluate(WALK)) as WalkedPage;

/** A JSON pointer with \`[field=value]\` for the item of a list, read here by other code than the page's. */
function look(document: unknown, at: string): unknown {
  let here = document;
  for (const part of at.slice(1).split('/')) {
    const segment = part.replace(/~1/g, '/').replace(/~0/g, '~');
    const picked = segment.match(/^\[(\w+)=([\s\S]*)\]$/);
    if (picked && Array.isArray(here))
      here = here.filter((item) => `${item[picked[1] ?? '']}` === picked[2])[0];
    else here = (here as Record<string, unknown> | undefined)?.[segment];
  }
  return here;
}

/** What the text of a number stands for, where it has no scale of its own. */
function numberOf(text: string): number | null {
  const [digits = ''] = text.split(' ');
  const scaled = /( [KMGT]?i?B| s| min .*| h .*)$/.test(text);
  return scaled ? null : Number(digits.replaceAll(',', ''));
}

function textFault(text: string, value: unknown): string | null {
  if (typeof value === 'string')
    return /^\d{4}-\d\d-\d\dT/.test(value) || text === value ? null : `shows "${text}"`;
  const shown = numberOf(text);
  if (typeof value !== 'number' || shown === null) return null;
  return Math.abs(shown - value) <= Math.abs(value) * 6e-4 ? null : `shows ${text}`;
}

type ReadRecord = (path: string) => Promise<{ readonly status: number; readonly body: unknown }>;

/** One sentence per figure whose link leads to no record, or to one that says something else. */
export async function figureFaults(
  figures: readonly ShownFigure[],
  read: ReadRecord,
): Promise<readonly string[]> {
  const records = new Map<string, ReturnType<ReadRecord>>();
  const faults: string[] = [];
  for (const { text, href, raw } of figures) {
    const query = new URLSearchParams(href.split('?')[1]);
    const of = query.get('of') ?? '';
    const asked = records.get(of) ?? read(of);
    records.set(of, asked);
    const { status, body } = await asked;
    const values = query.getAll('at').map((at) => look(body, at));
    const fault =
      status !== 200 || values.length === 0 || values.includes(undefined)
        ? 'leads to no record'
        : raw !== null && JSON.stringify(values[0]) !== raw
          ? `says ${raw}, its record ${JSON.stringify(values[0])}`
          : raw !== null
            ? textFault(text, values[0])
            : null;
    if (fault) faults.push(`"${text}" ${fault}: ${href}`);
  }
  return faults;
}
