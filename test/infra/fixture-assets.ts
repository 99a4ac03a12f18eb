/** Small files in the place of bundles and images, and a manifest with every trigger and every grant. */
import { join } from 'node:path';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Code } from 'aws-cdk-lib/aws-lambda';
import manifest from '#contracts/functions.json' with { type: 'json' };
import { type FunctionFacts, functionsManifest } from '#contracts/source/functions.ts';
import type { StageAssets } from '#infra/stage-assets.ts';
import { fixtureTree, PROJECT } from '#test/support/fixture-tree.ts';

const small = { memoryMiB: 256, timeoutSeconds: 60 };
const factsOf = (
  name: string,
  triggers: FunctionFacts['triggers'],
  grants: FunctionFacts['grants'],
): FunctionFacts => ({ entry: `functions/${name}/handler.ts`, ...small, triggers, grants });

export const COMMITTED: StageAssets['functions'] = functionsManifest.parse(manifest).functions;

/** What the committed manifest has, and one function for each word that it may use but does not yet. */
export const EVERY_WORD: StageAssets['functions'] = {
  'event-socket': factsOf('event-socket', ['socket'], ['table:read', 'table:write', 'sockets:post']),
  ...COMMITTED,
  'relay-events': factsOf(
    'relay-events',
    ['table-stream'],
    ['table:read', 'table:stream', 'events:put', 'sockets:post'],
  ),
};

export function fixtureAssets(functions: StageAssets['functions'] = EVERY_WORD): StageAssets {
  const root = fixtureTree({
    'fn/index.mjs': 'export const handler = async () => undefined;\n',
    'image/Dockerfile': 'FROM scratch\n',
    'site/index.html': '<!doctype html><title>Agent Forge</title>\n',
  });
  return {
    functions,
    codeOf: () => Code.fromAsset(join(root, 'fn')),
    image: { directory: join(root, 'image'), platform: Platform.LINUX_AMD64 },
    machine: (name) => join(PROJECT, 'statemachines', `${name}.asl.json`),
    site: join(root, 'site'),
    sitePublisher: join(PROJECT, 'infra/site-publisher'),
  };
}
