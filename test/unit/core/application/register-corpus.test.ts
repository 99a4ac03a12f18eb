import { registerCorpus } from '#core/application/commands/register-corpus.ts';
import { requestUpload } from '#core/application/commands/request-upload.ts';
import { findCorpus } from '#core/application/queries/find-corpus.ts';
import { contentKey } from '#core/domain/blob-key.ts';
import { sha256Of } from '#test/support/memory/blobs.ts';
import { ADMIN, type MemoryPorts, memoryPorts, STRANGER } from '#test/support/memory-ports.ts';
import { hashOf } from '#test/support/toy-models.ts';
import { TOY_TEXT, toyCorpus } from '#test/support/toy-run.ts';

const encode = (text: string) => new TextEncoder().encode(text);

function upload(ports: MemoryPorts, bytes: Uint8Array): string {
  const sha256 = sha256Of(bytes);
  ports.store.blobs.set(contentKey('default', sha256), bytes);
  return sha256;
}

const register = (ports: MemoryPorts, sha256: string, name = 'speeches') =>
  registerCorpus(ports, ADMIN, { name, sha256, licence: 'CC0-1.0' });

describe('registering a corpus', () => {
  test('counts the documents and the bytes that lie in the store', async () => {
    const ports = memoryPorts();
    const corpus = await register(ports, upload(ports, encode(TOY_TEXT)));

    expect(corpus).toMatchObject({ documents: 2, bytes: encode(TOY_TEXT).length, licence: 'CC0-1.0' });
    expect(await ports.corpora.get(ADMIN.tenant, corpus.id)).toEqual(corpus);
  });

  test('the same name with the same bytes again is the same corpus', async () => {
    const ports = memoryPorts();
    const first = await toyCorpus(ports);
    expect(await toyCorpus(ports)).toEqual(first);
    expect(ports.store.tables.corpora.size).toBe(1);
  });

  test('the last line needs no line feed, and characters may be cut by chunks', async () => {
    const ports = memoryPorts();
    const text = '{"id":"é","text":"größer als 😀 und 漢字"}\r\n{"id":"b","text":""}';
    expect(await register(ports, upload(ports, encode(text)))).toMatchObject({ documents: 2 });
  });

  const head = '{"id":"a","text":"b"}\n';
  test.each([
    ['nothing', encode(''), 'empty_corpus', 'there is no document in it'],
    ['a line that is no JSON', encode(`${head}{"id":`), 'malformed_line', 'line 2 is not JSON'],
    ['an empty line', encode(`${head}\n${head}`), 'malformed_line', 'line 2 is not JSON'],
    ['a list', encode('[1]\n'), 'malformed_line', 'line 1 is no document'],
    ['null', encode('null\n'), 'malformed_line', 'line 1 is no document'],
    ['a document without text', encode('{"id":"a"}\n'), 'malformed_line', 'line 1 is no document'],
    [
      'a document with an empty id',
      encode('{"id":"","text":"b"}\n'),
      'malformed_line',
      'line 1 is no document',
    ],
    ['bytes that are no UTF-8', Uint8Array.from([0x7b, 0xff, 0x7d]), 'not_utf8', 'not UTF-8'],
    [
      'a character cut off at the end',
      Uint8Array.from([...encode(head), 0xe2, 0x82]),
      'not_utf8',
      'not UTF-8',
    ],
    [
      'a byte order mark',
      Uint8Array.from([0xef, 0xbb, 0xbf, ...encode(head)]),
      'malformed_line',
      'line 1 is not JSON',
    ],
    ['half a surrogate pair', encode('{"id":"a","text":"\\ud83d"}\n'), 'not_utf8', 'line 1 holds half'],
  ])('%s is refused', async (_, bytes, code, words) => {
    const ports = memoryPorts();
    await expect(register(ports, upload(ports, bytes))).rejects.toMatchObject({
      kind: 'validation',
      code,
      message: expect.stringContaining(words),
      problems: [expect.objectContaining({ pointer: '/sha256', code })],
    });
    expect(ports.store.tables.corpora.size).toBe(0);
  });

  test.each([
    ['that ends', '\n'],
    ['that never ends', ''],
  ])(
    'a line %s after more than eight million characters is refused before it fills the memory',
    async (_, end) => {
      const ports = memoryPorts();
      const bytes = encode(`{"id":"a","text":"${'x'.repeat(8 * 1024 * 1024)}"}${end}`);
      const sha256 = upload(ports, bytes);
      const blobs = {
        ...ports.blobs,
        stream: async () =>
          (async function* () {
            for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
          })(),
      };
      await expect(
        registerCorpus({ ...ports, blobs }, ADMIN, { name: 'long', sha256, licence: 'CC0-1.0' }),
      ).rejects.toMatchObject({ code: 'line_too_long' });
    },
  );

  test('bytes that are not the promised ones are refused', async () => {
    const ports = memoryPorts();
    const sha256 = hashOf('something else');
    ports.store.blobs.set(contentKey('default', sha256), encode(TOY_TEXT));
    await expect(register(ports, sha256)).rejects.toMatchObject({
      kind: 'validation',
      code: 'checksum_mismatch',
    });
  });

  test('bytes that were never uploaded are not found', async () => {
    const ports = memoryPorts();
    await expect(register(ports, hashOf('nothing'))).rejects.toMatchObject({ kind: 'not_found' });
  });

  test('an address that is no hash is malformed', async () => {
    const ports = memoryPorts();
    for (const sha256 of ['../x', 'A'.repeat(64), '', `${'a'.repeat(64)}\n`])
      await expect(register(ports, sha256)).rejects.toMatchObject({ kind: 'malformed', code: 'invalid_key' });
  });

  test('viewers may not', async () => {
    const ports = memoryPorts();
    const viewer = { ...ADMIN, role: 'viewer' } as const;
    const wanted = { name: 'a', sha256: hashOf('a'), licence: 'x' };
    await expect(registerCorpus(ports, viewer, wanted)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('offering an upload', () => {
  const facts = { sha256: hashOf('x'), bytes: 1, mediaType: 'application/x-ndjson' };

  test('gives an address for the very key of the bytes, unless they are there already', async () => {
    const ports = memoryPorts();
    const offer = await requestUpload(ports, ADMIN, facts);
    expect(offer).toMatchObject({
      exists: false,
      method: 'PUT',
      url: expect.stringContaining(contentKey('default', facts.sha256)),
    });
    upload(ports, encode('x'));
    expect(await requestUpload(ports, ADMIN, facts)).toEqual({ exists: true });
    expect(await requestUpload(ports, ADMIN, { ...facts, bytes: 2 })).toMatchObject({ exists: false });
  });

  test('takes no path for a hash and no viewer', async () => {
    const ports = memoryPorts();
    const climbing = { ...facts, sha256: '../../secret' };
    await expect(requestUpload(ports, ADMIN, climbing)).rejects.toMatchObject({ code: 'invalid_key' });
    const viewer = { ...ADMIN, role: 'viewer' } as const;
    await expect(requestUpload(ports, viewer, facts)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('finding a corpus', () => {
  async function twoVersions() {
    const ports = memoryPorts();
    const old = await toyCorpus(ports);
    const fresh = await toyCorpus(ports, 'speeches', TOY_TEXT + TOY_TEXT);
    return { ports, old, fresh };
  }

  test('works by id, by name, by both with a hash, and by the whole hash of an older one', async () => {
    const { ports, old, fresh } = await twoVersions();
    const found = (reference: string) => findCorpus(ports, ADMIN, reference);

    expect(await found(old.id)).toEqual(old);
    expect(await found('speeches')).toEqual(fresh);
    expect(await found(`speeches@${fresh.sha256.slice(0, 12)}`)).toEqual(fresh);
    expect(await found(`${old.id}@${old.sha256}`)).toEqual(old);
    expect(await found(`speeches@${old.sha256}`)).toEqual(old);
  });

  test('says which hash the newest has when another was asked for', async () => {
    const { ports, fresh } = await twoVersions();
    await expect(findCorpus(ports, ADMIN, 'speeches@0000')).rejects.toMatchObject({
      kind: 'not_found',
      message: expect.stringContaining(fresh.sha256.slice(0, 12)),
    });
    await expect(findCorpus(ports, ADMIN, `other@${fresh.sha256}`)).rejects.toMatchObject({
      kind: 'not_found',
    });
    await expect(findCorpus(ports, ADMIN, `speeches@${hashOf('x')}`)).rejects.toMatchObject({
      kind: 'not_found',
    });
  });

  test("does not see another tenant's", async () => {
    const { ports, old } = await twoVersions();
    for (const reference of ['speeches', old.id, `speeches@${old.sha256}`])
      await expect(findCorpus(ports, STRANGER, reference)).rejects.toMatchObject({ kind: 'not_found' });
  });
});
