import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';

/** rule → [importing file, import statement]: each line alone breaks exactly that sentence. */
const FORBIDDEN: Readonly<Record<string, readonly [string, string]>> = {
  'contracts import nothing of ours but contracts': ['contracts/a.ts', "import '../core/domain/thing.ts';"],
  'core/domain imports only itself, contracts and the schema library': [
    'core/domain/a.ts',
    "import 'node:fs';",
  ],
  'core/ports import only core/domain, other ports and types of contracts': [
    'core/ports/a.ts',
    "import '../application/commands/do-thing.ts';",
  ],
  'core/application imports only core, contracts and the schema library': [
    'core/application/commands/a.ts',
    "import '../../../adapters/local/sqlite-thing.ts';",
  ],
  'queries never import writers or commands': [
    'core/application/queries/a.ts',
    "import '../../ports/thing-writer.ts';",
  ],
  'adapters/aws import only ports, domain and contracts of ours': [
    'adapters/aws/a.ts',
    "import '../../core/application/commands/do-thing.ts';",
  ],
  'adapters/local import only ports, domain, contracts and the two engines of ours': [
    'adapters/local/a.ts',
    "import '../aws/ports.ts';",
  ],
  'adapters/identity import only ports, domain and contracts of ours': [
    'adapters/identity/a.ts',
    "import '../local/sqlite-thing.ts';",
  ],
  'adapters/outbound import only ports, domain and contracts of ours': [
    'adapters/outbound/a.ts',
    "import '../local/sqlite-thing.ts';",
  ],
  'adapters/onnx import only ports, domain and contracts of ours': [
    'adapters/onnx/a.ts',
    "import '../local/sqlite-thing.ts';",
  ],
  'only adapters/onnx import onnxruntime-node': ['functions/start/e.ts', "import 'onnxruntime-node';"],
  'only adapters/identity import jose': ['functions/start/d.ts', "import 'jose';"],
  'only adapters/aws import the AWS SDK': ['functions/start/a.ts', "import '@aws-sdk/client-s3';"],
  'only functions and adapters/aws import Powertools': [
    'local/b.ts',
    "import '@aws-lambda-powertools/logger';",
  ],
  'only adapters/local/sqlite*.ts import libsql': ['adapters/local/b.ts', "import 'libsql';"],
  'a function never imports another function': ['functions/start/b.ts', "import '../finish/finish.ts';"],
  'functions import only functions, core and contracts of ours': [
    'functions/start/c.ts',
    "import '../../adapters/aws/ports.ts';",
  ],
  'a handler imports its function, core, contracts, adapters/aws/ports or triggers-environment, adapters/identity, outbound and onnx':
    ['functions/other/handler.ts', "import '../../adapters/aws/s3-thing.ts';"],
  'nobody but a test imports a handler': ['local/c.ts', "import '../functions/start/handler.ts';"],
  'local/asl imports nothing of ours but domain types': ['local/asl/a.ts', "import '../jobs/queue.ts';"],
  'local/asl imports types only from core/domain': ['local/asl/b.ts', "import '../../core/domain/thing.ts';"],
  'local/asl needs no package but jsonata': ['local/asl/c.ts', "import 'hono';"],
  'local/jobs imports nothing of ours but domain types': ['local/jobs/a.ts', "import '../asl/machine.ts';"],
  'local/jobs imports types only from core/domain': [
    'local/jobs/b.ts',
    "import '../../core/domain/thing.ts';",
  ],
  "local/jobs needs no package but Node's own": ['local/jobs/c.ts', "import 'jsonata';"],
  'the local server never imports infra, dashboard, cli or adapters/aws': [
    'local/d.ts',
    "import '../cli/forge.ts';",
  ],
  'infra names entry files and imports only infra, contracts and state machines': [
    'infra/a.ts',
    "import '../functions/start/start.ts';",
  ],
  'the cli imports only cli and contracts of ours': ['cli/a.ts', "import '../core/domain/thing.ts';"],
  'the dashboard never imports core, adapters, local, infra, or more of the cli than the types of the API': [
    'dashboard/a.ts',
    "import '../core/domain/thing.ts';",
  ],
  'the dashboard sees types of the generated client only': [
    'dashboard/c.ts',
    "import '../cli/client/generated/api-types.ts';",
  ],
  'lib of the dashboard imports lib only': ['dashboard/src/lib/a.ts', "import '../components/figure.ts';"],
  'components of the dashboard never import features or the app': [
    'dashboard/src/components/a.ts',
    "import '../features/one/one-page.ts';",
  ],
  'a feature of the dashboard never imports the app': [
    'dashboard/src/features/one/a.ts',
    "import '../../app/app.ts';",
  ],
  'a feature of the dashboard never imports another': [
    'dashboard/src/features/one/b.ts',
    "import '../two/two-page.ts';",
  ],
  'the dashboard imports three only in pieces that load late': [
    'dashboard/src/components/b.ts',
    "import 'three';",
  ],
  'the dashboard sees types of the API only': ['dashboard/b.ts', "import '../functions/start/start.ts';"],
  'nobody imports tests or scripts': ['cli/b.ts', "import '../test/some.test.ts';"],
  'no import goes in a circle': ['core/domain/b.ts', "import './c.ts';"],
  'every module is imported by another or is an entry': ['core/domain/alone.ts', ''],
  'every import can be resolved': ['cli/c.ts', "import './gone.ts';"],
  'the product imports only packages of its own dependencies': ['cli/d.ts', "import 'only-for-tests';"],
};

const PACKAGES = [
  'zod',
  'jsonata',
  'hono',
  'jose',
  'libsql',
  'onnxruntime-node',
  'three',
  '@aws-sdk/client-s3',
  '@aws-lambda-powertools/logger',
];

