/** Importing a model: every bad file of the table is refused with its code, and then nothing has been written. */
import { importModel } from '#core/application/commands/import-model.ts';
import { contentKey } from '#core/domain/blob-key.ts';
import { ADMIN, type MemoryPorts, memoryPorts, STRANGER } from '#test/support/memory-ports.ts';
import {
  counting,
  f32,
  lengthOf,
  safetensors,
  TOY_CONFIG,
  TOY_TENSORS,
  TOY_TOKENIZER,
  type ToyFiles,
  textBytes,
  toyModelFiles,
  uploaded,
  withHeader,
} from '#test/support/model-bytes.ts';
import { hashOf } from '#test/support/toy-models.ts';

let ports: MemoryPorts;

beforeEach(() => {
  ports = memoryPorts();
});

const bring = (files: ToyFiles, name = 'mine', licence?: string) =>
  importModel(ports, ADMIN, { name, files: uploaded(ports.store, files), licence });

const weightsOf = (change: Parameters<typeof safetensors>[0]): ToyFiles =>
  toyModelFiles({ 'model.safetensors': safetensors({ ...TOY_TENSORS, ...change }) });
const rawWeights = (bytes: Uint8Array): ToyFiles => toyModelFiles({ 'model.safetensors': bytes });
const config = (change: object): ToyFiles =>
  toyModelFiles({ 'config.json': JSON.stringify({ ...TOY_CONFIG, ...change }) });

/** A sharded model: the tensors in two files, and the index that says which is where. */
function sharded(index: (map: Record<string, string>) => unknown = (map) => ({ weight_map: map })): ToyFiles {
  const { 'embedding.weight': embedding, ...rest } = TOY_TENSORS;
  const { 'model.safetensors': _whole, ...others } = toyModelFiles();
  const map = Object.fromEntries(
    Object.keys(TOY_TENSORS).map((name) => [
      name,
      name.startsWith('emb') ? 'a.safetensors' : 'b.safetensors',
    ]),
  );
  return {
    ...others,
    'a.safetensors': safetensors(embedding ? { 'embedding.weight': embedding } : {}),
    'b.safetensors': safetensors(rest),
    'model.safetensors.index.json': JSON.stringify(index(map)),
  };
}

/** The store and the tables, as they are compared before and after. */
const written = () => JSON.stringify([[...ports.store.blobs.keys()], [...ports.store.tables.models]]);

