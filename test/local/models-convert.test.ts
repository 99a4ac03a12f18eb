/** forge models convert, from the command line to the limited process: what a person sees. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, forge, freshFolder, ROOT } from '../unit/cli/cli-harness.ts';

afterAll(cleanUp);

const convert = (cwd: string, ...words: string[]) =>
  forge(['models', 'convert', ...words, '--out', 'out'], { cwd, root: ROOT });

it('exits 2 for a pickle that would run a program, runs nothing and leaves nothing', async () => {
  const folder = freshFolder();
  writeFileSync(join(folder, 'bad.pt'), `cposix\nsystem\n(Vtouch ${join(folder, 'canary')}\ntR.`);
  const { exitCode, stdout, stderr } = await convert(folder, 'bad.pt');
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toContain('could run code');
  expect(existsSync(join(folder, 'canary'))).toBe(false);
  expect(readdirSync(folder)).toEqual(['bad.pt']);
}, 240_000);

it('exits 5 for a file that is not there', async () => {
  const { exitCode, stderr } = await convert(freshFolder(), 'none.pt');
  expect(exitCode).toBe(5);
  expect(stderr).toContain('none.pt');
}, 240_000);
