/** `forge schema` and `forge init`: documents to start from, and what describes them. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import catalogue from '#contracts/phases.json' with { type: 'json' };
import { defaultSettings } from '#contracts/source/phases/settings.ts';
import { cleanUp, forge, freshFolder, ROOT } from './cli-harness.ts';

afterAll(cleanUp);

describe('forge schema', () => {
  it('lists the documents and the outputs of verbs', async () => {
    const { stdout } = await forge(['schema', '--json']);
    const { schemas } = JSON.parse(stdout) as { schemas: string[] };
    expect(schemas).toEqual(
      expect.arrayContaining(['run', 'phases/cognate', 'output/doctor', 'output/error']),
    );
  });

  it.each(['run', 'phases/cognate', 'model-metadata'])(
    'prints %s as it is in contracts/schemas',
    async (name) => {
      const { exitCode, stdout } = await forge(['schema', name, '--print']);
      expect(exitCode).toBe(0);
      expect(stdout).toBe(readFileSync(join(ROOT, 'contracts', 'schemas', `${name}.schema.json`), 'utf8'));
    },
  );

  it('prints what a verb puts out', async () => {
    const { stdout } = await forge(['schema', 'output/doctor']);
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'object',
      properties: { healthy: { type: 'boolean' } },
    });
  });

  it.each(['runn', 'output/constructor', '../run'])('knows no schema %s', async (name) => {
    const { exitCode, stdout, stderr } = await forge(['schema', name]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });
    expect(stderr).toContain(`There is no schema "${name}"`);
  });

  it('puts a schema beside a document and names it once, however often it is asked', async () => {
    const cwd = freshFolder();
    const text = 'apiVersion: forge/v1\n';
    writeFileSync(join(cwd, 'a.yaml'), text);
    for (const _time of [1, 2])
      expect((await forge(['schema', '--install', 'a.yaml'], { cwd })).exitCode).toBe(0);
    expect(readFileSync(join(cwd, 'a.yaml'), 'utf8')).toBe(
      `# yaml-language-server: $schema=run.schema.json\n${text}`,
    );
    expect(JSON.parse(readFileSync(join(cwd, 'run.schema.json'), 'utf8'))).toHaveProperty('$schema');
  });

  it('names no schema in a document that has no comments', async () => {
    const cwd = freshFolder();
    writeFileSync(join(cwd, 'a.json'), '{}');
    const { exitCode, stderr } = await forge(['schema', '--install', 'a.json'], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('a.json is no YAML file');
    expect(existsSync(join(cwd, 'run.schema.json'))).toBe(false);
  });
});

describe('examples', () => {
  const documents = readdirSync(join(ROOT, 'examples')).filter((name) => name.endsWith('.yaml'));
  const runs = documents.filter((name) =>
    readFileSync(join(ROOT, 'examples', name), 'utf8').includes('kind: Run'),
  );

  it.each(runs)('%s is a valid run document that names its schema', async (name) => {
    const path = join(ROOT, 'examples', name);
    expect(await forge(['validate', path])).toMatchObject({ exitCode: 0, stdout: `${path}: valid\n` });
    const schema = /^# yaml-language-server: \$schema=(.*)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
    expect(existsSync(join(ROOT, 'examples', schema))).toBe(true);
  });

  it('are run documents but for what the server takes: a preset, and triggers', () => {
    expect(documents.filter((name) => !runs.includes(name))).toEqual(['preset.yaml', 'triggers.yaml']);
  });
});

describe('forge init', () => {
  it.each(['tiny', 'full'])(
    'writes a %s run document that is valid, with its schema beside it',
    async (template) => {
      const cwd = freshFolder();
      const made = await forge(['init', 'My First', '--template', template, '--json'], { cwd });
      expect(JSON.parse(made.stdout)).toEqual({
        template,
        files: ['My First/run.yaml', 'My First/run.schema.json'],
      });
      const { exitCode, stdout } = await forge(['validate', 'My First/run.yaml', '--json'], { cwd });
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout).document).toMatchObject({ name: 'my-first', input: { corpus: 'sotu' } });
    },
  );

  it('spells out in the full one every setting of every phase of this release, with what it means', async () => {
    const cwd = freshFolder();
    await forge(['init', '--template', 'full'], { cwd });
    const text = readFileSync(join(cwd, 'run.yaml'), 'utf8');
    const { stdout } = await forge(['validate', 'run.yaml', '--json'], { cwd });
    const available = catalogue.phases.filter((phase) => phase.available).map((phase) => phase.slug);
    const { config, phases } = JSON.parse(stdout).document;
    expect(phases).toEqual(available.slice(0, phases.length));
    expect(config.cognate).toEqual(defaultSettings('cognate'));
    expect(text).toContain('    d_model: 256 # Width of the residual stream.');
  });

  it('writes over nothing', async () => {
    const cwd = freshFolder();
    writeFileSync(join(cwd, 'run.yaml'), 'mine');
    const { exitCode, stderr } = await forge(['init'], { cwd });
    expect(exitCode).toBe(6);
    expect(stderr).toContain('run.yaml is there already');
    expect(readFileSync(join(cwd, 'run.yaml'), 'utf8')).toBe('mine');
    expect(existsSync(join(cwd, 'run.schema.json'))).toBe(false);
  });

  it('says which folder cannot be made', async () => {
    const { exitCode, stderr } = await forge(['init', '/dev/null/x']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('The folder /dev/null/x cannot be made');
  });
});
