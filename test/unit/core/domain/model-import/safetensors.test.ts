/** The header of a stranger's weight file: what is taken, what is refused, and under which code. */
import fc from 'fast-check';
import { repeatedKey } from '#core/domain/json-keys.ts';
import { architectureText } from '#core/domain/model-import/model-measurements.ts';
import { readHeader, readHeaderLength } from '#core/domain/model-import/safetensors.ts';
import { TensorScan } from '#core/domain/model-import/safetensors-scan.ts';
import {
  counting,
  f32,
  joined,
  lengthOf,
  safetensors,
  TOY_TENSORS,
  textBytes,
  withHeader,
} from '#test/support/model-bytes.ts';

function parse(file: Uint8Array) {
  const length = readHeaderLength(file, file.length);
  const tensors = readHeader(file.subarray(8, 8 + length), file.length - 8 - length);
  const scan = new TensorScan(tensors);
  scan.push(file.subarray(8 + length));
  return { tensors, scanned: scan.result() };
}

const entry = (change: object = {}) =>
  JSON.stringify({ dtype: 'F32', shape: [2], data_offsets: [0, 8], ...change });
const one = (change: object) => withHeader(`{"a":${entry(change)}}`, new Uint8Array(8));
const codeOf = (file: Uint8Array): unknown => {
  try {
    parse(file);
    return 'accepted';
  } catch (error) {
    return (error as { code: unknown }).code;
  }
};

/** Row of the table of bad inputs, what the file is, the file, the code. */
const REFUSED: readonly (readonly [row: number, what: string, file: Uint8Array, code: string])[] = [
  [34, 'nothing at all', new Uint8Array(), 'header_too_small'],
  [34, 'seven bytes', new Uint8Array(7), 'header_too_small'],
  [35, 'a length of 2^63', joined(lengthOf(2n ** 63n), textBytes('{}')), 'header_too_large'],
  [35, 'a length one byte beyond the file', joined(lengthOf(3n), textBytes('{}')), 'header_too_large'],
  [36, 'an empty header', withHeader(''), 'header_invalid'],
  [36, 'a list', withHeader('[]'), 'header_invalid'],
  [36, 'a space ahead of the brace', withHeader(' {}'), 'header_invalid'],
  [36, 'a byte order mark', withHeader('\ufeff{}'), 'header_invalid'],
  [36, 'half a document', withHeader('{"a":'), 'header_invalid'],
  [36, 'bytes that are not UTF-8', withHeader(Uint8Array.of(0x7b, 0xff, 0x7d)), 'header_invalid'],
  [36, 'a tensor that is a number', withHeader('{"a":1}'), 'header_invalid'],
  [36, 'a tensor that is null', withHeader('{"a":null}'), 'header_invalid'],
  [36, 'a tensor with a member too many', one({ strides: [1] }), 'header_invalid'],
  [36, 'a tensor without a shape', one({ shape: undefined }), 'header_invalid'],
  [36, 'a member that stands twice', withHeader('{"a":{"dtype":"F32","dtype":"F32"}}'), 'header_invalid'],
  [36, 'a name of 513 bytes', withHeader(`{"${'é'.repeat(257)}":${entry()}}`), 'header_invalid'],
  [36, 'a name with half a character', withHeader(`{"\\ud800":${entry()}}`), 'header_invalid'],
  [36, 'metadata that is a number', withHeader('{"__metadata__":1}'), 'header_invalid'],
  [36, 'metadata with a number', withHeader('{"__metadata__":{"a":1}}'), 'header_invalid'],
  [
    37,
    'a tensor twice',
    withHeader(`{"a":${entry()},"a":${entry()}}`, new Uint8Array(8)),
    'duplicate_tensor',
  ],
  [
    37,
    'a tensor twice, once escaped',
    withHeader(`{"a":${entry()},"\\u0061":${entry()}}`),
    'duplicate_tensor',
  ],
  [37, 'metadata twice', withHeader('{"__metadata__":{},"__metadata__":{}}'), 'duplicate_tensor'],
  [38, 'a hole ahead of the first', one({ data_offsets: [4, 12] }), 'offsets_invalid'],
  [38, 'bytes that trail', joined(one({}), Uint8Array.of(0)), 'offsets_invalid'],
  [38, 'a file that is cut off', one({}).slice(0, -1), 'offsets_invalid'],
  [38, 'an end ahead of its beginning', one({ data_offsets: [8, 0] }), 'offsets_invalid'],
  [38, 'a negative offset', one({ data_offsets: [-8, 0] }), 'offsets_invalid'],
  [38, 'three offsets', one({ data_offsets: [0, 8, 8] }), 'offsets_invalid'],
  [38, 'offsets that are texts', one({ data_offsets: ['0', '8'] }), 'offsets_invalid'],
  [38, 'no offsets', one({ data_offsets: null }), 'offsets_invalid'],
  [
    38,
    'an overlap',
    withHeader(`{"a":${entry()},"b":${entry({ data_offsets: [4, 12] })}}`, new Uint8Array(12)),
    'offsets_invalid',
  ],
  [
    38,
    'a hole between two',
    withHeader(`{"a":${entry()},"b":${entry({ data_offsets: [12, 20] })}}`, new Uint8Array(20)),
    'offsets_invalid',
  ],
  [39, 'another number of bytes', one({ shape: [3] }), 'shape_mismatch'],
  [39, 'a negative size', one({ shape: [-2] }), 'shape_mismatch'],
  [39, 'two negative sizes', one({ shape: [-1, -2] }), 'shape_mismatch'],
  [39, 'a size and a half', one({ shape: [1.5] }), 'shape_mismatch'],
  [39, 'a product that overflows', one({ shape: [2 ** 32, 2 ** 32] }), 'shape_mismatch'],
  [
    39,
    'a product that overflows to nothing',
    withHeader(`{"a":${entry({ shape: [2 ** 32, 2 ** 32, 0], data_offsets: [0, 0] })}}`),
    'shape_mismatch',
  ],
  [39, 'a shape that is a number', one({ shape: 2 }), 'shape_mismatch'],
  [39, 'nine dimensions', one({ shape: [2, 1, 1, 1, 1, 1, 1, 1, 1] }), 'shape_mismatch'],
  [39, 'an unknown type', one({ dtype: 'F4' }), 'shape_mismatch'],
  [39, 'a type from the prototype', one({ dtype: 'toString' }), 'shape_mismatch'],
  [39, 'a type that is a number', one({ dtype: 32 }), 'shape_mismatch'],
];

