/** The real CDK through the verb: templates of every stack, without an account, a network or Docker. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, ROOT } from '../unit/cli/cli-harness.ts';
import { cliHome } from '../unit/cli/cli-process.ts';

const LIMIT_MS = 420_000;
const cli = cliHome();

afterAll(() => {
  cli.end();
  cleanUp();
});

describe('forge infra synth', () => {
  it(
    'writes the templates of a stage with the pinned CDK',
    async () => {
      // No credentials, no profile and no engine: whatever asked for one would fail.
      const offline = {
        HOME: cli.home,
        AWS_PROFILE: '',
        AWS_ACCESS_KEY_ID: '',
        DOCKER_HOST: 'tcp://127.0.0.1:9',
      };
      const { exitCode, stdout, stderr } = await cli.run(['infra', 'synth', '--json'], offline);
      expect({ exitCode, said: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, said: '' });
      const { templates } = JSON.parse(stdout) as { templates: string };
      expect(templates).toBe(join(ROOT, 'dist', 'cdk.out'));
      const names = readdirSync(join(templates, 'assembly-Forge-dev'));
      for (const stack of ['Data', 'Network', 'Compute', 'Pipeline'])
        expect(names.filter((name) => name.includes(stack) && name.endsWith('.template.json'))).toHaveLength(
          1,
        );
    },
    LIMIT_MS,
  );
});
