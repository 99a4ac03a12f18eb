/** Model folders that want to do harm, made by code: what each is refused with, wherever it is sent. */
import {
  counting,
  f32,
  joined,
  lengthOf,
  safetensors,
  TOY_CONFIG,
  TOY_TENSORS,
  TOY_TOKENIZER,
  type ToyFiles,
  textBytes,
  toyModelFiles,
  withHeader,
} from './model-bytes.ts';

export interface Malicious {
  readonly name: string;
  readonly files: ToyFiles;
  /** What `forge models import` and the inbox answer. */
  readonly code: string;
}

/** A pickle of protocol 0 that runs a program when it is loaded. */
const program = (canary: string) => textBytes(`cposix\nsystem\n(Vtouch ${canary}\ntR.`);

/** The same in protocol 2. */
const binaryProgram = (canary: string) => {
  const command = textBytes(`touch ${canary}`);
  return joined(
    Uint8Array.of(0x80, 2),
    textBytes('cposix\nsystem\n'),
    Uint8Array.of(0x58, command.length, 0, 0, 0),
    command,
    Uint8Array.of(0x85, 0x52, 0x2e),
  );
};

const weights = (bytes: Uint8Array): ToyFiles => toyModelFiles({ 'model.safetensors': bytes });
const tensors = (change: Parameters<typeof safetensors>[0]): ToyFiles =>
  weights(safetensors({ ...TOY_TENSORS, ...change }));
const config = (change: object): ToyFiles =>
  toyModelFiles({ 'config.json': JSON.stringify({ ...TOY_CONFIG, ...change }) });

const nested = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

/** A gzip, xz, 7z … by its first bytes. */
const magic = (...first: readonly number[]): Uint8Array => joined(Uint8Array.from(first), new Uint8Array(64));

function tar(): Uint8Array {
  const bytes = new Uint8Array(512);
  bytes.set(textBytes('../../canary'), 0);
  bytes.set(textBytes('ustar'), 257);
  return bytes;
}

function sharded(shard: string): ToyFiles {
  const { 'model.safetensors': whole = '', ...others } = toyModelFiles();
  const map = Object.fromEntries(Object.keys(TOY_TENSORS).map((name) => [name, 'a.safetensors']));
  const index = { weight_map: { ...map, 'norm.weight': shard } };
  return { ...others, 'a.safetensors': whole, 'model.safetensors.index.json': JSON.stringify(index) };
}

/** Each touches a file of its own: the inbox knows a refused object by its bytes, and answers once for it. */
const pickles = (canary: string): readonly Malicious[] => [
  { name: 'pickle-called-safetensors', files: weights(program(`${canary}-1`)), code: 'pickle_refused' },
  {
    name: 'pickle-2-called-safetensors',
    files: weights(binaryProgram(`${canary}-2`)),
    code: 'pickle_refused',
  },
  {
    name: 'pickle-called-config',
    files: toyModelFiles({ 'config.json': program(`${canary}-3`) }),
    code: 'pickle_refused',
  },
  {
    name: 'pickle-called-tokenizer',
    files: toyModelFiles({ 'tokenizer.json': binaryProgram(`${canary}-4`) }),
    code: 'pickle_refused',
  },
  {
    name: 'pickle-called-readme',
    files: toyModelFiles({ 'README.md': program(`${canary}-5`) }),
    code: 'pickle_refused',
  },
  {
    name: 'torch-zip-called-safetensors',
    files: weights(joined(textBytes('PK\u0003\u0004archive/data.pkl'), program(`${canary}-6`))),
    code: 'pickle_refused',
  },
  {
    name: 'weights-by-the-name-of-a-pickle',
    files: {
      'config.json': JSON.stringify(TOY_CONFIG),
      'tokenizer.json': JSON.stringify(TOY_TOKENIZER),
      'pytorch_model.bin': program(`${canary}-7`),
    },
    code: 'pickle_refused',
  },
];

const ARCHIVES: readonly Malicious[] = [
  {
    name: 'zip',
    files: weights(textBytes(`PK\u0003\u0004${'a'.repeat(64)}`)),
    code: 'archives_not_accepted',
  },
  { name: 'gzip', files: weights(magic(0x1f, 0x8b, 8)), code: 'archives_not_accepted' },
  { name: 'tar-that-climbs', files: weights(tar()), code: 'archives_not_accepted' },
  {
    name: 'xz-called-config',
    files: toyModelFiles({ 'config.json': magic(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0) }),
    code: 'archives_not_accepted',
  },
];

