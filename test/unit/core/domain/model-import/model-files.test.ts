/** What the files of an imported model may be called and contain, and how a pickle or an archive is known by its bytes. */
import fc from 'fast-check';
import {
  checkConfig,
  layoutOf,
  measureTokenizer,
  parseObject,
} from '#core/domain/model-import/model-config.ts';
import { checkFileNames, refuseDangerous } from '#core/domain/model-import/model-files.ts';
import { safetensors, TOY_CONFIG, TOY_TENSORS, TOY_TOKENIZER, textBytes } from '#test/support/model-bytes.ts';

const codeOf = (act: () => unknown): unknown => {
  try {
    act();
    return 'accepted';
  } catch (error) {
    return (error as { code: unknown }).code;
  }
};

const NEEDED = ['model.safetensors', 'config.json', 'tokenizer.json'];
const named = (paths: readonly string[]) => paths.map((path) => ({ path, sha256: '0'.repeat(64), bytes: 1 }));
const names = (...more: string[]) => codeOf(() => checkFileNames(named([...NEEDED, ...more])));

describe('the names of the files', () => {
  test('of a whole model are taken, with readable neighbours', () => {
    expect(names()).toBe('accepted');
    expect(names('README.md', 'LICENSE', 'generation_config.json', 'extra/notes.txt')).toBe('accepted');
    expect(codeOf(() => checkFileNames(named(['model.safetensors.index.json', ...NEEDED.slice(1)])))).toBe(
      'accepted',
    );
  });

  test.each([
    ['../../x.json', 'unsafe_path'],
    ['/etc/passwd.json', 'unsafe_path'],
    ['a\\b.json', 'unsafe_path'],
    ['a/./b.json', 'unsafe_path'],
    ['a//b.json', 'unsafe_path'],
    ['.hidden.json', 'unsafe_path'],
    ['%2e%2e/x.json', 'unsafe_path'],
    ['CON.json', 'unsafe_path'],
    ['a/nul/b.json', 'unsafe_path'],
    ['a\u0000.json', 'unsafe_path'],
    [`${'a'.repeat(300)}.json`, 'unsafe_path'],
    ['Config.JSON', 'duplicate'],
    ['pytorch_model.bin', 'pickle_refused'],
    ['model.pt', 'pickle_refused'],
    ['optimizer.pkl', 'pickle_refused'],
    ['weights.zip', 'archives_not_accepted'],
    ['weights.tar', 'archives_not_accepted'],
    ['modeling_titan.py', 'file_not_allowed'],
    ['run.sh', 'file_not_allowed'],
  ])('%j is refused', (path, code) => {
    expect(names(path)).toBe(code);
  });

  test.each(NEEDED)('without %s there is no model', (missing) => {
    expect(() => checkFileNames(named(NEEDED.filter((path) => path !== missing)))).toThrow(
      expect.objectContaining({ code: 'missing_file', hint: `Missing: ${missing}.` }),
    );
  });

  test('weights in one file and in shards at once are refused', () => {
    expect(names('model.safetensors.index.json')).toBe('index_mismatch');
  });

  test('who sends a pickle learns how to convert it', () => {
    expect(() => checkFileNames(named(['model.pt', ...NEEDED]))).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('forge models convert FILE.pt --out DIR') }),
    );
  });
});

const tarOf = (name: string) => {
  const block = new Uint8Array(512);
  block.set(textBytes(name));
  block.set(textBytes('ustar'), 257);
  return block;
};
const magic = (...bytes: number[]) => Uint8Array.from([...bytes, ...new Array<number>(40).fill(7)]);
const zipOf = (name: string) => new Uint8Array([...magic(0x50, 0x4b, 3, 4).slice(0, 30), ...textBytes(name)]);

describe('the first bytes of a file', () => {
  test.each([
    ['a pickle of protocol 2, as torch.save wrote it', magic(0x80, 2, 0x8a, 0x0a, 0x6c), 'pickle_refused'],
    ['a pickle of protocol 5', magic(0x80, 5, 0x95, 1, 0, 0, 0, 0, 0), 'pickle_refused'],
    ['a pickle of protocol 0', textBytes("cposix\nsystem\n(S'id'\ntR."), 'pickle_refused'],
    ['a pickled dictionary of protocol 0', textBytes('(dp0\nVa\nI1\ns.'), 'pickle_refused'],
    ['a zip that torch.save writes', zipOf('archive/data.pkl'), 'pickle_refused'],
    ['a zip that begins with its neighbours', zipOf('model/byteorder'), 'pickle_refused'],
    ['any other zip', zipOf('readme.txt'), 'archives_not_accepted'],
    ['a tar', tarOf('weights'), 'archives_not_accepted'],
    ['gzip', magic(0x1f, 0x8b, 8), 'archives_not_accepted'],
    ['bzip2', textBytes('BZh91AY'), 'archives_not_accepted'],
    ['xz', magic(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), 'archives_not_accepted'],
    ['zstandard', magic(0x28, 0xb5, 0x2f, 0xfd), 'archives_not_accepted'],
    ['7z', magic(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c), 'archives_not_accepted'],
    ['rar', magic(0x52, 0x61, 0x72, 0x21, 0x1a, 7), 'archives_not_accepted'],
    ['safetensors', safetensors(TOY_TENSORS), 'accepted'],
    ['JSON', textBytes('{"a":1}'), 'accepted'],
    ['text', textBytes('complete model card'), 'accepted'],
    ['nothing', new Uint8Array(), 'accepted'],
  ])('%s', (_, head, code) => {
    expect(codeOf(() => refuseDangerous('model.safetensors', head))).toBe(code);
  });

  test.each([0x280, 0x580, 0x088b1f])('a header of %i bytes is no pickle and no archive', (length) => {
    const head = new Uint8Array(16);
    new DataView(head.buffer).setBigUint64(0, BigInt(length), true);
    head[8] = 0x7b;
    expect(codeOf(() => refuseDangerous('model.safetensors', head))).toBe('accepted');
  });
});

