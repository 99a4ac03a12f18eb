/** What every blob store promises. Presigned addresses are tried where the store can be reached over HTTP. */
import { createHash } from 'node:crypto';
import type { BlobReader } from '#core/ports/blob-reader.ts';
import type { BlobWriter, PresignedPut } from '#core/ports/blob-writer.ts';
import { suite } from './suite.ts';

export interface BlobWorld {
  readonly blobs: BlobReader;
  readonly blobWriter: BlobWriter;
  close(): Promise<void>;
}

export interface SignedWorld extends BlobWorld {
  /** Sends a request to a presigned address. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
  advance(milliseconds: number): void;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const textOf = (bytes: Uint8Array | null) => (bytes === null ? null : new TextDecoder().decode(bytes));

/** Climbing, absolute, empty, of other systems, or once or twice encoded. */
export const BAD_KEYS = [
  '',
  '..',
  '../x',
  'a/../x',
  'a/..',
  'a//b',
  '/etc/passwd',
  'a/./b',
  'a\\b',
  'a\u0000b',
  '%2e%2e/x',
  '%252e/x',
  'a/.b.part',
  'a b',
  'x'.repeat(1100),
];

export function blobStoreSuite(name: string, make: () => Promise<BlobWorld>): void {
  suite(`the ${name} blob store`, make, [readTests, raceTests, contentTests, copyTests, ageTests]);
}

const write = ({ blobWriter }: BlobWorld, key: string, text: string) =>
  blobWriter.write(key, bytesOf(text), 'application/octet-stream');

function readTests(world: () => BlobWorld): void {
  it('reads back what was written, and the newest of two writes', async () => {
    await write(world(), 'a/b/c.json', 'one');
    expect(textOf(await world().blobs.read('a/b/c.json'))).toBe('one');
    await write(world(), 'a/b/c.json', 'two');
    expect(textOf(await world().blobs.read('a/b/c.json'))).toBe('two');
  });

  it('answers null for what is not there, a folder of longer keys included', async () => {
    await write(world(), 'a/b', 'x');
    for (const key of ['missing', 'a', 'a/b/c']) {
      const { read, head, hash, stream } = world().blobs;
      expect([await read(key), await head(key), await hash(key), await stream(key)]).toEqual([
        null,
        null,
        null,
        null,
      ]);
    }
  });

  it('lists keys by prefix, sorted, and only finished objects', async () => {
    for (const key of ['runs/b/1', 'runs/a/2', 'runs/a/1', 'runs/ab', 'other'])
      await write(world(), key, key);
    expect(await world().blobs.list('runs/a/')).toEqual(['runs/a/1', 'runs/a/2']);
    expect(await world().blobs.list('runs/a')).toEqual(['runs/a/1', 'runs/a/2', 'runs/ab']);
    expect(await world().blobs.list('')).toEqual(['other', 'runs/a/1', 'runs/a/2', 'runs/ab', 'runs/b/1']);
    expect(await world().blobs.list('nothing/here/')).toEqual([]);
  });

  it('gives addresses that lead back to their keys, and disowns those of other stores', () => {
    const { uri, keyOf } = world().blobs;
    for (const key of ['a/b', 'a/b/', 'blobs/sha256/ab/cd', 'a/x=1@2+3-4_5.json'])
      expect(keyOf(uri(key))).toBe(key);
    for (const address of ['file:///etc/passwd', 's3://elsewhere/a/b', 'https://x/a', ''])
      expect(keyOf(address)).toBeNull();
  });
}

function copyTests(world: () => BlobWorld): void {
  const bytes = bytesOf('bytes of a model');
  const copy = (from: string, to: string, hash = sha(bytes)) =>
    world().blobWriter.copyChecked(from, to, hash);

  it('copies an object whose bytes have the hash, and leaves the source alone', async () => {
    await world().blobWriter.write('uploads/a/model', bytes, 'application/octet-stream');
    expect(await copy('uploads/a/model', 'blobs/one')).toBe('copied');
    expect(textOf(await world().blobs.read('blobs/one'))).toBe('bytes of a model');
    expect(await copy('uploads/a/model', 'blobs/one')).toBe('copied');
    await write(world(), 'uploads/a/model', 'other bytes');
    expect(textOf(await world().blobs.read('blobs/one'))).toBe('bytes of a model');
  });

  it('copies nothing of other bytes, and nothing that is not there', async () => {
    await write(world(), 'uploads/a/model', 'other bytes');
    expect(await copy('uploads/a/model', 'blobs/one')).toBe('mismatch');
    expect(await copy('uploads/b/model', 'blobs/one')).toBe('missing');
    expect(await world().blobs.list('blobs/')).toEqual([]);
  });
}

function ageTests(world: () => BlobWorld): void {
  const age = async () => Date.parse((await world().blobs.head('a'))?.modifiedAt ?? '');

  it('knows when an object was written or last said to be needed, and that its bytes are the same', async () => {
    await write(world(), 'a', 'one');
    const written = await age();
    expect(written).toBeGreaterThan(0);
    await new Promise((done) => setTimeout(done, 20));
    expect(await world().blobWriter.touch('a')).toBe(true);
    expect(await age()).toBeGreaterThanOrEqual(written);
    expect(textOf(await world().blobs.read('a'))).toBe('one');
  });

  it('does not make an object by saying that it is needed', async () => {
    expect(await world().blobWriter.touch('a')).toBe(false);
    expect(await world().blobs.list('')).toEqual([]);
  });
}

function raceTests(world: () => BlobWorld): void {
  it('lets one of twenty writers have a free key and leaves its bytes alone', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, racer) =>
        world().blobWriter.writeIfAbsent('race/key', bytesOf(`racer ${racer}`), 'text/plain'),
      ),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(textOf(await world().blobs.read('race/key'))).toBe(`racer ${outcomes.indexOf(true)}`);
    expect(await world().blobs.list('race/')).toEqual(['race/key']);
  });

  it('never shows a part of an object while it is being overwritten', async () => {
    const [one, two] = ['1'.repeat(200_000), '2'.repeat(200_000)];
    await write(world(), 'big', one);
    const writing = Promise.all([
      write(world(), 'big', two),
      write(world(), 'big', one),
      write(world(), 'big', two),
    ]);
    const seen = await Promise.all(Array.from({ length: 20 }, () => world().blobs.read('big')));
    await writing;
    for (const bytes of seen)
      expect([sha(bytesOf(one)), sha(bytesOf(two))]).toContain(sha(bytes ?? bytesOf('')));
  });
}

