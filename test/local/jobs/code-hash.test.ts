/** The server must know the code of its jobs by the very hash that the jobs state. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PHASE_SLUGS } from '#contracts/source/phase-slugs.ts';
import { codeHasher, packageHasher } from '#local/jobs/package-hash.ts';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';

afterAll(removeFixtures);

const python = (code: string, cwd: string): string =>
  execFileSync(join(PROJECT, '.venv/bin/python'), ['-c', code], { cwd, encoding: 'utf8' }).trim();

describe('the hash of the code', () => {
  it('is the same in TypeScript and in Python, for every phase', () => {
    const cwd = join(PROJECT, 'containers');
    const program = `from agent_forge.code_hash import code_hash
print(*(code_hash(slug) for slug in "${PHASE_SLUGS.join(' ')}".split()))`;
    const hash = codeHasher(cwd, 'agent_forge');
    expect(PHASE_SLUGS.map((slug) => hash(slug)).join(' ')).toBe(python(program, cwd));
  });

  const SOURCES = {
    'p/a.py': 'A = 1\n',
    'p/note.txt': 'one',
    'p/models/kernels/k.c': 'int k;\n',
    'p/models/kernels/build/k.so': 'ELF',
    'p/registry.py': 'PHASES = 1\n',
    'p/experiments/recall.py': 'R = 1\n',
    'p/fork_server/server.py': 'S = 1\n',
    'p/phases/__init__.py': '\n',
    'p/phases/cognate/phase.py': 'C = 1\n',
    'p/phases/quiet_star/phase.py': 'Q = 1\n',
    'requirements.txt': 'torch',
  };

  it.each([
    ['p/a.py', true, true],
    ['p/phases/__init__.py', true, true],
    ['p/phases/quiet_star/phase.py', true, true],
    ['p/phases/cognate/phase.py', false, true],
    ['p/experiments/recall.py', false, true],
    ['p/fork_server/server.py', false, true],
    ['p/registry.py', false, true],
    ['requirements.txt', false, true],
    ['p/note.txt', false, false],
    ['p/models/kernels/k.c', true, true],
    ['p/models/kernels/build/k.so', false, false],
  ])('after a change of %s, of quiet-star: %s, of the whole package: %s', (path, ofPhase, ofPackage) => {
    const folder = fixtureTree(SOURCES);
    const [code, whole] = [codeHasher(folder, 'p'), packageHasher(folder, 'p')];
    const [codeBefore, wholeBefore] = [code('quiet-star'), whole()];
    writeFileSync(join(folder, path), 'CHANGED = 23\n');
    expect(code('quiet-star') !== codeBefore).toBe(ofPhase);
    expect(whole() !== wholeBefore).toBe(ofPackage);
  });

  it('is the same on both sides where the package has folders of several phases', () => {
    const source = readFileSync(join(PROJECT, 'containers/agent_forge/code_hash.py'), 'utf8');
    const folder = fixtureTree({ ...SOURCES, 'p/__init__.py': '', 'p/code_hash.py': source });
    const program = 'from p.code_hash import code_hash; print(code_hash("cognate"), code_hash("quiet-star"))';
    const hash = codeHasher(folder, 'p');
    expect(`${hash('cognate')} ${hash('quiet-star')}`).toBe(python(program, folder));
    expect(hash('cognate')).not.toBe(hash('quiet-star'));
  });
});