const REFUSED: readonly (readonly [row: number, what: string, files: () => ToyFiles, code: string])[] = [
  [
    33,
    'a pickle called safetensors',
    () => rawWeights(Uint8Array.of(0x80, 2, 0x8a, 10, 1, 2, 3, 4, 5, 6)),
    'pickle_refused',
  ],
  [
    33,
    'a pickle called config',
    () => toyModelFiles({ 'config.json': Uint8Array.of(0x80, 4, 0x95) }),
    'pickle_refused',
  ],
  [33, 'a pickle by its name', () => toyModelFiles({ 'optimizer.pt': 'x' }), 'pickle_refused'],
  [34, 'no bytes', () => rawWeights(new Uint8Array()), 'header_too_small'],
  [34, 'five bytes', () => rawWeights(new Uint8Array(5)), 'header_too_small'],
  [35, 'a header beyond the file', () => rawWeights(lengthOf(2n ** 63n)), 'header_too_large'],
  [36, 'no JSON', () => rawWeights(withHeader('{"')), 'header_invalid'],
  [37, 'a tensor twice', () => rawWeights(withHeader('{"a":{},"a":{}}')), 'duplicate_tensor'],
  [38, 'a byte too few', () => rawWeights(safetensors(TOY_TENSORS).slice(0, -1)), 'offsets_invalid'],
  [39, 'an unknown type', () => weightsOf({ x: { ...counting([1]), dtype: 'F33' } }), 'shape_mismatch'],
  [41, 'NaN', () => weightsOf({ 'norm.weight': f32([4], [1, Number.NaN, 1, 1]) }), 'non_finite'],
  [43, 'auto_map', () => config({ auto_map: {} }), 'forbidden_key'],
  [43, 'a huge width', () => config({ arch: { d_model: 1e9 } }), 'out_of_range'],
  [
    44,
    'a shard that climbs',
    () => sharded((map) => ({ weight_map: { ...map, x: '../../x' } })),
    'unsafe_path',
  ],
  [
    44,
    'an absolute shard',
    () => sharded((map) => ({ weight_map: { ...map, x: '/etc/x.safetensors' } })),
    'unsafe_path',
  ],
  [44, 'a shard that is a number', () => sharded((map) => ({ weight_map: { ...map, x: 7 } })), 'unsafe_path'],
  [
    44,
    'a missing shard',
    () => sharded((map) => ({ weight_map: { ...map, x: 'c.safetensors' } })),
    'missing_shard',
  ],
  [
    44,
    'a shard that is a document',
    () => sharded((map) => ({ weight_map: { ...map, x: 'config.json' } })),
    'missing_shard',
  ],
  [44, 'an index without a map', () => sharded(() => ({})), 'index_mismatch'],
  [
    44,
    'an index with a tensor too many',
    () => sharded((map) => ({ weight_map: { ...map, x: 'a.safetensors' } })),
    'index_mismatch',
  ],
  [
    44,
    'an index with tensors in the wrong shard',
    () => sharded((map) => ({ weight_map: { ...map, 'norm.weight': 'a.safetensors' } })),
    'index_mismatch',
  ],
  [
    44,
    'a tensor in two shards',
    () => ({ ...sharded(), 'b.safetensors': safetensors(TOY_TENSORS) }),
    'duplicate_tensor',
  ],
  [
    44,
    'a stray weight file',
    () => toyModelFiles({ 'other.safetensors': safetensors(TOY_TENSORS) }),
    'file_not_allowed',
  ],
  [
    46,
    'a zip called safetensors',
    () => rawWeights(textBytes('PK\u0003\u0004aaaaaaaaaaaaaaaaaaaaaaaaaaa')),
    'archives_not_accepted',
  ],
  [
    0,
    'another family',
    () => toyModelFiles({ 'config.json': '{"model_type":"gpt2"}' }),
    'unsupported_architecture',
  ],
  [0, "a width that is not the weights'", () => config({ arch: { d_model: 8 } }), 'shape_mismatch'],
  [0, "rows that are not the weights'", () => config({ vocab_size: 16 }), 'shape_mismatch'],
  [0, 'no embedding', () => rawWeights(safetensors({ 'norm.weight': counting([4]) })), 'shape_mismatch'],
  [0, 'tools that are texts', () => config({ tools: { layers: 'two' } }), 'out_of_range'],
  [
    0,
    'a token beyond the rows',
    () => toyModelFiles({ 'tokenizer.json': '{"model":{"vocab":{"a":8}}}' }),
    'vocab_mismatch',
  ],
  [0, 'no tokenizer in the tokenizer', () => toyModelFiles({ 'tokenizer.json': '[]' }), 'malformed_json'],
  [0, 'a configuration of 2 MiB', () => config({ filling: 'x'.repeat(2 << 20) }), 'out_of_range'],
];