describe('the header of a safetensors file', () => {
  test.each(REFUSED)('row %i: %s is refused', (_, __, file, code) => {
    expect(codeOf(file)).toBe(code);
  });

  test('row 35: more than 8 MiB of header are refused before they are read', () => {
    const huge = 200 * 1024 * 1024;
    expect(() => readHeaderLength(lengthOf(8n * 1024n * 1024n + 1n), huge)).toThrow(/8388609/);
    expect(readHeaderLength(lengthOf(8n * 1024n * 1024n), huge)).toBe(8 * 1024 * 1024);
  });

  test('row 40: a hundred thousand tensors are taken and one more is not', () => {
    const empty = '{"dtype":"U8","shape":[0],"data_offsets":[0,0]}';
    const header = (count: number) =>
      withHeader(`{${Array.from({ length: count }, (_, index) => `"${index}":${empty}`).join()}}`);
    expect(codeOf(header(100_000))).toBe('accepted');
    expect(codeOf(header(100_001))).toBe('too_many_tensors');
  });

  test('what is wrong with a tensor is said with its name and the bytes', () => {
    expect(() => parse(one({ shape: [3] }))).toThrow(/"a" of shape \[3\] and type F32 needs 12 bytes.*8/);
    expect(() => parse(one({ data_offsets: [4, 12] }))).toThrow(/"a" begins at byte 4, expected 0.*hole/);
  });

  test('a file of any order, with padding, metadata, a scalar and an empty tensor is taken', () => {
    const header = `{"__metadata__":{"format":"pt"},"z":${entry({ shape: [], data_offsets: [8, 12] })},"a":${entry()},"e":${entry({ shape: [0, 3], data_offsets: [8, 8] })}}   `;
    const { tensors } = parse(withHeader(header, new Uint8Array(12)));
    expect(tensors.map(({ name, begin, end }) => [name, begin, end])).toEqual([
      ['a', 0, 8],
      ['e', 8, 8],
      ['z', 8, 12],
    ]);
  });

  test('a tensor may be called __proto__', () => {
    expect(parse(withHeader(`{"__proto__":${entry()}}`, new Uint8Array(8))).tensors[0]?.name).toBe(
      '__proto__',
    );
  });

  test('any flipped byte is taken or refused with a code, and never breaks the reader', () => {
    const whole = safetensors(TOY_TENSORS, { format: 'pt' });
    const known = new Set(REFUSED.map(([, , , code]) => code).concat('accepted'));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (position, bits) => {
        const flipped = whole.slice();
        flipped[position] = (flipped[position] ?? 0) ^ bits;
        expect(known).toContain(codeOf(flipped));
      }),
      { numRuns: 1500, seed: 33 },
    );
  });

  test('any bytes at all are refused with a code', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.boolean(), (bytes, framed) => {
        expect(codeOf(framed ? withHeader(bytes) : bytes)).toMatch(
          /^(header|offsets|shape|duplicate)_|^accepted$/,
        );
      }),
      { numRuns: 500, seed: 34 },
    );
  });

  test('what is written with distinct names is read back as it was', () => {
    const names = fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 20 }), { maxLength: 8 });
    fc.assert(
      fc.property(names, (list) => {
        const own = list.filter(
          (name) => name !== '__metadata__' && name !== '__proto__' && !/\p{Surrogate}/u.test(name),
        );
        const { tensors } = parse(
          safetensors(Object.fromEntries(own.map((name) => [name, counting([2, 3])]))),
        );
        expect(tensors.map(({ name }) => name).sort()).toEqual([...own].sort());
      }),
      { numRuns: 200, seed: 35 },
    );
  });
});

