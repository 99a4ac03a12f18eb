/** What the functions' bundles leave out changes nothing of what they keep. */
import { execFileSync } from 'node:child_process';
import { PROJECT } from '#test/support/fixture-tree.ts';

/** What an ES module of these lines prints as JSON; the build's scripts are ES modules, which Jest does not load. */
function told(...lines: readonly string[]): unknown {
  const program = [...lines, 'console.log(JSON.stringify(answer));'].join('\n');
  const args = ['--input-type=module', '-e', program];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: PROJECT, encoding: 'utf8' }));
}

const SERVICES = ['dynamodb', 'sfn', 'batch', 'ssm', 'cloudwatch-logs', 'eventbridge', 'sns'] as const;
const REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-5', 'me-central-1', 'us-gov-west-1', 'cn-north-1'];

test('a service is asked at the same host as the SDK would ask, where no address is set and where one is', () => {
  const answer = told(
    "import { createRequire } from 'node:module';",
    "import { readFileSync } from 'node:fs';",
    "import { plainHostIn, regionalResolver } from './scripts/bundle-endpoints.mjs';",
    'const require = createRequire(process.cwd() + "/x.js");',
    'const answer = [];',
    `for (const client of ${JSON.stringify(SERVICES)}) {`,
    '  const folder = "./node_modules/@aws-sdk/client-" + client + "/dist-es";',
    '  const host = plainHostIn(readFileSync(folder + "/endpoint/bdd.js", "utf8"));',
    '  const ours = await import("data:text/javascript," + encodeURIComponent(regionalResolver(host)));',
    '  const { bdd } = await import(folder + "/endpoint/bdd.js");',
    "  const { decideEndpoint, customEndpointFunctions } = require('@smithy/core/endpoints');",
    "  customEndpointFunctions.aws ??= require('@aws-sdk/core/client').awsEndpointFunctions;",
    `  for (const Region of ${JSON.stringify(REGIONS)})`,
    "    for (const more of [{}, { Endpoint: 'http://127.0.0.1:5000/x' }]) {",
    '      const endpointParams = { Region, UseDualStack: false, UseFIPS: false, ...more };',
    '      const theirs = decideEndpoint(bdd, { endpointParams }).url.href;',
    '      answer.push([client, Region, theirs, ours.defaultEndpointResolver(endpointParams).url.href]);',
    '    }',
    '}',
  ) as [string, string, string, string][];
  expect(answer).toHaveLength(SERVICES.length * REGIONS.length * 2);
  for (const [client, region, theirs, ours] of answer)
    expect([client, region, ours]).toEqual([client, region, theirs]);
});

test('a service is not asked at all where the plain host may be the wrong one', () => {
  const answer = told(
    "import { regionalResolver } from './scripts/bundle-endpoints.mjs';",
    'const url = "data:text/javascript," + encodeURIComponent(regionalResolver("sns"));',
    'const { defaultEndpointResolver } = await import(url);',
    "const asked = [{ Region: 'us-iso-east-1' }, { Region: 'eusc-de-east-1' }, {}, { Region: 'eu-west-1', UseFIPS: true }, { Region: 'eu-west-1', UseDualStack: true }];",
    'const answer = asked.map((each) => { try { return defaultEndpointResolver(each).url.href; } catch { return null; } });',
  );
  expect(answer).toEqual([null, null, null, null, null]);
});

test('schemas lose the texts that describe them and nothing else', () => {
  const source = [
    "const a = z.string().describe('plain').max(3);",
    'const b = z.object({ c: z.int().describe(`one`), d: a.describe("it\'s (so)") }).describe("all");',
    "const kept = [a.describe(text), a.meta({ default: 1, description: 'x' }), `a.describe('no')`];",
    "describe('not a method', () => undefined);",
  ].join('\n');
  const answer = told(
    "import ts from 'typescript';",
    "import { withoutDescribe } from './scripts/bundle-descriptions.mjs';",
    `const answer = withoutDescribe(ts, ${JSON.stringify(source)});`,
  );
  expect(answer).toBe(
    [
      'const a = z.string().max(3);',
      'const b = z.object({ c: z.int(), d: a });',
      "const kept = [a.describe(text), a.meta({ default: 1, description: 'x' }), `a.describe('no')`];",
      "describe('not a method', () => undefined);",
    ].join('\n'),
  );
});
