/**
 * The little XML in which S3 answers: elements, text, attributes that are not looked at. What is not well-formed is
 * refused, and so are document types: S3 sends none.
 */

/** The names of S3's elements, as its requests say. */
export const S3_NAMES = 'http://s3.amazonaws.com/doc/2006-03-01/';

export interface Element {
  readonly name: string;
  /** Its own text, without that of the elements in it. */
  text: string;
  readonly children: Element[];
}

const TOKEN = /<\?[^?]*\?>|<(\/?)([A-Za-z_][\w.:-]*)((?:\s[^<>]*?)?)(\/?)>|([^<]+)/y;
const ENTITY = /&(?:#x([\da-fA-F]+)|#(\d+)|(\w+));|&/g;
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const unreadable = (text: string, at: number): Error =>
  Object.assign(
    new Error(`S3's answer cannot be read as XML at character ${at}: ${text.slice(at, at + 40)}`),
    {
      name: 'UnreadableAnswer',
    },
  );

function plain(text: string, at: number): string {
  return text.replace(ENTITY, (_whole, hex?: string, decimal?: string, name?: string) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    const known = name === undefined ? undefined : NAMED[name];
    if (known === undefined) throw unreadable(text, at);
    return known;
  });
}

/**
 * The root of the document.
 *
 * @throws Error `UnreadableAnswer` where the text is no XML of this kind
 */
export function readXml(text: string): Element {
  const top: Element = { name: '', text: '', children: [] };
  const open = [top];
  const token = new RegExp(TOKEN);
  for (let at = 0; at < text.length; at = token.lastIndex) {
    const [, closes, name, , empty, words] = token.exec(text) ?? [];
    const current = open.at(-1) as Element;
    if (words !== undefined) current.text += plain(words, at);
    else if (closes === '/' && (open.length === 1 || open.pop()?.name !== name)) throw unreadable(text, at);
    else if (closes === '' && name !== undefined) {
      const element: Element = { name, text: '', children: [] };
      current.children.push(element);
      if (empty === '') open.push(element);
    }
    // Nothing fitted: the position was reset.
    if (token.lastIndex <= at) throw unreadable(text, at);
  }
  const [root, ...others] = top.children;
  if (!root || others.length > 0 || open.length > 1 || top.text.trim()) throw unreadable(text, 0);
  return root;
}

export const childrenOf = (element: Element | undefined, name: string): readonly Element[] =>
  element?.children.filter((child) => child.name === name) ?? [];

export const textOf = (element: Element | undefined, name: string): string | undefined =>
  childrenOf(element, name)[0]?.text;

/** Text as it stands between two tags. */
export const escapeXml = (text: string): string =>
  text.replace(/[<>&"']/g, (each) => `&${Object.keys(NAMED).find((name) => NAMED[name] === each)};`);
