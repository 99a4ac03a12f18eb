/**
 * What a graph may not bring: weights in files that are not its own, operators that nobody here knows, functions,
 * an operator set that its document does not name. Looked at before a runtime sees the graph, which would follow a path
 * in it (CVE-2022-25882, CVE-2024-27318). Field numbers: onnx.proto of ONNX 1.23.
 */
import { ForgeError } from '../errors.ts';
import { BrokenMessage, type Field, fieldsOf } from './protobuf-fields.ts';

export const DOMAINS: readonly string[] = ['', 'ai.onnx', 'com.microsoft'];
const DEEPEST = 32;

interface Findings {
  readonly domains: Set<string>;
  readonly functions: number[];
  /** Files that tensors say they lie in. */
  readonly locations: Set<string>;
  readonly opsets: Map<string, number>;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
type Readers = Readonly<Record<number, (bytes: Uint8Array) => void>>;

function visit(bytes: Uint8Array, readers: Readers): void {
  for (const field of fieldsOf(bytes)) if (field.bytes) readers[field.number]?.(field.bytes);
}

function memberOf(bytes: Uint8Array, number: number): Field | undefined {
  let found: Field | undefined;
  for (const field of fieldsOf(bytes)) if (field.number === number) found = field;
  return found;
}

function visitTensor(bytes: Uint8Array, { locations }: Findings): void {
  visit(bytes, {
    13: (entry) => {
      const [key, value] = [memberOf(entry, 1)?.bytes, memberOf(entry, 2)?.bytes];
      if (key && text(key) === 'location') locations.add(value ? text(value) : '');
    },
  });
}

function visitSparse(bytes: Uint8Array, found: Findings): void {
  visit(bytes, { 1: (part) => visitTensor(part, found), 2: (part) => visitTensor(part, found) });
}

function visitGraph(bytes: Uint8Array, found: Findings, depth: number): void {
  if (depth > DEEPEST) throw new BrokenMessage(`graphs in graphs, more than ${DEEPEST} deep`);
  const tensor = (part: Uint8Array) => visitTensor(part, found);
  const sparse = (part: Uint8Array) => visitSparse(part, found);
  const inner = (part: Uint8Array) => visitGraph(part, found, depth + 1);
  const attribute = (part: Uint8Array) =>
    visit(part, { 5: tensor, 6: inner, 10: tensor, 11: inner, 22: sparse, 23: sparse });
  const node = (part: Uint8Array) =>
    visit(part, { 5: attribute, 7: (domain) => found.domains.add(text(domain)) });
  visit(bytes, { 1: node, 5: tensor, 15: sparse });
}

function visitModel(bytes: Uint8Array): Findings {
  const found: Findings = { domains: new Set(), functions: [], locations: new Set(), opsets: new Map() };
  let graphs = 0;
  visit(bytes, {
    7: (graph) => {
      graphs += 1;
      visitGraph(graph, found, 0);
    },
    8: (opset) => {
      const domain = memberOf(opset, 1)?.bytes;
      const name = domain ? text(domain) : '';
      found.domains.add(name);
      found.opsets.set(name === 'ai.onnx' ? '' : name, memberOf(opset, 2)?.value ?? 0);
    },
    25: () => found.functions.push(1),
  });
  if (graphs !== 1) throw new BrokenMessage(`${graphs} graphs`);
  return found;
}

function refused(code: string, message: string): ForgeError {
  return new ForgeError('validation', message, { code, hint: "Take the files of the model's own export." });
}

/**
 * @param bytes of the graph
 * @param stated names of its files, and its operator set, as graph.json says
 * @throws ForgeError `validation`: `graph_invalid`, `op_not_allowed`, `unsafe_path` or `opset_not_supported`
 */
export function requireHarmlessGraph(
  bytes: Uint8Array,
  stated: { readonly names: readonly string[]; readonly opset: number },
): void {
  let found: Findings;
  try {
    found = visitModel(bytes);
  } catch (error) {
    if (!(error instanceof BrokenMessage)) throw error;
    throw refused('graph_invalid', `The graph is no ONNX model: ${error.message}.`);
  }
  const foreign = [...found.domains].filter((domain) => !DOMAINS.includes(domain));
  if (foreign.length > 0)
    throw refused(
      'op_not_allowed',
      `The graph brings operators of ${JSON.stringify(foreign.slice(0, 5))}; expected those of ai.onnx and com.microsoft.`,
    );
  if (found.functions.length > 0)
    throw refused('op_not_allowed', 'The graph brings functions of its own; expected operators only.');
  const outside = [...found.locations].find((location) => !stated.names.includes(location));
  if (outside !== undefined)
    throw refused(
      'unsafe_path',
      `Weights of the graph lie in ${JSON.stringify(outside.slice(0, 200))}; expected one of ${stated.names.join(', ')}.`,
    );
  const opset = found.opsets.get('');
  if (opset !== stated.opset)
    throw refused(
      'opset_not_supported',
      `The graph uses operator set ${opset ?? 'none'}; graph.json says ${stated.opset}.`,
    );
}
