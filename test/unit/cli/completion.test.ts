/** The completion scripts know every verb and option, and bash's does what it promises. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandTree, everyNode } from '#cli/completion/command-tree.ts';
import { buildProgram } from '#cli/program.ts';
import { cleanUp, forge, freshFolder } from './cli-harness.ts';

afterAll(cleanUp);

const tree = commandTree(buildProgram(async () => undefined));
const scripts = new Map<string, string>();

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { exitCode, stdout } = await forge(['completion', shell]);
    expect(exitCode).toBe(0);
    scripts.set(shell, stdout);
  }
});

const script = (shell: string): string => scripts.get(shell) ?? '';

/** What bash offers for the last word, in a folder with a file and a folder. */
function offered(...words: readonly string[]): readonly string[] {
  const folder = freshFolder();
  mkdirSync(join(folder, 'texts'));
  writeFileSync(join(folder, 'run.yaml'), '');
  const complete = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _forge; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const argv = ['-c', `${script('bash')}\n${complete}`, 'bash', 'forge', ...words];
  const output = execFileSync('bash', argv, { encoding: 'utf8', cwd: folder });
  return output.split('\n').filter(Boolean);
}

describe('completion for bash', () => {
  it('is a script that bash can parse', () => {
    expect(execFileSync('bash', ['-n'], { input: script('bash'), encoding: 'utf8' })).toBe('');
  });

  it.each([
    [['mod'], ['models']],
    [['models', 'arch'], ['archive']],
    [['models', 'archive', 'x', '--rea'], ['--reason']],
    [
      ['runs', 'list', '--status', 'can'],
      ['cancelling', 'cancelled'],
    ],
    [['--json', 'completion', 'f'], ['fish']],
    [['plan', 'r'], ['run.yaml']],
    [['runs', 'create', '-f', 'r'], ['run.yaml']],
    [['corpora', 'add', 't'], ['texts']],
    [['models', 'archive', 'x', '--reason', ''], []],
    [['models', 'list', '--end'], ['--endpoint']],
    [['runs', 'get', 'r'], []],
  ])('offers after %j: %j', (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('for %s knows every verb and every option', (shell) => {
    const nodes = everyNode(tree);
    expect(nodes.length).toBeGreaterThan(40);
    const words = new Set(script(shell).split(/[\s'"():|]+/));
    const names = nodes.flatMap(({ name, options }) => [name, ...options.flatMap((option) => option.names)]);
    // fish names options without their dashes.
    const wanted = names.map((name) => (shell === 'fish' ? name.replace(/^-+/, '') : name));
    expect([...new Set(wanted)].filter((name) => !words.has(name))).toEqual([]);
  });

  it.each(['bash', 'zsh', 'fish'])('for %s closes every quote that it opens', (shell) => {
    const open = script(shell)
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .filter((line) => line.replace(/\\'|'\\''/g, '').split("'").length % 2 === 0);
    expect(open).toEqual([]);
  });

  it('begins for zsh as its completion system wants it, and takes part when it is sourced', () => {
    expect(script('zsh')).toMatch(/^#compdef forge\n/);
    expect(script('zsh')).toContain('compdef _forge forge; fi');
    expect(script('zsh').match(/^\s*case .* in$/gm)).toHaveLength(3);
    expect(script('zsh').match(/^\s*esac$/gm)).toHaveLength(3);
  });

  it('offers for fish each verb only where it stands', () => {
    expect(script('fish')).toContain(`-n '__forge_at "/models"' -a archive -d`);
    expect(script('fish')).toContain(`-n '__forge_at "/runs/list"' -l status -x -a 'queued running`);
    expect(script('fish')).toContain(`-n '__forge_at "/plan"' -F`);
  });

  it('is refused for a shell that nobody knows', async () => {
    const { exitCode, stderr } = await forge(['completion', 'csh']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Allowed choices are bash, zsh, fish');
  });
});
