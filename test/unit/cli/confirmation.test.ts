/** What is lost is asked about first: by `--yes` on the command line, or by a word at the terminal. */
import { cleanUp, forge, serveHttp } from './cli-harness.ts';

afterAll(cleanUp);

const PRESET = { name: 'mine', description: '', config: {}, builtIn: false, recordVersion: 3 };

/** A server with one preset that notes what it was asked to delete, and under which condition. */
async function presetServer(): Promise<{ endpoint: string; deleted: string[] }> {
  const deleted: string[] = [];
  const endpoint = await serveHttp((request, response) => {
    request.resume();
    if (request.method === 'DELETE') {
      deleted.push(`${request.url} ${request.headers['if-match']}`);
      response.writeHead(204).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json', etag: '"3"' });
    response.end(JSON.stringify(PRESET));
  });
  return { endpoint, deleted };
}

describe('a question before something is lost', () => {
  it.each([
    ['y', 0, 1],
    ['Yes ', 0, 1],
    ['n', 1, 0],
    ['', 1, 0],
  ])('answered with %j ends with %i and %i deletions', async (answer, code, count) => {
    const { endpoint, deleted } = await presetServer();
    const argv = ['presets', 'delete', 'mine', '--endpoint', endpoint];
    const { exitCode, stdout, stderr } = await forge(argv, { answer });
    expect(exitCode).toBe(code);
    expect(stderr).toContain('Delete the preset mine? [y/N] ');
    expect(stdout).toBe(count === 1 ? 'mine is deleted\n' : '');
    expect(deleted).toEqual(count === 1 ? ['/v1/presets/mine "3"'] : []);
  });

  it('is not asked with --yes, and the version that was seen is the one that is deleted', async () => {
    const { endpoint, deleted } = await presetServer();
    const { exitCode, stderr } = await forge(['presets', 'delete', 'mine', '--yes', '--endpoint', endpoint]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(deleted).toEqual(['/v1/presets/mine "3"']);
  });

  it('cannot be asked where there is no terminal: nothing is deleted, and the way out is named', async () => {
    const { endpoint, deleted } = await presetServer();
    const { exitCode, stdout, stderr } = await forge(['presets', 'delete', 'mine', '--endpoint', endpoint]);
    expect({ exitCode, stdout, deleted }).toEqual({ exitCode: 2, stdout: '', deleted: [] });
    expect(stderr).toContain('this is no terminal.\n  Say so on the command line: --yes');
  });
});
