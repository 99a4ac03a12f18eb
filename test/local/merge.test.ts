/** `forge merge` end to end: YAML in, a model folder out, every refusal with its place and nothing written. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUTPUTS } from '#cli/schemas/outputs.ts';
import { counting, f32, safetensors, type ToyTensor } from '#test/support/model-bytes.ts';
import { cleanUp, forge, freshFolder, ROOT } from '#test/unit/cli/cli-harness.ts';

afterAll(cleanUp);

const tokenizer = (tokens: readonly string[]) => ({
  model: { vocab: Object.fromEntries(tokens.map((token, row) => [token, row])) },
});

interface Change {
  readonly tensors?: Readonly<Record<string, ToyTensor>>;
  readonly tokens?: readonly string[];
}

function writeModel(folder: string, scale: number, { tensors = {}, tokens = ['a', 'b'] }: Change = {}): void {
  mkdirSync(folder, { recursive: true });
  const layer = (index: number) => ({
    [`blocks.${index}.attn.q.weight`]: f32([2, 2], [scale, -scale, 2 * scale, 1]),
    [`blocks.${index}.ffn.up.weight`]: f32([2, 2], [1, scale, 0, scale]),
  });
  const all = { 'embedding.weight': counting([4, 2]), ...layer(0), ...layer(1), ...tensors };
  writeFileSync(join(folder, 'model.safetensors'), safetensors(all));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ arch: { num_layers: 2 } }));
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer(tokens)));
}

/** A folder with `models/{base,one,two,three}` and others that do not fit them. */
function workplace(): string {
  const cwd = freshFolder();
  for (const [index, name] of ['base', 'one', 'two', 'three'].entries())
    writeModel(join(cwd, 'models', name), index + 1);
  const odd = Object.fromEntries(
    Array.from({ length: 24 }, (_, index) => [`extra.${String(index).padStart(2, '0')}`, counting([1])]),
  );
  writeModel(join(cwd, 'models', 'odd'), 5, {
    tensors: { ...odd, 'blocks.0.ffn.up.weight': counting([2, 3]) },
  });
  writeModel(join(cwd, 'models', 'foreign'), 5, { tokens: ['a', 'c'] });
  return cwd;
}

const cwd = workplace();

async function merge(recipe: string, ...more: string[]) {
  writeFileSync(join(cwd, 'recipe.yml'), recipe);
  return forge(['merge', 'recipe.yml', '--out', 'merged', ...more], { cwd });
}

const LINEAR = `merge_method: linear
models:
  - model: models/one
    parameters: {weight: 1}
  - model: models/two
    parameters: {weight: 3}
`;

describe('forge merge', () => {
  it('writes a model folder and prints what came out', async () => {
    const out = join(freshFolder(), 'new', 'merged');
    writeFileSync(join(cwd, 'linear.yml'), LINEAR);
    const said = await forge(['merge', 'linear.yml', '--out', out, '--json'], { cwd });
    expect(said).toMatchObject({ exitCode: 0, stderr: '' });
    const result = JSON.parse(said.stdout);
    expect(OUTPUTS.merge?.safeParse(result).success).toBe(true);
    expect(result).toMatchObject({ method: 'linear', tensors: 5, parameters: 24, layers: 2 });
    expect(readdirSync(out).sort()).toEqual([
      'config.json',
      'merge.json',
      'model.safetensors',
      'tokenizer.json',
    ]);
    const record = JSON.parse(readFileSync(join(out, 'merge.json'), 'utf8'));
    expect(record).toMatchObject({ method: 'linear', weightsHash: result.sha256 });
  });

  it('says what it would do, and the memory it would take, without writing', async () => {
    const said = await merge(LINEAR, '--dry-run');
    expect(said.exitCode).toBe(0);
    expect(said.stdout).toMatch(/linear: 5 tensors, 2 layers, 24 parameters, 96 B; at most .* of memory/);
    expect(existsSync(join(cwd, 'merged'))).toBe(false);
    const json = await merge(LINEAR, '--dry-run', '--json');
    expect(OUTPUTS.merge?.safeParse(JSON.parse(json.stdout)).success).toBe(true);
  });

  it('takes a model that a recipe calls by a foreign name from where --model says', async () => {
    const recipe = LINEAR.replace('models/two', 'org/two');
    const said = await merge(recipe, '--dry-run', '--model', 'org/two=models/two');
    expect(said.exitCode).toBe(0);
  });

  it('writes nothing over what is there', async () => {
    mkdirSync(join(cwd, 'full'), { recursive: true });
    writeFileSync(join(cwd, 'full', 'kept'), 'x');
    writeFileSync(join(cwd, 'linear.yml'), LINEAR);
    const said = await forge(['merge', 'linear.yml', '--out', 'full', '--json'], { cwd });
    expect(said.exitCode).toBe(2);
    expect(JSON.parse(said.stderr).error).toMatchObject({ code: 'output_exists' });
    expect(readdirSync(join(cwd, 'full'))).toEqual(['kept']);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const interruption = new AbortController();
    interruption.abort();
    writeFileSync(join(cwd, 'linear.yml'), LINEAR);
    const said = await forge(['merge', 'linear.yml', '--out', 'stopped'], {
      cwd,
      interrupted: interruption.signal,
    });
    expect(said.exitCode).toBe(130);
    expect(readdirSync(cwd).filter((name) => name.includes('stopped'))).toEqual([]);
  });
});

const method = (name: string, parameters: string, base = '') => `merge_method: ${name}
${base ? `base_model: ${base}\n` : ''}models:
  - model: models/one
  - model: models/two
parameters: ${parameters}
`;

