/** Which files of a folder become a model; everything that can be refused here is refused before anything is sent. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { collectModel } from '#cli/import/collect-model.ts';
import { cleanUp, forge, freshFolder } from './cli-harness.ts';

afterAll(cleanUp);

const MODEL = { 'model.safetensors': 'w', 'config.json': '{}', 'tokenizer.json': '{}' };

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = freshFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

describe('the files of a model', () => {
  it('are those that a model consists of, in the order of their paths; the others are named with the reason', async () => {
    const folder = folderOf({
      ...MODEL,
      'README.md': 'r',
      LICENSE: 'l',
      'extra/vocab.txt': 'v',
      'pytorch_model.bin': 'p',
      'all.zip': 'z',
      'run.py': 'x',
      'notes.md': '',
      '.git/config': 'c',
    });
    const { files, leftOut } = await collectModel(folder, folder);
    expect(files.map(({ path }) => path)).toEqual([
      'LICENSE',
      'README.md',
      'config.json',
      'extra/vocab.txt',
      'model.safetensors',
      'tokenizer.json',
    ]);
    expect(Object.fromEntries(leftOut.map(({ path, reason }) => [path, reason]))).toEqual({
      '.git': 'hidden',
      'all.zip': 'an archive',
      'notes.md': 'empty',
      'pytorch_model.bin': 'a pickle: reading one can run any code',
      'run.py': 'nothing that a model consists of',
    });
  });

  it('are not read through links that lead out of the folder', async () => {
    const outside = folderOf({ 'secret.txt': 's' });
    const folder = folderOf(MODEL);
    symlinkSync(join(outside, 'secret.txt'), join(folder, 'notes.txt'));
    symlinkSync(join(folder, 'config.json'), join(folder, 'copy.json'));
    const { files, leftOut } = await collectModel(folder, folder);
    expect(leftOut).toEqual([{ path: 'notes.txt', reason: 'a link that leads out of the folder' }]);
    expect(files.map(({ path }) => path)).toContain('copy.json');
  });
});

describe('forge models import', () => {
  it.each([
    ['no weights', { 'config.json': '{}', 'tokenizer.json': '{}' }, 'it has no model.safetensors'],
    [
      'weights in a pickle',
      { ...{ 'config.json': '{}' }, 'model.pt': 'p' },
      'The weights in . are a pickle (model.pt)',
    ],
    [
      'neither configuration nor tokenizer',
      { 'model.safetensors': 'w' },
      'it has no config.json, no tokenizer.json',
    ],
    ['an empty tokenizer', { ...MODEL, 'tokenizer.json': '' }, 'tokenizer.json was left out: empty'],
  ])('refuses a folder with %s, exit code 2, without asking a server', async (_, files, says) => {
    const { exitCode, stdout, stderr } = await forge(['models', 'import', '.'], { cwd: folderOf(files) });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(says);
  });

  it.each([
    ['nothing but a model', 'base', 'Expected one of continued-from, merged-from'],
    ['another word', 'base@1:stolen-from', 'Expected one of continued-from, merged-from'],
    ['no model', ':merged-from', 'Expected REF:RELATION'],
    ['a weight that is no number', 'base:merged-from:half', 'Expected REF:RELATION'],
    ['no weight after the colon', 'base:merged-from:', 'Expected REF:RELATION'],
  ])('refuses a parent of %s, exit code 2, without asking a server', async (_, parent, says) => {
    const { exitCode, stderr } = await forge(['models', 'import', '.', '--parent', parent], {
      cwd: folderOf(MODEL),
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(says);
  });

  it.each([
    ['a folder that is not there', 'gone', 'There is no file gone'],
    ['a file', 'config.json', 'config.json is a file'],
  ])('refuses %s', async (_, path, says) => {
    const argv = ['models', 'import', path, '--name', 'x'];
    const { exitCode, stderr } = await forge(argv, { cwd: folderOf(MODEL) });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(says);
  });
});
