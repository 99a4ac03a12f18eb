/** YAML 1.2 (and so JSON) without the parts that can harm: no custom tags, few aliases, each key once. */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import { CliError, type PlacedProblem } from '../errors.ts';

const MAX_ALIASES = 100;
const MAX_DEPTH = 32;
const MAX_PROBLEMS = 10;

const MESSAGES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key stands twice in its map',
  TAB_AS_INDENT: 'tabs cannot indent YAML; use spaces',
  MULTIPLE_DOCS: 'a second document begins here; one file holds one document',
  TAG_RESOLVE_FAILED: 'custom tags are not accepted',
};

/** A parsed document that still knows where each of its parts stands. */
export interface YamlSource {
  readonly value: unknown;
  /** `file:line:col` of the part that a JSON pointer names, or of the nearest part around it. */
  placeOf(pointer: string): string;
}

type Place = (offset: number) => string;

function syntaxProblems(document: Document.Parsed, place: Place): readonly PlacedProblem[] {
  // One slip can make hundreds of messages: the first ones say what it is.
  return [...document.errors, ...document.warnings].slice(0, MAX_PROBLEMS).map(({ code, message, pos }) => ({
    pointer: '',
    code: code.toLowerCase(),
    message: `${MESSAGES[code] ?? message}${code === 'TAG_RESOLVE_FAILED' ? ` (${message})` : ''}`,
    place: place(pos[0]),
  }));
}

const offsetOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);

/** How many aliases a reader meets when every alias is written out; Infinity for one that contains itself. */
function countAliases(document: Document.Parsed): (node: Node) => number {
  const counts = new Map<unknown, number>();
  const open = new Set<unknown>();
  const count = (node: unknown): number => {
    const known = counts.get(node);
    if (known !== undefined) return known;
    if (open.has(node)) return Number.POSITIVE_INFINITY;
    open.add(node);
    let sum = 0;
    if (isAlias(node)) sum = 1 + count(node.resolve(document));
    else if (isPair(node)) sum = count(node.key) + count(node.value);
    else if (isMap(node) || isSeq(node))
      sum = node.items.reduce<number>((total, item) => total + count(item), 0);
    open.delete(node);
    counts.set(node, sum);
    return sum;
  };
  return count;
}

function shapeProblems(document: Document.Parsed, place: Place): readonly PlacedProblem[] {
  const problems: PlacedProblem[] = [];
  const refuse = (node: unknown, code: string, message: string) =>
    problems.push({ pointer: '', code, message, place: place(offsetOf(node)) });
  visit(document, {
    Node(_key, node, path) {
      if (path.filter(isNode).length <= MAX_DEPTH) return undefined;
      refuse(node, 'too_deep', `nested deeper than ${MAX_DEPTH} levels`);
      return visit.BREAK;
    },
    Alias(_key, alias) {
      if (!alias.resolve(document))
        refuse(alias, 'unknown_alias', `there is no anchor &${alias.source} before it`);
    },
    Pair(_key, pair) {
      if (!isScalar(pair.key)) refuse(pair.key, 'invalid_key', 'a key has to be a plain text or number');
    },
  });
  const { contents } = document;
  if (problems.length === 0 && contents && countAliases(document)(contents) > MAX_ALIASES)
    refuse(contents, 'too_many_aliases', `the aliases of this document expand to more than ${MAX_ALIASES}`);
  return problems;
}

function partsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The offset of the last part of a pointer that is there: of its key where it has one. */
function find(document: Document.Parsed, pointer: string): number {
  let node: unknown = document.contents;
  let offset = offsetOf(node);
  for (const part of partsOf(pointer)) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === part);
      if (!pair) return offset;
      offset = offsetOf(pair.key);
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(part)];
      if (item === undefined) return offset;
      offset = offsetOf(item);
      node = item;
    } else return offset;
  }
  return offset;
}

function parse(text: string, lines: LineCounter): Document.Parsed {
  try {
    return parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      version: '1.2',
      schema: 'core',
      resolveKnownTags: false,
      uniqueKeys: true,
      logLevel: 'error',
    });
  } catch (error) {
    // Thousands of brackets exhaust the stack of the parser before anything can be counted.
    throw new CliError('validation', 'The document is nested too deeply to be read.', {
      code: 'too_deep',
      cause: error,
    });
  }
}

/** Throws `validation` with the place of everything that is wrong with the text. */
export function parseYaml(text: string, file: string): YamlSource {
  const lines = new LineCounter();
  const place: Place = (offset) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const document = parse(text, lines);
  const wrong = syntaxProblems(document, place);
  const problems = wrong.length > 0 ? wrong : shapeProblems(document, place);
  if (problems.length > 0)
    throw new CliError('validation', `${file} is not a document that can be read.`, {
      code: problems[0]?.code,
      problems,
    });
  return {
    value: document.toJS({ maxAliasCount: -1 }),
    placeOf: (pointer) => place(find(document, pointer)),
  };
}
