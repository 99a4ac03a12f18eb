/** docs/from-v1.md names only what is there, and leaves out nothing that the first version had a name for. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildProgram } from '#cli/program.ts';
import openapi from '#contracts/openapi.json' with { type: 'json' };
import { PROJECT } from '#test/support/fixture-tree.ts';

const text = readFileSync(join(PROJECT, 'docs/from-v1.md'), 'utf8');
const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map(([, words = '']) => words);
const paths = openapi.paths as Record<string, Record<string, { tags: string[] }>>;
const TREES = /^(contracts|core|adapters|functions|local|cli|containers|statemachines|scripts|docs)\//;

/** What the first version had a name for, by the facts that are restated of it. */
const NAMED = [
  ...['/start', '/control', '/status', '/swarm', '/quality-gates', '/checkpoint/save', '/checkpoint/load'],
  ...['/history', '/presets', '/preset/{name}', '/preset/save', '/health', '/api/v1/info', '/api/wandb'],
  ...['/api/models/available', '/api/models/validate', '/api/models/scan', '/api/cognate', '/api/evomerge'],
  ...['/api/system/info', '/ws/', '/api/progress', '/api/pipeline/phases'],
  ...['UnifiedPipeline', 'PhaseOrchestrator', 'PhaseController', 'PhaseResult', 'ModelArchitectureInfo'],
  ...['PhaseCheckpoint', 'DataFlowCoordinator', 'ErrorRecoverySystem', 'circuit breaker', 'SwarmCoordinator'],
  ...['hierarchical, mesh, star, ring', 'theater', 'quick_test', 'full_pipeline', 'compression_only'],
  ...['PhaseLogger', 'PipelineLogger', 'WebSocket', 'Streamlit', 'Next.js', 'emergency', 'god objects'],
  ...['DSPy', 'Cognate', 'EvoMerge', 'Quiet-STaR', 'BitNet', 'ADAS', 'Cogment', 'HRRM', 'FogBurst'],
  ...['bitchat', 'betanet', 'BakingCoordinator', 'ModelOptimizer', 'InferenceAccelerator'],
  ...['QualityValidator', 'PerformanceProfiler', 'HardwareAdapter', 'GraphOptimizer', 'MemoryOptimizer'],
  ...['DeploymentPreparer', 'Grokfast', '8.2', '3.8', '23.5'],
];

/** A path of this repository; `*` stands for any part of a file name. */
function isThere(path: string): boolean {
  if (!path.includes('*')) return existsSync(join(PROJECT, path)) || existsSync(join(PROJECT, `${path}.py`));
  const pattern = new RegExp(
    `^${(path.split('/').at(-1) ?? '').replaceAll('.', '\\.').replaceAll('*', '.*')}$`,
  );
  return readdirSync(join(PROJECT, dirname(path))).some((name) => pattern.test(name));
}

it.each(quoted.filter((words) => TREES.test(words)))('`%s` is in this repository', (path) => {
  expect(isThere(path)).toBe(true);
});

it.each([...text.matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)].map(([, target = '']) => target))(
  'the link to %s leads somewhere',
  (target) => {
    expect(existsSync(join(PROJECT, 'docs', target))).toBe(true);
  },
);

const routes = quoted.filter((words) => /^(GET|POST|PUT|DELETE) \//.test(words));

it.each([...new Set(routes)])('`%s` is a route', (route) => {
  const [method = '', path = ''] = route.split(' ');
  expect(paths[path]?.[method.toLowerCase()]).toBeDefined();
});

it('every alias is named, under the first of its prefixes', () => {
  const aliases = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags.includes('v1'))
      .map(([method]) => `${method.toUpperCase()} ${path.replace('/api/v1/pipeline', '/api/pipeline')}`),
  );
  expect(aliases.length).toBeGreaterThan(20);
  expect([...new Set(aliases)].filter((alias) => !routes.includes(alias))).toEqual([]);
});

const commands = quoted
  .filter((words) => /^(npx )?forge /.test(words))
  .map((words) => words.replace('npx ', ''));

it.each([...new Set(commands)])('`%s` is a command', (command) => {
  let found = buildProgram(async () => undefined);
  for (const word of command.split(' ').slice(1)) {
    const inner = found.commands.find((each) => each.name() === word);
    if (!inner) break;
    found = inner;
  }
  expect([command, found.commands.length]).toEqual([command, 0]);
});

it.each(NAMED)('what became of %s is said', (name) => {
  expect(text).toContain(name);
});
