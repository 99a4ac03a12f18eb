import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

import { buildCorpus } from '#cli/corpus/build-corpus.ts';
import { nameFromPath } from '#cli/documents/name-from-path.ts';
import { cleanUp, forge, freshFolder, serveHttp } from './cli-harness.ts';

afterAll(cleanUp);

/** A folder with these files; Uint8Array and string contents. */
function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = freshFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const FILES = {
  'b.txt': 'second',
  'a/z.md': 'first',
  'a/again.md': 'second',
  'Z.rst': 'capital',
  README: 'no ending',
  'data.json': '{}',
  'nul.txt': 'a\0b',
  'latin.txt': Buffer.from([0x63, 0x61, 0x66, 0xe9]),
  'blank.txt': ' \n',
  '.hidden/x.txt': 'secret',
};

async function built(folder: string, endings?: readonly string[]) {
  const corpus = await buildCorpus('/', folder, { endings });
  const content = readFileSync(corpus.path, 'utf8');
  await corpus.dispose();
  return { ...corpus, content };
}

describe('a corpus from a folder', () => {
  it('has one line per text, in the order of the paths, and says what was left out and why', async () => {
    const { content, documents, bytes, sha256, skipped } = await built(folderOf(FILES));
    expect(
      content
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { id: 'README', text: 'no ending' },
      { id: 'Z.rst', text: 'capital' },
      { id: 'a/again.md', text: 'second' },
      { id: 'a/z.md', text: 'first' },
    ]);
    expect({ documents, bytes }).toEqual({ documents: 4, bytes: Buffer.byteLength(content) });
    expect(sha256).toBe(createHash('sha256').update(content).digest('hex'));
    expect(Object.fromEntries(skipped.map(({ id, reason }) => [id, reason]))).toEqual({
      '.hidden': 'hidden',
      'b.txt': 'same text as a/again.md',
      'blank.txt': 'empty',
      'data.json': 'not a text ending',
      'latin.txt': 'not UTF-8',
      'nul.txt': 'binary (has a NUL byte)',
    });
  });

  it('has the same bytes for the same files, wherever they lie and in whatever order they were written', async () => {
    const reversed = Object.fromEntries(Object.entries(FILES).reverse());
    const [one, other] = [await built(folderOf(FILES)), await built(folderOf(reversed))];
    expect(one.sha256).toBe(other.sha256);
  });

  it('follows no link out of the folder', async () => {
    const outside = folderOf({ 'secret.txt': 'outside' });
    const folder = folderOf({ 'in.txt': 'inside' });
    symlinkSync(join(outside, 'secret.txt'), join(folder, 'file.txt'));
    symlinkSync(outside, join(folder, 'folder'));
    symlinkSync(join(folder, 'gone'), join(folder, 'dangling.txt'));
    const { content, skipped } = await built(folder);
    expect(content).toBe('{"id":"in.txt","text":"inside"}\n');
    expect(skipped.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([
      'dangling.txt: a link that leads nowhere',
      'file.txt: a link that leads out of the folder',
      'folder: a link that leads out of the folder',
    ]);
  });

  it('takes the endings that are asked for', async () => {
    const { content } = await built(folderOf({ 'a.html': 'page', 'b.txt': 'text' }), ['html']);
    expect(content).toBe('{"id":"a.html","text":"page"}\n');
  });

  it('ends with 130 on Ctrl-C while it is being built', async () => {
    const interruption = new AbortController();
    interruption.abort();
    const argv = ['corpora', 'add', folderOf(FILES), '--name', 'x'];
    const { exitCode, stdout, stderr } = await forge(argv, { interrupted: interruption.signal });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 130, stdout: '', stderr: 'interrupted\n' });
  });

  it('leaves no file behind when it fails', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('forge-corpus-'));
    await expect(buildCorpus('/', folderOf({ 'a.bin': 'x' }))).rejects.toThrow(
      /There is no text in .*Left out: 1 not a text/,
    );
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('forge-corpus-'))).toEqual(before);
  });
});

interface Received {
  readonly requests: string[];
  readonly bodies: Record<string, string>;
  readonly length: (string | undefined)[];
}

