/** `forge runs pause|resume|retry|fork`: what is sent, and what a person is told. */
import { cleanUp, forge, serveHttp } from './cli-harness.ts';

afterAll(cleanUp);

const ID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const RUN = { id: ID, name: 'toy', status: 'pausing' };
const DECISIONS = {
  verb: 'fork',
  run: ID,
  from: null,
  phases: [
    {
      phase: 'cognate',
      decision: 'rerun',
      reason: 'Not the same as then: seed.',
      differs: ['seed'],
      checkpoints: 2,
    },
  ],
};

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly key: boolean;
  readonly body: unknown;
}

/** A server that notes what it is asked and answers as the API does. */
async function controlServer(): Promise<{ endpoint: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const endpoint = await serveHttp(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { method, url, headers } = request;
    const body = text === '' ? null : JSON.parse(text);
    asked.push({ method, url, key: headers['idempotency-key'] !== undefined, body });
    const dry = url?.endsWith('dryRun=true');
    response.writeHead(dry ? 200 : 202, { 'content-type': 'application/json' });
    response.end(JSON.stringify(dry ? DECISIONS : RUN));
  });
  return { endpoint, asked };
}

describe('the control verbs', () => {
  it.each<[string, readonly string[], string, boolean, unknown]>([
    ['pause', [], 'pause', false, null],
    ['resume', [], 'resume', false, null],
    ['retry', [], 'retry', true, {}],
    ['retry', ['--from', 'bitnet', '--fresh'], 'retry', true, { from: 'bitnet', fresh: true }],
    [
      'fork',
      ['--set', 'seed=2', '--set', 'config.cognate.steps=40'],
      'fork',
      true,
      { seed: 2, config: { cognate: { steps: 40 } } },
    ],
    [
      'fork',
      ['--checkpoint', '30', '--phase', 'cognate', '--set', 'seed=2'],
      'fork',
      true,
      { checkpoint: '30', phase: 'cognate', seed: 2 },
    ],
  ])('%s %j says what would happen, then asks for it once', async (verb, options, path, key, body) => {
    const { endpoint, asked } = await controlServer();
    const { exitCode, stdout, stderr } = await forge(['runs', verb, ID, ...options, '--endpoint', endpoint]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: verb === 'pause' ? 'pausing\n' : `${ID}\n` });
    expect(stderr).toContain(verb === 'pause' ? `npx forge runs resume ${ID}` : `npx forge runs watch ${ID}`);
    expect(stderr).toContain('cognate: rerun. Not the same as then: seed.');
    const url = `/v1/runs/${ID}/${path}`;
    expect(asked).toEqual([
      { method: 'POST', url: `${url}?dryRun=true`, key: false, body },
      { method: 'POST', url, key, body },
    ]);
  });

  it.each(['pause', 'resume', 'cancel', 'retry', 'fork'])(
    '%s --dry-run says per phase what and why',
    async (verb) => {
      const { endpoint, asked } = await controlServer();
      const { exitCode, stdout, stderr } = await forge([
        'runs',
        verb,
        ID,
        '--dry-run',
        '--endpoint',
        endpoint,
      ]);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/cognate +rerun +2 +Not the same as then: seed\./);
      expect(stderr).toContain('nothing was changed');
      expect(asked.map(({ url, key }) => [url, key])).toEqual([
        [`/v1/runs/${ID}/${verb}?dryRun=true`, false],
      ]);
    },
  );
});