function contentTests(world: () => BlobWorld): void {
  it('hashes, measures and streams the very bytes that lie there', async () => {
    const bytes = new Uint8Array(3_000_000).map((_, index) => (index * 31) % 256);
    await world().blobWriter.write('big', bytes, 'application/octet-stream');
    expect(await world().blobs.hash('big')).toBe(sha(bytes));
    expect((await world().blobs.head('big'))?.bytes).toBe(bytes.length);
    const hash = createHash('sha256');
    for await (const chunk of (await world().blobs.stream('big')) ?? []) hash.update(chunk);
    expect(hash.digest('hex')).toBe(sha(bytes));
  });

  it('keeps an empty object', async () => {
    await write(world(), 'empty', '');
    expect(await world().blobs.head('empty')).toMatchObject({ bytes: 0 });
    expect(await world().blobs.hash('empty')).toBe(sha(bytesOf('')));
  });

  it('deletes, and does not mind when nothing is there', async () => {
    await write(world(), 'gone', 'x');
    await world().blobWriter.delete('gone');
    await world().blobWriter.delete('gone');
    expect(await world().blobs.read('gone')).toBeNull();
  });
}

/** For stores whose keys are paths; elsewhere a key is only a name. */
export function pathKeySuite(name: string, make: () => Promise<BlobWorld>): void {
  suite(`keys of the ${name} blob store`, make, [keyTests]);
}

function keyTests(world: () => BlobWorld): void {
  it.each(BAD_KEYS)('never leave the store: %j is refused by every call', async (key) => {
    const refused = { kind: 'malformed', code: 'invalid_key' };
    const { blobs, blobWriter } = world();
    const facts = { bytes: 1, sha256: sha(bytesOf('x')), mediaType: 'a/b' };
    for (const call of [
      () => blobs.read(key),
      () => blobs.head(key),
      () => blobs.hash(key),
      () => blobs.stream(key),
      () => blobs.presignGet(key, 60),
      () => blobWriter.write(key, bytesOf('x'), 'a/b'),
      () => blobWriter.writeIfAbsent(key, bytesOf('x'), 'a/b'),
      () => blobWriter.touch(key),
      () => blobWriter.delete(key),
      () => blobWriter.presignPut(key, facts, 60),
    ])
      await expect(call()).rejects.toMatchObject(refused);
    expect(await blobs.list('')).toEqual([]);
  });

  it.each(['../../secret', '..%2f..%2fsecret', '%2e%2e/%2e%2e/secret'])(
    'do not come out of an address that climbs: %s',
    (climb) => {
      const inside = world().blobs.uri('a/b');
      expect(world().blobs.keyOf(inside.replace('a/b', climb))).toBeNull();
    },
  );
}

