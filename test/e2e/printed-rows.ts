/** Every verb with --json: what it is called with, the schema of what it prints, and some of what that has to be. */
import type { ZodType } from 'zod';
import { answerOf, component, outputOf } from '#test/unit/cli/output-schemas.ts';

type Row = readonly [readonly string[], ZodType, object];

const item = (shape: object) => ({ items: expect.arrayContaining([expect.objectContaining(shape)]) });

/** Words, the schema of what they print, and some of what it has to be. */
export const ROWS: readonly Row[] = [
  [['runs', 'list'], answerOf('GET /v1/runs'), { items: [{ name: 'tiny' }], next: null }],
  [['runs', 'get', 'RUN'], component('Run'), { name: 'tiny', phases: [{ status: 'succeeded' }] }],
  [['runs', 'watch', 'RUN', '--exit-status'], outputOf('runs-watch'), { run: { status: 'succeeded' } }],
  [
    ['runs', 'report', 'RUN'],
    outputOf('runs-report'),
    { schema: 'forge/report/v1', models: [{}, {}, {}, {}] },
  ],
  [
    ['runs', 'logs', 'RUN', '--stage', 'base', '--tail', '5'],
    answerOf('GET /v1/runs/{id}/logs'),
    item({ stage: 'base', attempt: 1 }),
  ],
  [['runs', 'diff', 'RUN', 'RUN'], outputOf('runs-diff'), { resolved: [], outcome: [] }],
  [['runs', 'cancel', 'RUN'], component('Run'), { status: 'succeeded' }],
  [['runs', 'checkpoints', 'RUN'], answerOf('GET /v1/runs/{id}/checkpoints'), { items: [] }],
  [
    ['runs', 'retry', 'RUN', '--from', 'cognate', '--dry-run'],
    component('Decisions'),
    { verb: 'retry', from: 'cognate', phases: [{ decision: 'rerun' }] },
  ],
  [
    ['runs', 'fork', 'RUN', '--set', 'seed=2', '--dry-run'],
    component('Decisions'),
    { verb: 'fork', phases: [{ decision: 'rerun', differs: expect.arrayContaining(['seed']) }] },
  ],
  [['runs', 'gates', 'RUN'], answerOf('GET /v1/runs/{id}/gates'), {}],
  [['runs', 'topology', 'RUN'], answerOf('GET /v1/runs/{id}/topology'), {}],
  [['inbox', 'list'], answerOf('GET /v1/uploads'), { items: [], next: null }],
  [['webhooks', 'list'], answerOf('GET /v1/webhooks'), { items: [] }],
  [['keys', 'list'], answerOf('GET /v1/keys'), { items: [] }],
  [['audit', 'list'], answerOf('GET /v1/audit'), item({ command: 'POST /v1/runs', outcome: 'done' })],
  [
    ['costs', '--by', 'phase'],
    answerOf('GET /v1/costs'),
    { by: 'phase', items: [{ key: 'cognate', usd: 0 }] },
  ],
  [['quotas', 'get'], answerOf('GET /v1/quotas'), {}],
  [['runs', 'create', '-f', 'FILE', '--dry-run'], component('RunPlan'), { name: 'tiny' }],
  [['models', 'list', '--phase', 'cognate'], answerOf('GET /v1/models'), { items: [{}, {}, {}, {}] }],
  [['models', 'get', 'tiny-memory@latest'], component('Model'), { version: 1, parents: [{}] }],
  [['models', 'lineage', 'tiny-memory'], component('Lineage'), { edges: [{ relation: 'continued-from' }] }],
  [['models', 'verify', 'tiny-base@1'], component('ModelVerdict'), { ok: true }],
  [
    ['models', 'metadata', 'tiny-memory'],
    component('model-metadata'),
    { identity: { reference: 'tiny-memory@1' }, licences: [{ name: 'sotu' }] },
  ],
  [
    ['models', 'diff', 'tiny-memory', 'tiny-base'],
    outputOf('models-diff'),
    { architecture: [], settings: [], weights: { same: false, comparedBy: 'hash' } },
  ],
  [['corpora', 'add', 'HOME/texts', '--name', 'own'], outputOf('corpora-add'), { corpus: { name: 'own' } }],
  [['corpora', 'list'], answerOf('GET /v1/corpora'), item({ name: 'sotu', documents: 233 })],
  [['phases', 'list'], answerOf('GET /v1/phases'), item({ slug: 'cognate' })],
  [['phases', 'describe', 'cognate'], component('PhaseDescription'), { available: true, settings: {} }],
  [['claims', 'list'], answerOf('GET /v1/claims'), item({ id: 'ternary-size-8.2' })],
  [['claims', 'get', 'events-50ms'], component('Claim'), { verdict: 'not measured', records: [] }],
  [['presets', 'list'], answerOf('GET /v1/presets'), item({ name: 'demo' })],
  [['presets', 'get', 'test'], component('Preset'), { builtIn: true }],
  [['plan', 'FILE'], component('RunPlan'), { phases: [{ phase: 'cognate', jobs: 5 }] }],
  [['validate', 'FILE'], outputOf('validate'), { valid: true }],
  [['init', 'HOME/first'], outputOf('init'), { template: 'tiny' }],
  [['plan', 'HOME/first/run.yaml'], component('RunPlan'), { name: 'first' }],
  [['init', 'HOME/whole', '--template', 'full'], outputOf('init'), { template: 'full' }],
  [['plan', 'HOME/whole/run.yaml'], component('RunPlan'), { name: 'whole' }],
  [['schema'], outputOf('schema'), {}],
  [['schema', '--install', 'HOME/first/run.yaml'], outputOf('schema-install'), {}],
  [['gc', '--dry-run'], component('GarbageReport'), { dryRun: true, runs: [] }],
  [['doctor'], outputOf('doctor'), { healthy: true }],
  [['version'], outputOf('version'), { node: process.versions.node }],
];

/** Verbs that are tested apart from the table: they change things, never end, or print something else than data. */
export const TESTED_BELOW = [
  ...['archive', 'restore', 'quarantine', 'promote', 'delete', 'import'].map((verb) => `/models/${verb}`),
  '/runs/pause',
  '/runs/resume',
  '/presets/save',
  // Of files of their own: test/local/models-export.test.ts and models-convert.test.ts.
  '/models/export',
  '/models/serve',
  '/models/try',
  '/models/convert',
  // A model folder that is sent: test/local/triggers.test.ts.
  '/inbox/send',
  // What they change and what they print: test/unit/cli/{webhooks,access}.test.ts and test/unit/functions/quotas.test.ts.
  ...['create', 'deliveries', 'test', 'delete'].map((verb) => `/webhooks/${verb}`),
  '/keys/create',
  '/keys/revoke',
  '/quotas/set',
  // Of an account, not of a server: test/unit/cli/{infra,login}.test.ts.
  ...['synth', 'diff', 'deploy', 'destroy', 'cost'].map((verb) => `/infra/${verb}`),
  '/login',
  '/logout',
  // Has no server to be asked; test/local/merge.test.ts holds it to its schema.
  '/merge',
  '/presets/delete',
  '/demo',
  '/serve',
  '/completion',
];
