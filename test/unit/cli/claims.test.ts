/** What `forge claims` shows of the verdicts that ship with the release. */
import verdictFile from '#contracts/claim-verdicts.json' with { type: 'json' };
import { answering, cleanUp, forge, serveHttp } from './cli-harness.ts';

afterEach(cleanUp);

const wanted = (id: string) => {
  const found = verdictFile.claims.find((claim) => claim.id === id);
  if (!found) throw new Error(`a claim ${id}`);
  return found;
};

async function shown(words: readonly string[], path: string, body: unknown): Promise<string> {
  const endpoint = await serveHttp(answering({ [`GET ${path}`]: body }));
  const { exitCode, stdout } = await forge(['claims', ...words, '--endpoint', endpoint]);
  expect(exitCode).toBe(0);
  return stdout;
}

describe('forge claims', () => {
  it('lists each claim with its verdict and the experiments that it comes from', async () => {
    const text = await shown(['list'], '/v1/claims', { items: verdictFile.claims });
    expect(text).toMatch(new RegExp(`act +${wanted('act').verdict} +E1, E1B +Adaptive computation`));
    expect(text).toMatch(/events-50ms +not measured +- +/);
    expect(text.trim().split('\n')).toHaveLength(verdictFile.claims.length + 1);
  });

  it('shows every reading of a claim with bound, interval and seeds, and how to make its records again', async () => {
    const claim = wanted('thoughts');
    const text = await shown(['get', 'thoughts'], '/v1/claims/thoughts', claim);
    for (const { text: words, verdict } of claim.readings)
      expect(text).toMatch(new RegExp(`${words} .* to .* ${verdict} +E4, thoughts.*: [a-z_]+, 3 seeds`));
    for (const { sha256, reproduce } of claim.records) {
      expect(text).toContain(sha256);
      expect(text).toContain(reproduce);
    }
  });

  it('says of what was not measured what is missing, and which default waits for it', async () => {
    const open = await shown(['get', 'events-50ms'], '/v1/claims/events-50ms', wanted('events-50ms'));
    expect(open).toMatch(/not measured +missing: an experiment that opens/);
    expect(open).not.toContain('made again by');
    const edge = await shown(['get', 'edge-of-chaos'], '/v1/claims/edge-of-chaos', wanted('edge-of-chaos'));
    expect(edge).toMatch(/default +training\.edge stays off until it holds/);
  });
});
