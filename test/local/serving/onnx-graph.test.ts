/**
 * @jest-environment ./test/support/host-typed-arrays.cjs
 *
 * A graph of the container in onnxruntime-node: against what Python says of it, and with files that mean harm (bad input 45).
 */
import { createHash } from 'node:crypto';
import { cpSync, linkSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnxRuntime } from '#adapters/onnx/onnx-runtime.ts';
import { readProbe } from '#adapters/onnx/probe-file.ts';
import { verifyProbe } from '#core/application/serving/verify-probe.ts';
import { emptyState, joinStates, splitState } from '#core/domain/inference/graph-state.ts';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';

const GOLDEN = join(PROJECT, 'test/golden/onnx-toy');
const runtime = onnxRuntime({ from: __filename });

afterAll(removeFixtures);

function copied(): string {
  const folder = join(fixtureTree({ '.keep': '' }), 'graph');
  cpSync(GOLDEN, folder, { recursive: true });
  return folder;
}

/** The graph with other bytes, and a graph.json that names them. */
function withGraph(change: (bytes: Buffer) => Buffer, opset?: number): string {
  const folder = copied();
  const file = join(folder, 'model.onnx');
  const bytes = change(readFileSync(file));
  writeFileSync(file, bytes);
  const document = JSON.parse(readFileSync(join(folder, 'graph.json'), 'utf8'));
  document.files[0].bytes = bytes.length;
  document.files[0].sha256 = createHash('sha256').update(bytes).digest('hex');
  if (opset !== undefined) document.opset = opset;
  writeFileSync(join(folder, 'graph.json'), JSON.stringify(document));
  return folder;
}

const swapped = (bytes: Buffer, from: string, to: string): Buffer => {
  expect(from.length).toBe(to.length);
  return Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');
};
/** One more field of the model: a length-delimited message. */
const appended = (bytes: Buffer, field: number, message: readonly number[]) => {
  const tag = field * 8 + 2;
  return Buffer.concat([bytes, Buffer.from([(tag & 0x7f) | 0x80, tag >> 7, message.length, ...message])]);
};

const HARMFUL: readonly (readonly [string, string, () => string])[] = [
  [
    'weights at a path',
    'unsafe_path',
    () => withGraph((bytes) => swapped(bytes, 'model.onnx.data', 'a/../../etc/pwd')),
  ],
  [
    'weights in a file that is not listed',
    'unsafe_path',
    () => withGraph((bytes) => swapped(bytes, 'model.onnx.data', 'other.onnx.data')),
  ],
  [
    'an operator set of a foreign domain',
    'op_not_allowed',
    () =>
      withGraph((bytes) => Buffer.concat([bytes, Buffer.from([0x42, 6, 0x0a, 4, ...Buffer.from('evil')])])),
  ],
  [
    'functions of its own',
    'op_not_allowed',
    () => withGraph((bytes) => appended(bytes, 25, [0x0a, 1, 0x66])),
  ],
  ['another operator set than stated', 'opset_not_supported', () => withGraph((bytes) => bytes, 7)],
  ['bytes that are no graph', 'graph_invalid', () => withGraph(() => Buffer.from('not a graph at all'))],
  ['half a graph', 'graph_invalid', () => withGraph((bytes) => bytes.subarray(0, bytes.length >> 1))],
  [
    'no weights',
    'missing_file',
    () => {
      const folder = copied();
      rmSync(join(folder, 'model.onnx.data'));
      return folder;
    },
  ],
  [
    'no description',
    'missing_file',
    () => {
      const folder = copied();
      rmSync(join(folder, 'graph.json'));
      return folder;
    },
  ],
  [
    'weights by a symbolic link',
    'unsafe_path',
    () => {
      const folder = copied();
      renameSync(join(folder, 'model.onnx.data'), join(folder, 'w'));
      symlinkSync('w', join(folder, 'model.onnx.data'));
      return folder;
    },
  ],
  [
    'weights by a hard link',
    'unsafe_path',
    () => {
      const folder = copied();
      linkSync(join(folder, 'model.onnx.data'), join(folder, 'w'));
      return folder;
    },
  ],
  [
    'a byte of the weights turned',
    'checksum_mismatch',
    () => {
      const folder = copied();
      const file = join(folder, 'model.onnx.data');
      const bytes = readFileSync(file);
      bytes[9] = (bytes[9] ?? 0) ^ 1;
      writeFileSync(file, bytes);
      return folder;
    },
  ],
  [
    'a graph of 65 MiB',
    'file_too_large',
    () => withGraph((bytes) => Buffer.concat([bytes, Buffer.alloc(65 * 2 ** 20)])),
  ],
  [
    'a name with a path in the description',
    'graph_invalid',
    () => {
      const folder = copied();
      const file = join(folder, 'graph.json');
      writeFileSync(file, readFileSync(file, 'utf8').replace('"model.onnx"', '"../model.onnx"'));
      return folder;
    },
  ],
];

