import { createHash } from 'node:crypto';
import type { Json } from '#local/asl/json.ts';
import { machine, runMachine } from './run-machine.ts';

async function evaluate(expression: string, input: Json = {}): Promise<Json | undefined> {
  const ran = await runMachine(
    machine({ Eval: { Type: 'Pass', Output: `{% ${expression} %}`, End: true } }),
    input,
  );
  return ran.status === 'SUCCEEDED' ? ran.output : `${ran.error}: ${ran.cause}`;
}

describe('AWS’s JSONata functions', () => {
  test.each<[string, Json]>([
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$partition([1], 4)', [[1]]],
    ['$partition([], 2)', []],
    ['$range(0, 9, 3)', [0, 3, 6, 9]],
    ['$range(5, 1, -2)', [5, 3, 1]],
    ['$range(1, 9, 9)', 1],
    ['$hash("input", "SHA-1")', '140f86aae51ab9e1cda9b4254fe98a74eb54c1a1'],
    ['$hash("x", "MD5")', createHash('md5').update('x').digest('hex')],
    ['$parse("{\\"a\\":[1]}").a', [1]],
    ['$random(42)', 0.7275636800328681],
    ['$exists($parse($nothing))', false],
    ['$exists($partition($nothing, 1))', false],
    ['$exists($shuffle($nothing))', false],
    ['$now()', '2026-01-01T00:00:00.000Z'],
    ['$now("[Y0001]/[M01]")', '2026/01'],
    ['$millis()', Date.UTC(2026, 0, 1)],
    ['$sort($shuffle([1..5]))', [1, 2, 3, 4, 5]],
  ])('%s gives %j', async (expression, expected) => {
    expect(await evaluate(expression)).toEqual(expected);
  });

  test('$uuid and $random are new on every call and the same again for the same seed', async () => {
    const both = '[$uuid(), $uuid(), $string($random()), $string($random())]';
    const first = (await evaluate(both)) as string[];
    expect(first[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(first).size).toBe(4);
    expect(await evaluate(both)).toEqual(first);
  });

  test.each([
    ['$partition([1], 0)', ': The second argument of $partition must be a positive integer, but was 0'],
    ['$range(0, 9, 0)', ': The third argument of $range must not be 0'],
    ['$range(0, 5000, 1)', ': $range gives at most 1000 values, but would give 5001'],
    ['$hash("x", "CRC")', ': $hash knows MD5, SHA-1'],
    ['$parse("{")', ': $parse got a text that is not JSON'],
    ['$eval("1")', '. T1006: Attempted to invoke a non-function'],
    ['$sum("a")', '. T0412: Argument 1 of function "sum" must be an array of "numbers"'],
    ['$partition("a", "b")', '. T0410: Argument 2 of function "partition" does not match function signature'],
    ['$error("mine")', '. D3137: mine'],
  ])('%s fails in AWS’s words', async (expression, ending) => {
    const message = await evaluate(expression);
    expect(message).toContain(
      "States.QueryEvaluationError: An error occurred while executing the state 'Eval' (entered at the event id #2). " +
        `The JSONata expression '${expression}' specified for the field 'Output' threw an error during evaluation${ending}`,
    );
  });

  test.each([
    ['$sum', 'returned an unsupported result type.'],
    ['function($x){$x}', 'returned an unsupported result type.'],
    ['[1, $sum]', 'returned an unsupported result type.'],
    ['{"f": $sum}', 'returned an unsupported result type.'],
    ['/a/', 'returned an unsupported result type.'],
    ['1/0', 'returned an unsupported result type.'],
    ['$nothing', 'returned nothing (undefined).'],
    ['$states.result', 'returned nothing (undefined).'],
  ])('a result of %s is no JSON and is refused', async (expression, ending) => {
    expect(await evaluate(expression)).toContain(ending);
  });

  test('the place of a failed expression names keys and positions', async () => {
    const ran = await runMachine(
      machine({ Eval: { Type: 'Pass', Output: { list: [1, { deep: '{% $none %}' }] }, End: true } }),
    );
    expect(ran.events[2]).toMatchObject({ type: 'EvaluationFailed', location: 'Output/list[1]/deep' });
  });

  test('an expression that fails in Assign is reported there and nothing is assigned', async () => {
    const ran = await runMachine(
      machine({ Eval: { Type: 'Pass', Assign: { v: '{% $none %}' }, End: true } }),
    );
    expect(ran.cause).toContain("'Assign/v' returned nothing");
    expect(ran.types).not.toContain('PassStateExited');
  });

  test('results carry nothing of JSONata’s own: sequences become plain arrays', async () => {
    expect(await evaluate('$states.input.items.n', { items: [{ n: 1 }, { n: 2 }] })).toEqual([1, 2]);
    expect(await evaluate('{"a": $states.input.none, "b": null}', {})).toEqual({ b: null });
  });
});