const LLAMA = { model_type: 'llama', hidden_size: 64, num_hidden_layers: 2, vocab_size: 320 };
const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });

describe('config.json', () => {
  test.each([
    ['auto_map', { auto_map: { AutoModel: 'evil.Model' } }, 'forbidden_key'],
    ['trust_remote_code', { trust_remote_code: true }, 'forbidden_key'],
    ['an internal attention', { _attn_implementation_internal: 'evil/kernel' }, 'forbidden_key'],
    ['any first underscore', { _name_or_path: 'x' }, 'forbidden_key'],
    ['auto_map below', { arch: { deeper: [{ auto_map: {} }] } }, 'forbidden_key'],
    ['__proto__', JSON.parse('{"__proto__":{"a":1}}') as object, 'forbidden_key'],
    ['a huge width', { hidden_size: 10 ** 12 }, 'out_of_range'],
    ['no width', { arch: { d_model: 0 } }, 'out_of_range'],
    ['a width and a half', { hidden_size: 1.5 }, 'out_of_range'],
    ['a width that is a text', { hidden_size: '64' }, 'out_of_range'],
    ['too many layers', { num_hidden_layers: 5000 }, 'out_of_range'],
    ['negative thoughts', { thought: { n_thought: -1 } }, 'out_of_range'],
    ['too many levels', deep(40), 'too_deep'],
  ])('with %s is refused', (_, config, code) => {
    expect(codeOf(() => checkConfig(config as Record<string, unknown>))).toBe(code);
  });

  test('with possible sizes and nulls is taken', () => {
    expect(codeOf(() => checkConfig({ ...TOY_CONFIG, sliding_window: null, list: [1, { dim: 3 }] }))).toBe(
      'accepted',
    );
  });

  test('names every place that is wrong at once', () => {
    expect(() => checkConfig({ auto_map: 1, arch: { d_model: 0, _x: 1 } })).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({ pointer: '/auto_map', code: 'forbidden_key' }),
          expect.objectContaining({
            pointer: '/arch/d_model',
            code: 'out_of_range',
            expected: '1 to 1048576',
            got: '0',
          }),
          expect.objectContaining({ pointer: '/arch/_x', code: 'forbidden_key' }),
        ],
      }),
    );
  });

  test.each([
    [TOY_CONFIG, 'tiny-titan'],
    [{ model_type: 'tiny-titan' }, 'tiny-titan'],
    [LLAMA, 'llama'],
  ])('of %j is of the family %s', (config, type) => {
    expect(layoutOf(config).type).toBe(type);
  });

  test.each([[{}], [{ model_type: 'gpt2' }], [{ model_type: 7, arch: {} }]])(
    'of %j is of no family',
    (config) => {
      expect(codeOf(() => layoutOf(config))).toBe('unsupported_architecture');
    },
  );

  test.each(['', '{', '[]', 'null', '"a"', '\ufeff{}'])('that is %j is refused', (text) => {
    expect(codeOf(() => parseObject('config.json', textBytes(text)))).toBe('malformed_json');
  });

  test('of any JSON object is taken or refused with a code', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (config) => {
        expect(codeOf(() => checkConfig(config))).toMatch(/^(accepted|forbidden_key|out_of_range|too_deep)$/);
      }),
      { numRuns: 300, seed: 43 },
    );
  });
});

describe('tokenizer.json', () => {
  test('counts its entries and its reserved rows', () => {
    expect(measureTokenizer(TOY_TOKENIZER)).toEqual({ tokenizerSize: 8, reservedRows: 4, largest: 7 });
  });

  test.each([
    ['<|thought_start|>', 1],
    ['<|tool_0|>', 1],
    ['<|persona_é|>', 1],
    ['<|reserved_|>', 0],
    ['<|other_0|>', 0],
    ['x<|tool_0|>', 0],
    ['<|tool_0|>x', 0],
  ])('the token %s makes %i reserved rows', (content, reservedRows) => {
    expect(measureTokenizer({ added_tokens: [{ content, id: 0 }] })).toMatchObject({ reservedRows });
  });

  test('an added token may stand in the vocabulary too, and two may share an id', () => {
    const shared = { model: { vocab: { a: 0, b: 0 } }, added_tokens: [{ content: 'a', id: 1 }] };
    expect(measureTokenizer(shared)).toEqual({ tokenizerSize: 2, reservedRows: 0, largest: 1 });
  });

  test('without a vocabulary it has no entries', () => {
    expect(measureTokenizer({ model: { vocab: [['a', 0]] } })).toEqual({
      tokenizerSize: 0,
      reservedRows: 0,
      largest: -1,
    });
  });

  test.each([
    { added_tokens: {} },
    { added_tokens: [null] },
    { added_tokens: [{ id: 1 }] },
    { model: { vocab: { a: '0' } } },
    { model: { vocab: { a: -1 } } },
    { model: { vocab: { a: 0.5 } } },
  ])('%j is refused', (tokenizer) => {
    expect(codeOf(() => measureTokenizer(tokenizer))).toBe('tokenizer_invalid');
  });
});
