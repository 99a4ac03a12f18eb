/** Files that go into a deployment: what each is made from, so that a test can put small ones in their place. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IgnoreMode } from 'aws-cdk-lib';
import { type DockerImageAssetProps, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type FunctionsManifest, functionsManifest } from '#contracts/source/functions.ts';
import { parseDocument } from '#contracts/source/problems.ts';

export interface StageAssets {
  readonly functions: FunctionsManifest['functions'];
  readonly codeOf: (functionName: string) => Code;
  /** The container's image with its two targets, `cpu` and `cuda`. */
  readonly image: Omit<DockerImageAssetProps, 'target'>;
  /** Path of a file of statemachines/. */
  readonly machine: (name: 'pipeline' | 'phase') => string;
  /** Folder of the dashboard as it is served. */
  readonly site: string;
  /** Folder of the function that publishes it. */
  readonly sitePublisher: string;
}

/** The lines of a .dockerignore without comments; the CDK looks for one beside the context only. */
const ignored = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));

/**
 * Everything as it lies in a checkout after `npm run build`.
 *
 * @throws Error that names the command to run where a bundle is missing
 */
export function checkoutAssets(root: string): StageAssets {
  const manifest = JSON.parse(readFileSync(join(root, 'contracts', 'functions.json'), 'utf8'));
  const parsed = parseDocument(functionsManifest, manifest);
  if (!parsed.ok) throw new Error(`contracts/functions.json: ${JSON.stringify(parsed.problems[0])}`);
  const dashboard = join(root, 'dist', 'dashboard');
  return {
    functions: parsed.value.functions,
    codeOf(name) {
      const folder = join(root, 'dist', 'fn', name);
      if (!existsSync(join(folder, 'index.mjs')))
        throw new Error(
          `${folder}/index.mjs does not exist; run npm run build, which bundles every function.`,
        );
      return Code.fromAsset(folder);
    },
    image: {
      directory: root,
      file: join('containers', 'Dockerfile'),
      platform: Platform.LINUX_AMD64,
      exclude: ignored(join(root, 'containers', 'Dockerfile.dockerignore')),
      ignoreMode: IgnoreMode.DOCKER,
    },
    machine: (name) => join(root, 'statemachines', `${name}.asl.json`),
    site: existsSync(join(dashboard, 'index.html')) ? dashboard : join(root, 'infra', 'placeholder-site'),
    sitePublisher: join(root, 'infra', 'site-publisher'),
  };
}
