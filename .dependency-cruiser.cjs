/**
 * Who may import whom. Each rule is named by the sentence that it enforces; `npm run check` fails on any of them, and
 * test/unit/repository/import-rules.test.ts proves on a small tree that every one of them fires.
 */

const AWS_SDK = '(^|node_modules/)@(aws-sdk|smithy)/';
const POWERTOOLS = '(^|node_modules/)@aws-lambda-powertools/';
const OURS = '^(contracts|core|adapters|functions|local|cli|infra|dashboard|test|scripts)/';
const SCHEMA_LIBRARY = '(^|node_modules/)zod/';
const NPM = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'];

/** `from` may import only what `allowed` names: everything else breaks the rule. */
const only = (name, from, allowed, extra = {}) => ({
  name,
  severity: 'error',
  from: { path: from, ...extra.from },
  to: { pathNot: allowed, ...extra.to },
});

/** `from` must never import what `refused` names. */
const never = (name, from, refused, extra = {}) => ({
  name,
  severity: 'error',
  from: { path: from, ...extra.from },
  to: { path: refused, ...extra.to },
});

const coreRules = [
  only('contracts import nothing of ours but contracts', '^contracts/', ['^contracts/'], {
    to: { path: OURS },
  }),
  only('core/domain imports only itself, contracts and the schema library', '^core/domain/', [
    '^core/domain/',
    '^contracts/',
    SCHEMA_LIBRARY,
  ]),
  only('core/ports import only core/domain, other ports and types of contracts', '^core/ports/', [
    '^core/(domain|ports)/',
    '^contracts/',
  ]),
  only('core/application imports only core, contracts and the schema library', '^core/application/', [
    '^core/',
    '^contracts/',
    SCHEMA_LIBRARY,
    '^(node:)?crypto$',
  ]),
  never(
    'queries never import writers or commands',
    '^core/application/queries/',
    '^core/(ports/(.*-writer|ports)\\.ts|application/commands/)',
  ),
];

const adapterRules = [
  only(
    'adapters/aws import only ports, domain and contracts of ours',
    '^adapters/aws/',
    ['^adapters/aws/', '^core/(ports|domain)/', '^contracts/'],
    { to: { path: OURS } },
  ),
  only(
    'adapters/local import only ports, domain, contracts and the two engines of ours',
    '^adapters/local/',
    ['^adapters/local/', '^core/(ports|domain)/', '^contracts/', '^local/(asl|jobs)/'],
    { to: { path: OURS } },
  ),
  // Who somebody is does not depend on where the stores lie: both compositions pick from this folder.
  only(
    'adapters/identity import only ports, domain and contracts of ours',
    '^adapters/identity/',
    ['^adapters/identity/', '^core/(ports|domain)/', '^contracts/'],
    { to: { path: OURS } },
  ),
  only(
    'adapters/outbound import only ports, domain and contracts of ours',
    '^adapters/outbound/',
    ['^adapters/outbound/', '^core/(ports|domain)/', '^contracts/'],
    { to: { path: OURS } },
  ),
  only(
    'adapters/onnx import only ports, domain and contracts of ours',
    '^adapters/onnx/',
    ['^adapters/onnx/', '^core/(ports|domain)/', '^contracts/'],
    { to: { path: OURS } },
  ),
  never(
    'only adapters/onnx import onnxruntime-node',
    '^(?!adapters/onnx/|test/|scripts/)',
    '(^|node_modules/)onnxruntime-node/',
  ),
  never('only adapters/identity import jose', '^(?!adapters/identity/|test/)', '(^|node_modules/)jose/'),
  never(
    'only adapters/aws import the AWS SDK',
    '^(contracts|core|adapters/(local|identity|outbound|onnx)|functions|local|cli)/',
    AWS_SDK,
  ),
  never(
    'only functions and adapters/aws import Powertools',
    '^(contracts|core|adapters/(local|identity|outbound|onnx)|local|cli)/',
    POWERTOOLS,
  ),
  never(
    'only adapters/local/sqlite*.ts import libsql',
    '^(?!adapters/local/sqlite|test/|scripts/)',
    '(^|node_modules/)@?libsql/',
  ),
];

