/** One snapshot per stack, so that a change of the CDK or of a construct is seen in review. Hashes of assets are taken out. */
import type { FunctionFacts } from '#contracts/source/functions.ts';
import { fixtureAssets } from './fixture-assets.ts';
import { synthesise } from './synthesised-stage.ts';

/** Fixed, so that a new function of the product changes no snapshot: the functions that the machines and the API need. */
const facts = (triggers: FunctionFacts['triggers']): FunctionFacts => ({
  entry: 'functions/any/handler.ts',
  memoryMiB: 256,
  timeoutSeconds: 60,
  triggers,
  grants: ['table:read', 'table:write', 'blobs:read'],
});
const TASKS = ['prepare-run', 'start-phase', 'complete-phase', 'fail-phase', 'finish-run'];
const functions = {
  api: facts(['http']),
  'authorise-key': facts(['authorise']),
  ...Object.fromEntries(TASKS.map((name) => [name, facts(['task'])])),
  'record-job': facts(['job-status']),
};

const { stage, templateOf } = synthesise({ assets: fixtureAssets(functions) });

const normalised = (template: object): unknown =>
  JSON.parse(JSON.stringify(template).replace(/[0-9a-f]{64}/g, 'HASH'));

describe('the template', () => {
  it.each(['data', 'network', 'compute', 'pipeline', 'api'] as const)(
    'of the %s stack is as it was',
    (name) => {
      const stack = stage[name];
      if (!stack) throw new Error(`the stage has no ${name} stack`);
      expect(normalised(templateOf(stack).toJSON())).toMatchSnapshot();
    },
  );
});
