/** What becomes of an object below `uploads/`: one run for one content, and nothing for what must not be read. */
import { type Triggers, triggers } from '#contracts/source/triggers.ts';
import { registerCorpus } from '#core/application/commands/register-corpus.ts';
import { takeUpload, type UploadOutcome } from '#core/application/commands/take-upload.ts';
import type { Upload } from '#core/domain/upload.ts';
import { sha256Of } from '#test/support/memory/blobs.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';
import { type ToyFiles, textBytes, toyModelFiles, uploaded } from '#test/support/model-bytes.ts';

const FOLDER = 'uploads/default/demo-one';
const MANIFEST = `${FOLDER}/manifest.json`;

const RULES: Triggers = triggers.parse({
  apiVersion: 'forge/v1',
  kind: 'Triggers',
  uploads: [
    {
      name: 'ternary',
      pattern: 'demo-*',
      run: { apiVersion: 'forge/v1', phases: ['bitnet'], preset: 'test', input: { corpus: 'speeches' } },
    },
  ],
});

let ports: MemoryPorts;
beforeEach(async () => {
  ports = memoryPorts();
  const [document] = uploaded(ports.store, { 'corpus.ndjson': '{"id":"one","text":"Fellow citizens"}\n' });
  await registerCorpus(ports, ADMIN, {
    name: 'speeches',
    sha256: document?.sha256 ?? '',
    licence: 'public domain',
  });
});

const bytesOf = (content: string | Uint8Array) =>
  typeof content === 'string' ? textBytes(content) : content;

/** Puts the files of a model below the folder, the manifest last. */
function put(
  files: ToyFiles,
  { folder = FOLDER, name = 'mine', wrong = {} as Record<string, string> } = {},
): void {
  const listed = Object.entries(files).map(([path, content]) => {
    const bytes = bytesOf(content);
    ports.store.blobs.set(`${folder}/${path}`, bytes);
    return { path, sha256: wrong[path] ?? sha256Of(bytes), bytes: bytes.length };
  });
  ports.store.blobs.set(`${folder}/manifest.json`, textBytes(JSON.stringify({ name, files: listed })));
}

const take = (key = MANIFEST) => takeUpload(ports, RULES.uploads, key);
const runs = () => [...ports.store.tables.runs.values()];
const below = (prefix: string) => [...ports.store.blobs.keys()].filter((key) => key.startsWith(prefix));

function uploadOf(taken: UploadOutcome): Upload {
  if (taken.outcome === 'waiting') throw new Error('nothing was taken');
  return taken.upload;
}

describe('a model folder', () => {
  it('starts the run that its rule names, with the uploaded model, and is gone from the inbox', async () => {
    put(toyModelFiles());
    const upload = uploadOf(await take());
    expect(upload).toMatchObject({ status: 'started', rule: 'ternary', reason: null, quarantined: [] });
    expect(runs()).toHaveLength(1);
    expect(runs()[0]).toMatchObject({ id: upload.runId, name: 'ternary', resolved: { phases: ['bitnet'] } });
    expect(runs()[0]?.document.input).toMatchObject({ model: upload.modelId });
    expect(below('uploads/')).toEqual([]);
  });

  it('starts one run, however often and however much at once it is told of', async () => {
    put(toyModelFiles());
    const all = await Promise.all([take(), take(), take()]);
    put(toyModelFiles());
    const again = await take();
    expect(runs()).toHaveLength(1);
    expect(
      new Set([...all, again].flatMap((taken) => (taken.outcome === 'waiting' ? [] : [taken.upload.id])))
        .size,
    ).toBe(1);
    expect(again.outcome).toBe('known');
    expect(below('uploads/')).toEqual([]);
  });

  it('goes on after a crash at any write, and still starts one run', async () => {
    for (let failing = 1; failing < 40; failing += 1) {
      ports = memoryPorts();
      const [document] = uploaded(ports.store, {
        'corpus.ndjson': '{"id":"one","text":"Fellow citizens"}\n',
      });
      await registerCorpus(ports, ADMIN, {
        name: 'speeches',
        sha256: document?.sha256 ?? '',
        licence: 'none',
      });
      put(toyModelFiles());
      let writes = 0;
      const crashing = <Port extends object>(port: Port): Port =>
        new Proxy(port, {
          get(target, name) {
            const call = Reflect.get(target, name) as (...given: unknown[]) => Promise<unknown>;
            return async (...given: unknown[]) => {
              writes += 1;
              if (writes === failing) throw new Error('crash');
              return call.apply(target, given);
            };
          },
        });
      const broken = {
        ...ports,
        blobWriter: crashing(ports.blobWriter),
        registry: crashing(ports.registry),
        workflow: crashing(ports.workflow),
      };
      const crashed = await takeUpload(broken, RULES.uploads, MANIFEST).then(
        () => false,
        () => true,
      );
      if (!crashed) {
        expect(failing).toBeGreaterThan(8);
        return;
      }
      await take();
      expect([failing, runs().length, below('uploads/').length]).toEqual([failing, 1, 0]);
      expect(await ports.workflow.describe(runs()[0]?.executions[0] ?? '')).not.toBeNull();
    }
    throw new Error('never came to an end');
  });

  it('that no rule names is left where it is', async () => {
    put(toyModelFiles(), { folder: 'uploads/default/other' });
    const upload = uploadOf(await take('uploads/default/other/manifest.json'));
    expect(upload).toMatchObject({ status: 'unmatched', reason: { code: 'no_rule' }, runId: null });
    expect(below('uploads/default/other/')).toHaveLength(Object.keys(toyModelFiles()).length + 1);
    expect(runs()).toEqual([]);
  });

  it('of another tenant follows no rule of this one', async () => {
    put(toyModelFiles(), { folder: 'uploads/other/demo-one' });
    const upload = uploadOf(await take('uploads/other/demo-one/manifest.json'));
    expect(upload).toMatchObject({ tenant: 'other', status: 'unmatched' });
    expect((await ports.uploads.list('default', { limit: 5, after: null })).items).toEqual([]);
  });
});