/** Takes uploads the way the API describes them. */
async function uploadServer(received: Received, known = false): Promise<string> {
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    const path = `${request.method} ${request.url}`;
    received.requests.push(path);
    received.bodies[path] = await text(request);
    if (path.startsWith('PUT')) received.length.push(request.headers['content-length']);
    if (path === 'POST /v1/uploads' && known) return { status: 200, body: { exists: true } };
    if (path === 'POST /v1/uploads') {
      const body = { exists: false, url: '/put/here', method: 'PUT', headers: { 'x-a': '1' }, expiresAt: '' };
      return { status: 201, body };
    }
    const corpus = {
      id: 'C1',
      name: 'mine',
      sha256: 'f'.repeat(64),
      bytes: 31,
      documents: 1,
      licence: 'CC0-1.0',
    };
    return { status: path === 'POST /v1/corpora' ? 201 : 200, body: corpus };
  };
  return serveHttp((request, response) => {
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  });
}

describe('forge corpora add', () => {
  it('uploads the bytes with their length and registers them', async () => {
    const received: Received = { requests: [], bodies: {}, length: [] };
    const endpoint = await uploadServer(received);
    const folder = folderOf({ 'in.txt': 'inside', 'x.bin': 'b' });
    const argv = ['corpora', 'add', folder, '--name', 'mine', '--licence', 'CC0-1.0', '--endpoint', endpoint];
    const { exitCode, stdout, stderr } = await forge([...argv, '--json']);
    const content = '{"id":"in.txt","text":"inside"}\n';
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(exitCode).toBe(0);
    expect(received.requests).toEqual(['POST /v1/uploads', 'PUT /put/here', 'POST /v1/corpora']);
    expect(received.bodies['PUT /put/here']).toBe(content);
    expect(received.length).toEqual([String(content.length)]);
    expect(JSON.parse(received.bodies['POST /v1/uploads'] ?? '')).toMatchObject({
      sha256,
      bytes: content.length,
    });
    expect(JSON.parse(received.bodies['POST /v1/corpora'] ?? '')).toEqual({
      name: 'mine',
      sha256,
      licence: 'CC0-1.0',
    });
    expect(JSON.parse(stdout)).toMatchObject({ corpus: { id: 'C1' }, skipped: [{ id: 'x.bin' }] });
    expect(stderr).toContain('left out 1 file: 1 not a text ending (x.bin)');
  });

  it('sends nothing when the server has the bytes', async () => {
    const received: Received = { requests: [], bodies: {}, length: [] };
    const endpoint = await uploadServer(received, true);
    const { exitCode } = await forge(['corpora', 'add', folderOf({ 'a.txt': 'a' }), '--endpoint', endpoint]);
    expect(exitCode).toBe(0);
    expect(received.requests).toEqual(['POST /v1/uploads', 'POST /v1/corpora']);
  });

  it.each([
    { what: 'an empty folder', path: () => folderOf({}), says: 'There is no text in' },
    {
      what: 'a folder that is not there',
      path: () => '/nowhere/at/all',
      says: 'There is no file /nowhere/at/all',
    },
    {
      what: 'an empty NDJSON file',
      path: () => join(folderOf({ 'a.ndjson': '' }), 'a.ndjson'),
      says: 'There is no text',
    },
  ])('refuses $what with exit code 2 before anything is sent', async ({ path, says }) => {
    const { exitCode, stderr } = await forge(['corpora', 'add', path(), '--name', 'x']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(says);
  });

  it('sends an NDJSON file as it is', async () => {
    const received: Received = { requests: [], bodies: {}, length: [] };
    const endpoint = await uploadServer(received);
    const file = join(folderOf({ 'own.ndjson': '{"id":"1","text":"x"}\n' }), 'own.ndjson');
    await forge(['corpora', 'add', file, '--endpoint', endpoint]);
    expect(received.bodies['PUT /put/here']).toBe('{"id":"1","text":"x"}\n');
    expect(existsSync(file)).toBe(true);
  });

  it.each([
    ['/texts/My Books', 'my-books'],
    ['/texts/.Notes_2.txt', 'notes_2'],
    [`/texts/${'x'.repeat(80)}`, 'x'.repeat(64)],
  ])('makes from %s the name %s', (path, name) => {
    expect(nameFromPath(path)).toBe(name);
  });
});