const HEADERS: readonly Malicious[] = [
  { name: 'header-of-9-exabytes', files: weights(lengthOf(2n ** 63n)), code: 'header_too_large' },
  {
    name: 'header-beyond-the-file',
    files: weights(joined(lengthOf(1n << 30n), textBytes('{'))),
    code: 'header_too_large',
  },
  { name: 'five-bytes', files: weights(new Uint8Array(5).fill(1)), code: 'header_too_small' },
  { name: 'header-that-breaks-off', files: weights(withHeader('{"')), code: 'header_invalid' },
  { name: 'header-of-deep-json', files: weights(withHeader('{"a":'.repeat(50_000))), code: 'header_invalid' },
  { name: 'tensor-twice', files: weights(withHeader('{"a":{},"a":{}}')), code: 'duplicate_tensor' },
  {
    name: 'offsets-beyond-the-file',
    files: weights(withHeader('{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}}')),
    code: 'offsets_invalid',
  },
  { name: 'a-byte-too-few', files: weights(safetensors(TOY_TENSORS).slice(0, -1)), code: 'offsets_invalid' },
  {
    name: 'shape-that-overflows',
    files: weights(
      withHeader(
        '{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}',
        new Uint8Array(4),
      ),
    ),
    code: 'shape_mismatch',
  },
  { name: 'unknown-type', files: tensors({ x: { ...counting([1]), dtype: 'OBJ' } }), code: 'shape_mismatch' },
  {
    name: 'nan',
    files: tensors({ 'norm.weight': f32([4], [1, Number.NaN, 1, 1]) }),
    code: 'non_finite',
  },
  {
    name: 'infinity',
    files: tensors({ 'norm.weight': f32([4], [1, Number.NEGATIVE_INFINITY, 1, 1]) }),
    code: 'non_finite',
  },
];

const CONFIGS: readonly Malicious[] = [
  {
    name: 'auto-map',
    files: {
      ...config({ auto_map: { AutoConfig: 'canary.Canary' } }),
      'canary.txt': 'open("canary", "w")',
    },
    code: 'forbidden_key',
  },
  { name: 'trust-remote-code', files: config({ trust_remote_code: true }), code: 'forbidden_key' },
  {
    name: 'internal-key',
    files: config({ _attn_implementation_internal: 'os.system' }),
    code: 'forbidden_key',
  },
  {
    name: 'prototype',
    files: toyModelFiles({
      'config.json': '{"__proto__":{"polluted":1},"arch":{"d_model":4,"vocab_size":8}}',
    }),
    code: 'forbidden_key',
  },
  { name: 'deep-key', files: config({ arch: { d_model: 4, auto_map: {} } }), code: 'forbidden_key' },
  { name: 'huge-width', files: config({ arch: { d_model: 1e12, vocab_size: 8 } }), code: 'out_of_range' },
  { name: 'deep-config', files: config({ x: nested(200) }), code: 'too_deep' },
  { name: 'config-of-2-mib', files: config({ filling: 'x'.repeat(2 << 20) }), code: 'out_of_range' },
  { name: 'config-of-no-json', files: toyModelFiles({ 'config.json': '{,}' }), code: 'malformed_json' },
  {
    name: 'unknown-family',
    files: toyModelFiles({ 'config.json': '{"model_type":"gpt2"}' }),
    code: 'unsupported_architecture',
  },
  {
    name: 'token-beyond-the-rows',
    files: toyModelFiles({ 'tokenizer.json': '{"model":{"vocab":{"a":4096}}}' }),
    code: 'vocab_mismatch',
  },
  {
    name: 'token-that-is-no-number',
    files: toyModelFiles({ 'tokenizer.json': '{"model":{"vocab":{"a":"b"}}}' }),
    code: 'tokenizer_invalid',
  },
  { name: 'shard-that-climbs', files: sharded('../../x.safetensors'), code: 'unsafe_path' },
  { name: 'absolute-shard', files: sharded('/etc/x.safetensors'), code: 'unsafe_path' },
  { name: 'shard-on-another-drive', files: sharded('C:\\x.safetensors'), code: 'unsafe_path' },
  { name: 'shard-with-a-long-name', files: sharded(`${'s'.repeat(400)}.safetensors`), code: 'unsafe_path' },
  { name: 'missing-shard', files: sharded('b.safetensors'), code: 'missing_shard' },
];

/**
 * The whole corpus.
 * @param canary beginning of the paths that programs in it would touch
 */
export const maliciousModels = (canary: string): readonly Malicious[] => [
  ...pickles(canary),
  ...ARCHIVES,
  ...HEADERS,
  ...CONFIGS,
];
