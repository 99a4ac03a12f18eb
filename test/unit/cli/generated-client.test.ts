/** The OpenAPI document and the command line's types are what the API's code says. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import openapi from '#contracts/openapi.json' with { type: 'json' };
import { ROOT } from './cli-harness.ts';

const TYPES = readFileSync(join(ROOT, 'cli', 'client', 'generated', 'api-types.ts'), 'utf8');

describe('the generated client', () => {
  it('is what the code of the API gives: contracts/openapi.json and its types are not stale', () => {
    const argv = [join(ROOT, 'scripts', 'generate-client.mjs'), '--check'];
    const { status, stderr } = spawnSync(process.execPath, argv, { cwd: ROOT, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }, 30_000);

  it('has a type for every operation', () => {
    const operations = Object.values(openapi.paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    expect(operations.length).toBeGreaterThan(25);
    expect(operations.filter((id) => !TYPES.includes(`operations["${id}"]`))).toEqual([]);
  });

  it('names no release, so that a release alone changes nothing', () => {
    expect(openapi.info.version).toBe('v1');
  });
});