const functionRules = [
  never('a function never imports another function', '^functions/([^/]+)/', '^functions/', {
    to: { pathNot: '^functions/($1|shared)/' },
  }),
  only(
    'functions import only functions, core and contracts of ours',
    '^functions/',
    ['^functions/', '^core/', '^contracts/'],
    {
      from: { pathNot: '^functions/[^/]+/handler\\.ts$' },
      to: { path: OURS },
    },
  ),
  only(
    'a handler imports its function, core, contracts, adapters/aws/ports or triggers-environment, adapters/identity, outbound and onnx',
    '^functions/[^/]+/handler\\.ts$',
    [
      '^functions/',
      '^core/',
      '^contracts/',
      '^adapters/aws/(ports|triggers-environment)\\.ts$',
      '^adapters/(identity|outbound|onnx)/',
    ],
    { to: { path: OURS } },
  ),
  never('nobody but a test imports a handler', '^(?!test/)', '^functions/[^/]+/handler\\.ts$'),
];

/** An engine may see domain types; nothing of ours at run time. */
const engineRules = (folder, packages) => [
  only(
    `local/${folder} imports nothing of ours but domain types`,
    `^local/${folder}/`,
    [`^local/${folder}/`],
    {
      to: { path: OURS, pathNot: [`^local/${folder}/`, '^core/domain/'] },
    },
  ),
  never(`local/${folder} imports types only from core/domain`, `^local/${folder}/`, '^core/domain/', {
    to: { dependencyTypesNot: ['type-only'] },
  }),
  {
    name: `local/${folder} needs no package but ${packages.length ? packages.join(', ') : "Node's own"}`,
    severity: 'error',
    from: { path: `^local/${folder}/` },
    to: { dependencyTypes: NPM, pathNot: packages.map((name) => `(^|node_modules/)${name}/`) },
  },
];

const edgeRules = [
  never(
    'the local server never imports infra, dashboard, cli or adapters/aws',
    '^local/',
    '^(infra|dashboard|cli|adapters/aws)/',
  ),
  only(
    'infra names entry files and imports only infra, contracts and state machines',
    '^infra/',
    ['^infra/', '^contracts/', '^statemachines/'],
    { to: { path: `${OURS}|^statemachines/` } },
  ),
  only('the cli imports only cli and contracts of ours', '^cli/', ['^cli/', '^contracts/'], {
    to: { path: OURS },
  }),
  never(
    'the dashboard never imports core, adapters, local, infra, or more of the cli than the types of the API',
    '^dashboard/',
    '^(core|adapters|local|cli|infra)/',
    { to: { pathNot: '^cli/client/generated/' } },
  ),
  never('the dashboard sees types of the generated client only', '^dashboard/', '^cli/', {
    to: { dependencyTypesNot: ['type-only'] },
  }),
  never('the dashboard sees types of the API only', '^dashboard/', '^functions/', {
    to: { dependencyTypesNot: ['type-only'] },
  }),
  never(
    'nobody imports tests or scripts',
    '^(contracts|core|adapters|functions|local|cli|infra|dashboard)/',
    '^(test|scripts)/',
  ),
];

/** lib → components → features → app: each may import what stands left of it, and itself. */
const dashboardRules = [
  never(
    'lib of the dashboard imports lib only',
    '^dashboard/src/lib/',
    '^dashboard/src/(components|features|app)/',
  ),
  never(
    'components of the dashboard never import features or the app',
    '^dashboard/src/components/',
    '^dashboard/src/(features|app)/',
  ),
  never(
    'a feature of the dashboard never imports the app',
    '^dashboard/src/features/',
    '^dashboard/src/app/',
  ),
  never(
    'a feature of the dashboard never imports another',
    '^dashboard/src/features/([^/]+)/',
    '^dashboard/src/features/',
    {
      to: { pathNot: '^dashboard/src/features/$1/' },
    },
  ),
  never(
    'the dashboard imports three only in pieces that load late',
    '^dashboard/src/(lib|components|app)/',
    '(^|node_modules/)three/',
  ),
];

const hygieneRules = [
  { name: 'no import goes in a circle', severity: 'error', from: {}, to: { circular: true } },
  {
    name: 'every module is imported by another or is an entry',
    severity: 'error',
    from: {
      orphan: true,
      pathNot: [
        '^(test|scripts|infra/bin|infra/site-publisher)/',
        '^functions/[^/]+/handler\\.ts$',
        '^cli/forge\\.ts$',
        '^local/(inference/)?main\\.ts$',
        '\\.css$',
        '\\.(json|d\\.ts)$',
      ],
    },
    to: {},
  },
  { name: 'every import can be resolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  {
    name: 'the product imports only packages of its own dependencies',
    severity: 'error',
    from: { path: '^(contracts|core|adapters|functions|local|cli|dashboard/src)/' },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...coreRules,
    ...adapterRules,
    ...functionRules,
    ...engineRules('asl', ['jsonata']),
    ...engineRules('jobs', []),
    ...edgeRules,
    ...dashboardRules,
    ...hygieneRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
