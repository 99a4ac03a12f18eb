/** A hash is no key to anybody else's bytes: whatever a stranger asks for is as unknown as what nobody has. */
import { contentKey } from '#core/domain/blob-key.ts';
import { STRANGER } from '#test/support/memory-ports.ts';
import { toyModelFiles, uploaded } from '#test/support/model-bytes.ts';
import { hashOf, storeFile } from '#test/support/toy-models.ts';
import { TOY_TEXT, toyCorpus } from '#test/support/toy-run.ts';
import { type ApiWorld, apiWorld, succeededRun } from './api-world.ts';

const UNKNOWN = 'f'.repeat(64);

let world: ApiWorld;
beforeEach(() => {
  world = apiWorld();
});

/** The answer without what differs from request to request: the hash that was asked for and the request's id. */
const bare = (text: string, sha256: string) =>
  text
    .replaceAll(sha256, 'HASH')
    .replace(/"request_?[iI]d":"[^"]*"/, '"requestId":""')
    .replace(/"instance":"[^"]*"/, '');

const seenBy = async (as: string, sha256: string) => {
  const { status, text, headers } = await world.send('GET', `/v1/artifacts/${sha256}`, { as });
  return { status, text: bare(text, sha256), location: headers.get('location') };
};

/** One hash of each kind of record of the first tenant. */
async function hashesOfFirstTenant(): Promise<Readonly<Record<string, string>>> {
  await succeededRun(world);
  const produced = (await world.send('GET', '/v1/models/toy-base')).body;
  const corpus = await toyCorpus(world.ports);
  const upload = storeFile(world.ports.store, 'x', 'only uploaded');
  return {
    'a model': produced.files[0].sha256,
    'a corpus': corpus.sha256,
    'an upload': upload.sha256,
  };
}

describe('GET /v1/artifacts/{sha256}', () => {
  it('leads the owner to the bytes, and answers a stranger as for a hash that nobody has', async () => {
    const unknown = await seenBy('stranger', UNKNOWN);
    expect(unknown.status).toBe(404);
    for (const sha256 of Object.values(await hashesOfFirstTenant())) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect((await seenBy('viewer', sha256)).status).toBe(302);
      expect(await seenBy('stranger', sha256)).toEqual(unknown);
    }
  });
});

describe('POST /v1/uploads', () => {
  it('does not tell a stranger that the bytes are there, and offers a place of the own tenant', async () => {
    const { sha256, bytes } = storeFile(world.ports.store, 'x', 'only uploaded');
    const body = { sha256, bytes, mediaType: 'text/plain' };
    expect((await world.send('POST', '/v1/uploads', { as: 'runner', body })).body).toEqual({ exists: true });
    const offer = await world.send('POST', '/v1/uploads', { as: 'stranger', body });
    expect([offer.status, offer.body.exists]).toEqual([201, false]);
    expect(offer.body.url).toContain(contentKey(STRANGER.tenant, sha256));
  });
});

describe('registering bytes that another tenant uploaded', () => {
  it('as a model is refused as if nobody had uploaded them, and writes nothing', async () => {
    const files = uploaded(world.ports.store, toyModelFiles());
    const before = world.stored();
    const body = { name: 'mine', files };
    const answer = await world.send('POST', '/v1/models', { as: 'stranger', body });
    const missing = files.map((file) => ({ ...file, sha256: UNKNOWN }));
    const unknown = await world.send('POST', '/v1/models', {
      as: 'stranger',
      body: { name: 'mine', files: missing },
    });
    expect([answer.status, unknown.status]).toEqual([404, 404]);
    expect(bare(answer.text, files[0]?.sha256 ?? '')).toBe(bare(unknown.text, UNKNOWN));
    expect(world.stored()).toBe(before);
    expect((await world.send('POST', '/v1/models', { as: 'runner', body })).status).toBe(201);
  });

  it('as a corpus is refused alike', async () => {
    const { sha256 } = storeFile(world.ports.store, 'corpus.ndjson', TOY_TEXT);
    const register = (as: string, hash: string) =>
      world.send('POST', '/v1/corpora', { as, body: { name: 'mine', sha256: hash } });
    const [answer, unknown] = [await register('stranger', sha256), await register('stranger', UNKNOWN)];
    expect([answer.status, bare(answer.text, sha256)]).toEqual([404, bare(unknown.text, UNKNOWN)]);
    expect((await register('runner', sha256)).status).toBe(201);
  });
});

describe('garbage collection', () => {
  it('of one tenant neither names nor frees what another has uploaded', async () => {
    const sha256 = hashOf('left behind');
    storeFile(world.ports.store, 'x', 'left behind');
    world.ports.store.blobTimes.set(contentKey('default', sha256), new Date(0));
    for (const dryRun of [true, false]) {
      const answer = await world.send('POST', '/v1/gc', { as: 'stranger', body: { dryRun } });
      expect(answer.text).not.toContain(sha256);
      expect([answer.status, answer.body.freed.blobs]).toEqual([200, { count: 0, bytes: 0 }]);
    }
    expect(world.ports.store.blobs.has(contentKey('default', sha256))).toBe(true);
    const own = await world.send('POST', '/v1/gc', { as: 'admin', body: { dryRun: false } });
    expect([own.status, world.ports.store.blobs.has(contentKey('default', sha256))]).toEqual([200, false]);
  });
});