describe('what is refused', () => {
  test.each(REFUSED)('row %i: %s, and nothing is written', async (_, __, files, code) => {
    const offered = uploaded(ports.store, files());
    const before = written();
    const attempt = importModel(ports, ADMIN, { name: 'mine', files: offered });
    await expect(attempt).rejects.toMatchObject({
      code,
      kind: code === 'archives_not_accepted' ? 'unsupported_media_type' : 'validation',
    });
    expect(written()).toBe(before);
  });

  test('row 41: the tensors with NaN and infinity are named with their counts', async () => {
    const files = weightsOf({
      'norm.weight': f32([4], [Number.NaN, 1, Number.POSITIVE_INFINITY, 1]),
      'blocks.0.attn.q.weight': f32([4, 4], [...new Array<number>(15).fill(1), Number.NaN]),
    });
    await expect(bring(files)).rejects.toThrow(
      /3 weights in 2 tensors.*norm\.weight \(2\)|3 weights.*q\.weight \(1\)/,
    );
  });

  test('row 42: bytes of the right length under another hash', async () => {
    const files = uploaded(ports.store, toyModelFiles());
    const weights = files.find(({ path }) => path === 'model.safetensors');
    const key = contentKey('default', weights?.sha256 ?? '');
    const bytes = ports.store.blobs.get(key)?.slice() ?? new Uint8Array();
    bytes[bytes.length - 1] = 0x7f;
    ports.store.blobs.set(key, bytes);
    const attempt = importModel(ports, ADMIN, { name: 'mine', files });
    await expect(attempt).rejects.toMatchObject({
      code: 'checksum_mismatch',
      hint: 'Upload the file again.',
    });
  });

  test('row 42: altered bytes are called altered even where they break the header', async () => {
    const files = uploaded(ports.store, toyModelFiles());
    const weights = files.find(({ path }) => path === 'model.safetensors');
    ports.store.blobs.set(
      contentKey('default', weights?.sha256 ?? ''),
      new Uint8Array(weights?.bytes ?? 0).fill(0xff),
    );
    const attempt = importModel(ports, ADMIN, { name: 'mine', files });
    await expect(attempt).rejects.toMatchObject({ code: 'checksum_mismatch' });
  });

  test('a length other than the announced one', async () => {
    const files = uploaded(ports.store, toyModelFiles()).map((file) => ({ ...file, bytes: file.bytes + 1 }));
    const attempt = importModel(ports, ADMIN, { name: 'mine', files });
    await expect(attempt).rejects.toMatchObject({ code: 'checksum_mismatch' });
  });

  test('a file that was not uploaded', async () => {
    const files = uploaded(ports.store, toyModelFiles());
    ports.store.blobs.delete(contentKey('default', files[1]?.sha256 ?? ''));
    const attempt = importModel(ports, ADMIN, { name: 'mine', files });
    await expect(attempt).rejects.toMatchObject({
      kind: 'not_found',
      hint: expect.stringMatching(/uploads/),
    });
  });

  test.each(['mine', 'another'])('weights that are quarantined, under the name "%s"', async (name) => {
    const { model } = await bring(toyModelFiles());
    const quarantined = { ...model, status: 'quarantined', recordVersion: 2 } as const;
    await ports.registry.commit(ADMIN.tenant, [{ kind: 'model', model: quarantined, expected: 1 }]);
    await expect(bring(toyModelFiles(), name)).rejects.toMatchObject({
      code: 'not_verified',
      hint: expect.stringContaining('forge models restore mine@1'),
    });
  });

  test('a viewer', async () => {
    const viewer = { ...ADMIN, role: 'viewer' } as const;
    const attempt = importModel(ports, viewer, { name: 'mine', files: [] });
    await expect(attempt).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('what is taken', () => {
  test('is measured, and the record says what was measured', async () => {
    const { model, created } = await bring(toyModelFiles(), 'mine', 'Apache-2.0');
    expect(created).toBe(true);
    expect(model).toMatchObject({
      name: 'mine',
      version: 1,
      runId: null,
      phase: null,
      role: 'imported',
      status: 'active',
      parents: [],
      lifecycle: [],
      licence: 'Apache-2.0',
      architecture: {
        type: 'tiny-titan',
        parameters: 68,
        layers: 2,
        hiddenSize: 4,
        bits: 32,
        quantised: false,
      },
      properties: {
        parameters: 68,
        tensors: 4,
        layers: 2,
        hiddenSize: 4,
        vocabRows: 8,
        tokenizerSize: 8,
        reservedRows: 4,
        tied: true,
        finite: true,
        zeroMatrices: [],
        ternary: 'none',
        baseHash: null,
        parents: 0,
        relativeTaskVector: null,
        tokenizerHash: hashOf(JSON.stringify(TOY_TOKENIZER)),
      },
    });
    expect(await ports.models.get(ADMIN.tenant, model.id)).toEqual(model);
  });

  test('gets a properties.json of its own, whatever came with it', async () => {
    const { model } = await bring(toyModelFiles({ 'properties.json': '{"finite":false}' }));
    const [stored, ...more] = model.files.filter(({ path }) => path === 'properties.json');
    expect(more).toEqual([]);
    const bytes = await ports.blobs.read(contentKey('default', stored?.sha256 ?? ''));
    expect(JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array()))).toEqual(model.properties);
    expect(stored?.bytes).toBe(bytes?.length);
  });

  test('under the same name again is the same model, under another it is another', async () => {
    const first = await bring(toyModelFiles());
    const again = await bring(toyModelFiles());
    const other = await bring(toyModelFiles(), 'other');
    expect(again).toEqual({ model: first.model, created: false });
    expect(other.model.id).not.toBe(first.model.id);
    expect(other.model.version).toBe(1);
  });

  test('with another tokenizer is the next version of its name', async () => {
    await bring(toyModelFiles());
    const { model, created } = await bring(
      toyModelFiles({ 'tokenizer.json': '{"model":{"vocab":{"a":0}}}' }),
    );
    expect([model.version, created, model.properties.tokenizerSize]).toEqual([2, true, 1]);
  });

  test('belongs to its tenant', async () => {
    const { model } = await bring(toyModelFiles());
    expect(await ports.models.get(STRANGER.tenant, model.id)).toBeNull();
  });

  test('by two at once is one version each, without a gap', async () => {
    const both = await Promise.all([
      bring(toyModelFiles()),
      bring(config({ tools: { layers: 1, types: ['calc'] } })),
    ]);
    expect(both.map(({ model }) => model.version).sort()).toEqual([1, 2]);
    expect(both[1]?.model.properties).toMatchObject({ toolLayers: 1, toolTypes: ['calc'] });
  });

  test('in shards is measured like the whole', async () => {
    const whole = await bring(toyModelFiles());
    const parts = await bring(sharded(), 'parts');
    const { weightsHash: _one, bytes: _few, ...expected } = whole.model.properties;
    expect(parts.model.properties).toMatchObject(expected);
    expect(parts.model.files.map(({ path }) => path).sort()).toEqual([
      'a.safetensors',
      'b.safetensors',
      'config.json',
      'model.safetensors.index.json',
      'properties.json',
      'tokenizer.json',
    ]);
  });

  test('of the Llama family is measured under its own names', async () => {
    const files = toyModelFiles({
      'model.safetensors': safetensors({
        'model.embed_tokens.weight': counting([8, 4]),
        'model.layers.0.self_attn.q_proj.weight': counting([4, 4]),
        'lm_head.weight': counting([8, 4]),
      }),
      'config.json': '{"model_type":"llama","hidden_size":4,"vocab_size":8}',
    });
    const { model } = await bring(files);
    expect(model.architecture).toMatchObject({ type: 'llama', layers: 1 });
    expect(model.properties).toMatchObject({ tied: false, vocabRows: 8, hiddenSize: 4 });
  });

  test('with zero matrices, packed ternary tensors and thoughts says so', async () => {
    const files = toyModelFiles({
      'model.safetensors': safetensors({
        ...TOY_TENSORS,
        'blocks.0.ffn.up.weight': f32([2, 2], [0, -0, 0, 0]),
        'norm.bias': f32([2], [0, 0]),
        'blocks.1.quant.codes': { dtype: 'U8', shape: [4], data: Uint8Array.of(1, 2, 3, 4) },
      }),
      'config.json': JSON.stringify({ ...TOY_CONFIG, thought: { enabled: true, start_id: 3, end_id: 4 } }),
    });
    const { model } = await bring(files);
    expect(model.properties).toMatchObject({
      zeroMatrices: ['blocks.0.ffn.up.weight'],
      ternary: 'packed',
      thoughtTokens: 2,
    });
    expect(model.architecture).toMatchObject({ quantised: true, thoughtTokens: 2, bits: 30.7692 });
  });

  test('with masters under fake quantisation says so', async () => {
    const { model } = await bring(config({ quant: { enabled: true } }));
    expect(model.properties.ternary).toBe('masters');
  });

  test('is quarantined and refused when a file was taken away while it was registered', async () => {
    const files = uploaded(ports.store, toyModelFiles());
    const commit: MemoryPorts['registry']['commit'] = async (...args) => {
      ports.store.blobs.delete(contentKey('default', files[0]?.sha256 ?? ''));
      return ports.registry.commit(...args);
    };
    const attempt = importModel({ ...ports, registry: { commit } }, ADMIN, { name: 'mine', files });
    await expect(attempt).rejects.toMatchObject({ kind: 'not_found' });
    expect((await ports.models.byName(ADMIN.tenant, 'mine', 1))?.status).toBe('quarantined');
  });

  test('does not come when the registry keeps refusing', async () => {
    const error = Object.assign(new Error('full'), { kind: 'disk_full' });
    const commit = async () => Promise.reject(error);
    const files = uploaded(ports.store, toyModelFiles());
    const attempt = importModel({ ...ports, registry: { commit } }, ADMIN, { name: 'mine', files });
    await expect(attempt).rejects.toBe(error);
  });
});
