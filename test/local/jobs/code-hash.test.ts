/** The server must know the code of its jobs by the very hash that the jobs state. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeHasher } from '#local/jobs/package-hash.ts';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';

afterAll(removeFixtures);

describe('the hash of the code', () => {
  it('is the same in TypeScript and in Python', () => {
    const cwd = join(PROJECT, 'containers');
    const program = 'from agent_forge.code_hash import code_hash; print(code_hash())';
    const python = execFileSync(join(PROJECT, '.venv/bin/python'), ['-c', program], {
      cwd,
      encoding: 'utf8',
    });
    expect(codeHasher(cwd, 'agent_forge')()).toBe(python.trim());
  });

  it('changes with a Python file and with nothing else', () => {
    const folder = fixtureTree({ 'p/a.py': 'A = 1\n', 'p/note.txt': 'one', 'requirements.txt': 'torch' });
    const hash = codeHasher(folder, 'p');
    const before = hash();
    writeFileSync(join(folder, 'p/note.txt'), 'two');
    writeFileSync(join(folder, 'requirements.txt'), 'numpy');
    expect(hash()).toBe(before);
    writeFileSync(join(folder, 'p/a.py'), 'A = 23\n');
    expect(hash()).not.toBe(before);
  });
});