it.each(HARMFUL)('refuses %s as %s before a session is made', async (_, code, make) => {
  await expect(runtime.open(make())).rejects.toMatchObject({ name: 'ForgeError', kind: 'validation', code });
});

it('says that ONNX is disabled, and how to install it, where the package is absent', async () => {
  const elsewhere = onnxRuntime({ from: '/nowhere/at/all.js' });
  await expect(elsewhere.open(GOLDEN)).rejects.toMatchObject({
    kind: 'dependency',
    code: 'onnx_disabled',
    hint: expect.stringContaining('npm run setup'),
  });
});

it('agrees with Python to 1e-4 in every logit and choice of the probe, at once and token by token', async () => {
  const session = await runtime.open(GOLDEN);
  const probe = await readProbe(GOLDEN, session.graph);
  if (!probe) throw new Error('the golden graph has no probe');
  const agreement = await verifyProbe(session, probe);
  expect(agreement).toMatchObject({ agrees: true, tolerance: 1e-4, sameChoice: 1, places: 2 * 3 * 9 });
  expect(agreement.largestDifference).toBeLessThanOrEqual(1e-4);
  const [first] = probe.cases;
  const tokens = (first?.tokens ?? []).map((row) => [...row.slice(0, -1), row[0] ?? 0]);
  const other = { ...probe, cases: [{ ...first, tokens } as (typeof probe.cases)[number]] };
  expect(await verifyProbe(session, other)).toMatchObject({ agrees: false });
  await session.close();
});

it.each(['whole', 'stepwise'] as const)(
  'holds what it says against what was said the same way: %s',
  async (way) => {
    const session = await runtime.open(GOLDEN);
    const probe = await readProbe(GOLDEN, session.graph);
    const [first] = probe?.cases ?? [];
    if (!probe || !first) throw new Error('the golden graph has no probe');
    const bytes = Buffer.from(first[way].logits, 'base64');
    bytes.writeFloatLE(bytes.readFloatLE(0) - 0.01, 0);
    const other = { ...first, [way]: { ...first[way], logits: bytes.toString('base64') } };
    const agreement = await verifyProbe(session, { ...probe, cases: [other] });
    expect(agreement.agrees).toBe(false);
    expect(agreement.largestDifference).toBeCloseTo(0.01, 4);
    await session.close();
  },
);

it('refuses a probe whose logits were changed, or that is about another graph', async () => {
  const { graph } = await runtime.open(GOLDEN);
  const folder = copied();
  const file = join(folder, 'probe.json');
  const document = JSON.parse(readFileSync(file, 'utf8'));
  const changed = structuredClone(document);
  changed.cases[0].stepwise.logits = `AAAA${changed.cases[0].stepwise.logits.slice(4)}`;
  for (const wrong of [changed, { ...document, graph: 'b'.repeat(64) }, { ...document, cases: [] }]) {
    writeFileSync(file, JSON.stringify(wrong));
    await expect(readProbe(folder, graph)).rejects.toMatchObject({ code: 'probe_invalid' });
  }
  rmSync(file);
  expect(await readProbe(folder, graph)).toBeNull();
});

it('says the same token by token, alone and beside another row, as in one call', async () => {
  const session = await runtime.open(GOLDEN);
  const { vocabRows } = session.graph.model;
  const rows = [
    [40, 50, 60, 70, 80, 90],
    [300, 200, 100, 50, 41, 42],
  ];
  const whole = await session.step(rows, emptyState(session.graph, 2));
  const alone = await Promise.all(
    rows.map((row) => session.step([row.slice(0, 3)], emptyState(session.graph, 1))),
  );
  let state = joinStates(alone.map((each) => each.state));
  for (const place of [3, 4, 5]) {
    const step = await session.step(
      rows.map((row) => [row[place] as number]),
      state,
    );
    // Taken apart and put together again, as when a neighbour leaves.
    state = joinStates(splitState(step.state));
    for (const row of [0, 1]) {
      const said = step.logits.slice(row * vocabRows, (row + 1) * vocabRows);
      const from = (row * 6 + place) * vocabRows;
      const expected = whole.logits.slice(from, from + vocabRows);
      expect(
        Math.max(...said.map((value, at) => Math.abs(value - (expected[at] ?? Number.NaN)))),
      ).toBeLessThan(1e-4);
    }
  }
  await session.close();
});