const packageFiles = Object.fromEntries(
  [...PACKAGES, 'only-for-tests'].flatMap((name) => [
    [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
    [`node_modules/${name}/index.js`, ''],
  ]),
);

/** A tree in which every layer uses all that it may. */
const CLEAN: Readonly<Record<string, string>> = {
  ...packageFiles,
  'package.json': JSON.stringify({
    name: 'fixture',
    type: 'module',
    imports: { '#core/*': './core/*' },
    dependencies: Object.fromEntries(PACKAGES.map((name) => [name, '1.0.0'])),
    devDependencies: { 'only-for-tests': '1.0.0' },
  }),
  'tsconfig.json': readFileSync(join(PROJECT, 'tsconfig.json'), 'utf8'),
  'contracts/words.ts': "import 'zod';",
  'core/domain/thing.ts': "import 'zod';\nimport '../../contracts/words.ts';\nexport type Thing = string;",
  'core/ports/thing-writer.ts': "import type { Thing } from '../domain/thing.ts';",
  'core/application/commands/do-thing.ts':
    "import '../../ports/thing-writer.ts';\nimport '#core/domain/thing.ts';",
  'core/application/queries/get-thing.ts': "import '../../domain/thing.ts';",
  'adapters/aws/s3-thing.ts': "import '@aws-sdk/client-s3';\nimport '../../core/ports/thing-writer.ts';",
  'adapters/aws/ports.ts': "import './s3-thing.ts';",
  'adapters/identity/jwt-thing.ts': "import 'jose';\nimport '../../core/ports/thing-writer.ts';",
  'adapters/local/sqlite-thing.ts': "import 'libsql';\nimport '../../local/jobs/queue.ts';",
  'functions/shared/env.ts': '',
  'functions/start/start.ts':
    "import 'hono';\nimport '../shared/env.ts';\nimport '../../core/application/commands/do-thing.ts';",
  'functions/start/handler.ts':
    "import './start.ts';\nimport '../../adapters/aws/ports.ts';\nimport '../../adapters/identity/jwt-thing.ts';",
  'functions/finish/finish.ts': "import '../../core/application/queries/get-thing.ts';",
  'local/asl/machine.ts': "import 'jsonata';\nimport type { Thing } from '../../core/domain/thing.ts';",
  'local/jobs/queue.ts': "import 'node:fs';",
  'local/main.ts':
    "import '../functions/start/start.ts';\nimport '../functions/finish/finish.ts';\nimport './asl/machine.ts';",
  'cli/forge.ts': "import 'node:path';\nimport '../contracts/words.ts';",
  'infra/bin/app.ts': "import '../../contracts/words.ts';",
  'dashboard/main.ts': "import type {} from '../functions/start/start.ts';\nimport '../contracts/words.ts';",
  'cli/client/generated/api-types.ts': "import type {} from '../../../contracts/words.ts';",
  'dashboard/src/lib/api.ts': "import type {} from '../../../cli/client/generated/api-types.ts';",
  'dashboard/src/components/figure.ts': "import '../lib/api.ts';",
  'dashboard/src/features/one/one-page.ts':
    "import '../../components/figure.ts';\nimport '../../lib/api.ts';\nimport 'three';",
  'dashboard/src/features/two/two-page.ts': "import '../../lib/api.ts';",
  'dashboard/src/app/app.ts': "import '../features/one/one-page.ts';\nimport '../features/two/two-page.ts';",
  'test/some.test.ts': "import '../functions/start/handler.ts';\nimport '../adapters/local/sqlite-thing.ts';",
};

/** What the forbidden imports need beside them to break one rule each. */
const COMPANIONS = {
  'core/domain/c.ts': "import './b.ts';",
  'functions/other/other.ts': "import '../shared/env.ts';",
};

const FOLDERS = ['contracts', 'core', 'adapters', 'functions', 'local', 'infra', 'cli', 'dashboard', 'test'];

type Violation = { readonly from: string; readonly rule: { readonly name: string } };

function violations(root: string): readonly Violation[] {
  const depcruise = join(PROJECT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = join(PROJECT, '.dependency-cruiser.cjs');
  const child = spawnSync(
    process.execPath,
    [depcruise, '--config', config, '--output-type', 'json', ...FOLDERS],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  return JSON.parse(child.stdout).summary.violations;
}

const ruleNames = (): string[] => {
  const program = `console.log(JSON.stringify(require(${JSON.stringify(join(PROJECT, '.dependency-cruiser.cjs'))})))`;
  const config = JSON.parse(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }));
  return config.forbidden.map((rule: { name: string }) => rule.name);
};

afterAll(removeFixtures);

describe('the import rules', () => {
  const broken = Object.values(FORBIDDEN).map(([path, statement]) => [path, statement]);
  let found: readonly Violation[] = [];

  beforeAll(() => {
    found = violations(fixtureTree({ ...CLEAN, ...COMPANIONS, ...Object.fromEntries(broken) }));
  });

  it('let a tree pass in which every layer uses all that it may', () => {
    expect(violations(fixtureTree(CLEAN))).toEqual([]);
  });

  it('are all proven here', () => {
    expect(Object.keys(FORBIDDEN).sort()).toEqual(ruleNames().sort());
  });

  it.each(Object.entries(FORBIDDEN))('report "%s"', (rule, [path]) => {
    expect(
      found.filter((violation) => violation.from === path).map((violation) => violation.rule.name),
    ).toContain(rule);
  });

  it('report nothing about the files that broke none', () => {
    const clean = new Set(Object.keys(CLEAN));
    expect(found.filter((violation) => clean.has(violation.from))).toEqual([]);
  });
});