const BODY = bytesOf('{"id":"one","text":"Fellow citizens"}\n');
const FACTS = { bytes: BODY.length, sha256: sha(BODY), mediaType: 'application/x-ndjson' };

/** @param signedFields of an address's query that its signature covers, the signature itself included */
export function presignedSuite(
  name: string,
  make: () => Promise<SignedWorld>,
  signedFields: readonly string[],
): void {
  const bound = (world: () => SignedWorld) => boundTests(world, signedFields);
  suite(`presigned addresses of the ${name} blob store`, make, [takeTests, bound, lifetimeTests]);
}

const put = (world: SignedWorld, { url, method, headers }: PresignedPut, body: Uint8Array) =>
  world.fetch(url, { method, headers, body: Buffer.from(body) });

const expectNothing = async (world: SignedWorld) => expect(await world.blobs.list('')).toEqual([]);

function takeTests(world: () => SignedWorld): void {
  it('take exactly the bytes that were announced', async () => {
    const offer = await world().blobWriter.presignPut('up/load', FACTS, 60);
    expect((await put(world(), offer, BODY)).status).toBe(200);
    expect(await world().blobs.hash('up/load')).toBe(FACTS.sha256);
  });

  it('can be used again when the answer was lost', async () => {
    const offer = await world().blobWriter.presignPut('up/load', FACTS, 60);
    await put(world(), offer, BODY);
    expect((await put(world(), offer, BODY)).status).toBe(200);
    expect(await world().blobs.hash('up/load')).toBe(FACTS.sha256);
  });

  it.each([
    ['other bytes of the same length', BODY.slice().fill(65)],
    ['one byte less', BODY.slice(1)],
    ['one byte more', bytesOf('{"id":"one","text":"Fellow citizens"}\n!')],
    ['nothing', bytesOf('')],
  ])('refuse %s and leave nothing behind', async (_what, body) => {
    const offer = await world().blobWriter.presignPut('up/load', FACTS, 60);
    const answer = await put(world(), offer, body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    await expectNothing(world());
  });
}

function boundTests(world: () => SignedWorld, signedFields: readonly string[]): void {
  it.each(signedFields)('are void when %s is changed', async (field) => {
    const offer = await world().blobWriter.presignPut('up/load', FACTS, 60);
    const url = new URL(offer.url);
    expect(url.searchParams.has(field)).toBe(true);
    url.searchParams.set(field, `${url.searchParams.get(field)}0`);
    expect((await put(world(), { ...offer, url: url.href }, BODY)).status).toBe(403);
    await expectNothing(world());
  });

  it('are void for another key and another method', async () => {
    const offer = await world().blobWriter.presignPut('up/load', FACTS, 60);
    expect(
      (await put(world(), { ...offer, url: offer.url.replace('up/load', 'up/loaf') }, BODY)).status,
    ).toBe(403);
    expect((await world().fetch(offer.url)).status).toBe(403);
    await expectNothing(world());
    await world().blobWriter.write('up/load', BODY, FACTS.mediaType);
    const get = await world().blobs.presignGet('up/load', 60);
    expect((await put(world(), { ...offer, url: get }, bytesOf('x'))).status).toBe(403);
    expect(await world().blobs.hash('up/load')).toBe(FACTS.sha256);
  });
}

function lifetimeTests(world: () => SignedWorld): void {
  it('expire', async () => {
    const offer = await world().blobWriter.presignPut('up/load', FACTS, 60);
    const get = await world().blobs.presignGet('up/load', 60);
    world().advance(60_000);
    expect((await put(world(), offer, BODY)).status).toBe(403);
    expect((await world().fetch(get)).status).toBe(403);
    await expectNothing(world());
  });

  it('hand out the bytes as a download', async () => {
    await world().blobWriter.write('up/load', BODY, FACTS.mediaType);
    const answer = await world().fetch(await world().blobs.presignGet('up/load', 60));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    expect(sha(new Uint8Array(await answer.arrayBuffer()))).toBe(FACTS.sha256);
  });

  it('answer 404 for what is not there', async () => {
    const answer = await world().fetch(await world().blobs.presignGet('not/here', 60));
    expect(answer.status).toBe(404);
  });
}
