/** The same folders, measured by the container in Python and by an import in TypeScript: every property agrees. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelArchitecture } from '#contracts/source/architecture.ts';
import type { ModelProperties } from '#contracts/source/properties.ts';
import { importModel } from '#core/application/commands/import-model.ts';
import { contentKey } from '#core/domain/blob-key.ts';
import { ADMIN, memoryPorts } from '#test/support/memory-ports.ts';
import { uploaded } from '#test/support/model-bytes.ts';

const PYTHON = join(process.cwd(), '.venv', 'bin', 'python');
const CONTAINERS = join(process.cwd(), 'containers');
const NAMES = ['small', 'wide', 'late', 'masters'] as const;

interface Measured {
  readonly properties: ModelProperties;
  readonly architecture: ModelArchitecture;
}

let root: string;
let measured: Record<string, Measured>;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'forge-titans-'));
  const script = join(CONTAINERS, 'tests', 'support', 'write_titans.py');
  const env = { ...process.env, PYTHONPATH: CONTAINERS, OMP_NUM_THREADS: '1' };
  const printed = execFileSync(PYTHON, [script, root], { env, encoding: 'utf8' });
  measured = JSON.parse(printed) as Record<string, Measured>;
}, 60_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

function folderOf(name: string) {
  const files = readdirSync(join(root, name));
  return Object.fromEntries(
    files.map((file) => [file, new Uint8Array(readFileSync(join(root, name, file)))]),
  );
}

async function imported(name: string) {
  const ports = memoryPorts();
  const { model } = await importModel(ports, ADMIN, { name, files: uploaded(ports.store, folderOf(name)) });
  return { ports, model };
}

test.each(NAMES)('the properties of the model "%s"', async (name) => {
  const { model } = await imported(name);
  expect(model.properties).toEqual(measured[name]?.properties);
});

test.each(NAMES)('the architecture of the model "%s"', async (name) => {
  const { model } = await imported(name);
  expect(model.architecture).toEqual(measured[name]?.architecture);
});

test('what an import stores as properties.json is what the container states', async () => {
  const { ports, model } = await imported('late');
  const file = model.files.find(({ path }) => path === 'properties.json');
  const bytes = await ports.blobs.read(contentKey('default', file?.sha256 ?? ''));
  expect(JSON.parse(new TextDecoder().decode(bytes ?? undefined))).toEqual(measured.late?.properties);
});

test('the model with everything later phases add differs where it has to', () => {
  const late = measured.late?.properties;
  expect(late).toMatchObject({
    ternary: 'packed',
    tied: false,
    thoughtTokens: 2,
    reservedRows: 4,
    layers: 2,
  });
  expect(late?.zeroMatrices).toEqual(
    expect.arrayContaining(['blocks.0.lora.a.weight', 'zeros.half', 'zeros.negative']),
  );
  expect(late?.zeroMatrices).not.toContain('double.small');
  expect(late?.zeroMatrices).not.toContain('tiny.brain');
});