describe('keys that stand twice', () => {
  test.each([
    ['{"a":1,"a":2}', { key: 'a', depth: 1 }],
    ['[{"a":[{"b":1,"b":2}]}]', { key: 'b', depth: 4 }],
    ['{"a":"\\"}","b":["a","a"],"c":{"a":1,"b":"b"}}', null],
    ['{"a":{"x":1},"b":{"x":1}}', null],
    ['{"\\u0061":1,"a":2}', { key: 'a', depth: 1 }],
    ['"a"', null],
  ])('of %s', (text, found) => {
    expect(repeatedKey(text)).toEqual(found);
  });

  test('are found in whatever object they are put, and nowhere else', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.boolean(), (text, twice) => {
        expect(repeatedKey(JSON.stringify(JSON.parse(text)))).toBeNull();
        const repeated = `{"k":${text},"l":{"m":1${twice ? ',"m":2' : ''}}}`;
        expect(repeatedKey(repeated)?.key).toBe(twice ? 'm' : undefined);
      }),
      { numRuns: 200, seed: 36 },
    );
  });
});

const bytesOf = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const bits16 = (...values: number[]) => bytesOf(Uint16Array.from(values));
const bits8 = (...values: number[]) => Uint8Array.from(values);

/** Type, bytes of the elements, how many of them are NaN or infinite, and whether all are zero. */
const SCANNED: readonly (readonly [dtype: string, data: Uint8Array, nonFinite: number, allZero: boolean])[] =
  [
    ['F32', bytesOf(Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, -Number.MAX_VALUE)), 3, false],
    ['F32', bytesOf(Float32Array.of(3.4e38, -1e-45, 1, 1)), 0, false],
    ['F32', bytesOf(Float32Array.of(0, -0, 0, -0)), 0, true],
    ['F64', bytesOf(Float64Array.of(1, Number.NaN, Number.NEGATIVE_INFINITY, 1e308)), 2, false],
    ['F64', bytesOf(Float64Array.of(0, -0)), 0, true],
    ['F64', bytesOf(Float64Array.of(0, 5e-324)), 0, false],
    ['F16', bits16(0x7c00, 0xfc00, 0x7e00, 0x7bff), 3, false],
    ['F16', bits16(0x8000, 0), 0, true],
    ['BF16', bits16(0x7f80, 0xff80, 0x7fc0, 0x7f7f), 3, false],
    ['BF16', bits16(0x8000, 0), 0, true],
    ['F8_E4M3', bits8(0x7f, 0xff, 0x7e, 0), 2, false],
    ['F8_E5M2', bits8(0x7c, 0x7d, 0xfc, 0x7b), 3, false],
    ['I8', bits8(0x7f, 0x80), 0, false],
    ['I64', new Uint8Array(16), 0, true],
    ['BOOL', bits8(0, 1), 0, false],
  ];

describe('the data of a safetensors file', () => {
  test.each(SCANNED)('%s values are told apart (case %#)', (dtype, data, nonFinite, allZero) => {
    const width = Number(/\d+/.exec(dtype)?.[0] ?? 8) / 8;
    const { scanned } = parse(safetensors({ a: { dtype, shape: [data.length / width], data } }));
    expect(scanned).toEqual([{ name: 'a', nonFinite, allZero }]);
  });

  test('is judged alike however it is cut into chunks', () => {
    const file = safetensors({
      a: f32([3], [1, Number.NaN, 2]),
      z: f32([2, 1], [0, 0]),
      e: f32([0], []),
      h: { dtype: 'F16', shape: [3], data: bits16(0x7c00, 1, 0x7e00) },
      d: { dtype: 'F64', shape: [2], data: bytesOf(Float64Array.of(Number.NaN, 0)) },
    });
    const length = readHeaderLength(file, file.length);
    const { tensors, scanned } = parse(file);
    const data = file.subarray(8 + length);
    expect(scanned.map(({ name, nonFinite, allZero }) => [name, nonFinite, allZero])).toEqual([
      ['a', 1, false],
      ['z', 0, true],
      ['e', 0, true],
      ['h', 2, false],
      ['d', 1, false],
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 11 }), { maxLength: 60 }), (sizes) => {
        const scan = new TensorScan(tensors);
        let at = 0;
        for (const size of [...sizes, data.length]) {
          scan.push(data.subarray(at, at + size));
          at = Math.min(data.length, at + size);
        }
        expect(scan.result()).toEqual(scanned);
      }),
      { numRuns: 300, seed: 37 },
    );
  });
});

describe('the text behind the architecture hash', () => {
  test('is sorted by characters, in ASCII, and leaves out what later phases add', () => {
    const names = ['b', 'a.b', 'a', '\ufffd', '😀', 'é"\\', 'thought.x', 'c.lora.a', 'd.quant.s', 'lorax'];
    const text = architectureText(names.map((name, index) => ({ name, shape: [index, 2] })));
    expect(text).toBe(
      '{"a":[2,2],"a.b":[1,2],"b":[0,2],"lorax":[9,2],"\\u00e9\\"\\\\":[5,2],"\\ufffd":[3,2],"\\ud83d\\ude00":[4,2]}',
    );
    expect(architectureText([])).toBe('{}');
  });
});