describe('what is refused', () => {
  it.each([
    [
      'a pickle called safetensors',
      toyModelFiles({ 'model.safetensors': Uint8Array.of(0x80, 2, 0x8a, 10, 1) }),
      'pickle_refused',
    ],
    ['NaN for a size', toyModelFiles({ 'config.json': '{"arch":{"d_model":-1}}' }), 'out_of_range'],
    ['a file that climbs', { ...toyModelFiles(), '..x/../../y.json': '{}' }, 'unsafe_path'],
    ['no weights', { 'config.json': '{}', 'tokenizer.json': '{}' }, 'missing_file'],
  ])('%s goes into quarantine with its reason, and registers nothing', async (_, files, code) => {
    put(files);
    const upload = uploadOf(await take());
    expect(upload).toMatchObject({ status: 'refused', reason: { code }, runId: null, modelId: null });
    expect(upload.quarantined.length).toBe(Object.keys(files).length + 1);
    expect(below('quarantine/').sort()).toEqual([...new Set(upload.quarantined)].sort());
    expect([below('uploads/'), runs(), [...ports.store.tables.models]]).toEqual([[], [], []]);
    put(files);
    expect(await take()).toMatchObject({ outcome: 'known', upload: { id: upload.id } });
    expect(below('uploads/')).toEqual([]);
  });

  it.each([
    ['optimizer.pt', Uint8Array.of(1, 2, 3), 'pickle_refused'],
    ['model.safetensors', Uint8Array.of(0x80, 4, 0x95, 0, 0, 0), 'pickle_refused'],
    ['all.zip', Uint8Array.of(0x50, 0x4b, 3, 4), 'archives_not_accepted'],
  ])('%s is taken out before its manifest comes', async (path, bytes, code) => {
    ports.store.blobs.set(`${FOLDER}/${path}`, bytes);
    const upload = uploadOf(await take(`${FOLDER}/${path}`));
    expect(upload).toMatchObject({ status: 'refused', reason: { code } });
    expect(below('uploads/')).toEqual([]);
    expect(below('quarantine/')).toEqual([`quarantine/sha256/${sha256Of(bytes)}`]);
  });

  it('a harmless file waits for its manifest', async () => {
    ports.store.blobs.set(`${FOLDER}/README.md`, textBytes('hello'));
    expect(await take(`${FOLDER}/README.md`)).toEqual({ outcome: 'waiting' });
    expect(below('uploads/')).toHaveLength(1);
  });

  it('bytes that are not the listed ones are refused', async () => {
    put(toyModelFiles(), { wrong: { 'config.json': 'f'.repeat(64) } });
    expect(uploadOf(await take())).toMatchObject({
      status: 'refused',
      reason: { code: 'checksum_mismatch' },
    });
  });

  it('a manifest that is none is refused', async () => {
    ports.store.blobs.set(MANIFEST, textBytes('{"name":"x"}'));
    expect(uploadOf(await take())).toMatchObject({ status: 'refused', reason: { code: 'required' } });
  });

  it.each(['blobs/x', 'uploads/default/manifest.json', 'uploads//x/manifest.json', 'uploads/a/b/'])(
    'the key %s is no upload',
    async (key) => {
      await expect(take(key)).rejects.toMatchObject({ kind: 'validation', code: 'invalid_key' });
    },
  );

  it('what may pass is thrown on, so that it is delivered again', async () => {
    put(toyModelFiles());
    const down = {
      ...ports,
      workflow: { ...ports.workflow, startPipeline: () => Promise.reject(new Error('down')) },
    };
    await expect(takeUpload(down, RULES.uploads, MANIFEST)).rejects.toThrow('down');
    expect(below(`${FOLDER}/`).length).toBeGreaterThan(0);
    await take();
    expect(runs()).toHaveLength(1);
  });
});