describe('a recipe that cannot be followed', () => {
  const franken = (range: string) =>
    `merge_method: passthrough\nslices:\n  - sources:\n      - {model: models/one, layer_range: ${range}}\n`;
  const withModel = (name: string) => `${LINEAR}  - {model: ${name}, parameters: {weight: 1}}\n`;

  it.each([
    ['a tab', 'merge_method:\tx\n\tmodels: 1\n', 'tab_as_indent', 'recipe.yml:2:1'],
    ['a key that stands twice', `${LINEAR}models: []\n`, 'duplicate_key', 'recipe.yml:7:1'],
    ['a key of ours misspelt', `${LINEAR}model: x\n`, 'unknown_field', 'recipe.yml:7:1'],
    ['a method misspelt', method('tis', '{}'), 'unknown_method', 'recipe.yml:1:1'],
    ['a parameter misspelt', method('linear', '{wieght: 1}'), 'unknown_parameter', 'recipe.yml:5:14'],
    [
      'weights that sum to zero',
      LINEAR.replace('weight: 3', 'weight: -1'),
      'zero_weight_sum',
      'recipe.yml:1:1',
    ],
    [
      'three models for SLERP',
      `${withModel('models/three').replace('linear', 'slerp')}base_model: models/one\n`,
      'arity',
      'recipe.yml:2:1',
    ],
    ['one model more for SLERP', method('slerp', '{t: 0.5}', 'models/base'), 'arity', 'recipe.yml:3:1'],
    ['t above 1', method('slerp', '{t: 1.5}', 'models/one'), 'out_of_range', 'recipe.yml:6:14'],
    [
      'a density of 0',
      method('ties', '{weight: 1, density: 0}', 'models/base'),
      'out_of_range',
      'recipe.yml:6:25',
    ],
    [
      'a density of 1.1',
      method('ties', '{weight: 1, density: [1, 1.1]}', 'models/base'),
      'out_of_range',
      'recipe.yml:6:38',
    ],
    [
      'DARE that drops everything',
      method('dare_ties', '{weight: 1, density: 0}', 'models/base'),
      'out_of_range',
      'recipe.yml:6:25',
    ],
    ['models of other shapes', withModel('models/odd'), 'incompatible_models', 'recipe.yml:2:1'],
    ['layers beyond the last', franken('[1, 3]'), 'layer_range', 'recipe.yml:4:29'],
    ['layers the wrong way round', franken('[2, 1]'), 'layer_range', 'recipe.yml:4:29'],
    ['another vocabulary', withModel('models/foreign'), 'vocab_mismatch', 'recipe.yml:3:5'],
    ['a model that is not there', withModel('models/none'), 'missing_model', 'recipe.yml:7:6'],
    ['modules', 'merge_method: linear\nmodules: {}\n', 'not_supported', 'recipe.yml:2:1'],
    ['no base', method('ties', '{weight: 1}'), 'base_required', 'recipe.yml:1:1'],
  ])('%s is refused with its place, and nothing is written', async (_what, recipe, code, place) => {
    const said = await merge(recipe, '--json');
    const { error } = JSON.parse(said.stderr);
    const places = error.errors.map((problem: { place: string }) => problem.place);
    expect({ exitCode: said.exitCode, stdout: said.stdout, code: error.code }).toEqual({
      exitCode: 2,
      stdout: '',
      code,
    });
    expect(places[0]).toBe(place);
    expect(readdirSync(cwd).filter((name) => name.includes('merged'))).toEqual([]);
  });

  it('names the first twenty tensors that differ, and how', async () => {
    const { stderr } = await merge(withModel('models/odd'));
    expect(stderr).toContain('25 tensors differ, the first 20:');
    expect(stderr).toContain(
      'blocks.0.ffn.up.weight: models/one [2, 2] F32, models/two [2, 2] F32, models/odd [2, 3] F32',
    );
    expect(stderr.match(/extra\.\d\d/g)).toHaveLength(19);
  });

  it('names the option that merges rows of different vocabularies all the same', async () => {
    const recipe = withModel('models/foreign');
    expect((await merge(recipe)).stderr).toContain('forge.vocabulary: by_position');
    expect((await merge(`${recipe}forge: {vocabulary: by_position}\n`, '--dry-run')).exitCode).toBe(0);
  });
});

describe('an example recipe', () => {
  const folder = join(ROOT, 'examples', 'merge');

  it.each(readdirSync(folder))('%s makes a model', async (name) => {
    const out = join(freshFolder(), 'merged');
    const said = await forge(['merge', join(folder, name), '--out', out], { cwd });
    expect(said).toMatchObject({ exitCode: 0 });
    expect(said.stdout).toMatch(/sha256 [0-9a-f]{64}/);
    expect(existsSync(join(out, 'model.safetensors'))).toBe(true);
  });
});

describe('a command of the documents', () => {
  it.each([
    'npx forge merge examples/merge/ties.yml --dry-run',
    'npx forge merge examples/merge/ties.yml --out merged',
    'npx forge merge examples/merge/frankenmerge.yml --out stacked --shard-size 2GB --json',
  ])('%s does what it says', async (command) => {
    const place = workplace();
    cpSync(join(ROOT, 'examples'), join(place, 'examples'), { recursive: true });
    const said = await forge(command.split(' ').slice(2), { cwd: place });
    expect(said).toMatchObject({ exitCode: 0 });
    expect(said.stdout).toMatch(command.includes('--dry-run') ? /nothing written/ : /sha256/);
  });
});
