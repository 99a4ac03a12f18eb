/** Walks every policy of every stack: who may do what on what, and where a star stands. */
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { GRANTS } from '#contracts/source/functions.ts';
import { ALLOWED } from '#infra/constructs/granted-resources.ts';
import { EVERY_WORD } from './fixture-assets.ts';
import { synthesise } from './synthesised-stage.ts';

const MOST_STARS = 5;

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

const { stage } = synthesise();
const stacks = stage.node.findAll().filter((node): node is Stack => Stack.isStack(node));
const templates = stacks.map((stack) => Template.fromStack(stack).toJSON());
const resources = templates.flatMap(({ Resources }) =>
  Object.entries<{ Type: string; Properties: never }>(Resources),
);

const listOf = <Item>(value: Item | readonly Item[] | undefined): readonly Item[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as Item];

/** Every statement of a document anywhere in a resource: policies, roles, queues, buckets, topics. */
function statementsIn(value: unknown): readonly Statement[] {
  if (Array.isArray(value)) return value.flatMap(statementsIn);
  if (value === null || typeof value !== 'object') return [];
  const own = 'Statement' in value ? listOf(value.Statement as Statement[]) : [];
  return [...own, ...Object.values(value).flatMap(statementsIn)];
}

const all = resources.flatMap(([id, resource]) =>
  statementsIn(resource).map((statement) => ({ id, ...statement })),
);
const allowed = all.filter(({ Effect }) => Effect === 'Allow');
const actionsOf = ({ Action }: Statement) => listOf(Action);

describe('the walk', () => {
  it('finds policies in all stacks that have any', () => {
    expect(templates).toHaveLength(stacks.length);
    expect(allowed.length).toBeGreaterThan(40);
  });
});

describe('a star', () => {
  const stars = allowed.filter(({ Resource }) => listOf(Resource).includes('*'));

  it(`stands alone as a resource in at most ${MOST_STARS} statements, of actions that know no resource`, () => {
    expect(stars.flatMap(actionsOf).sort()).toEqual([
      'batch:DescribeJobs',
      'batch:ListJobs',
      'batch:TerminateJob',
      'ecr:GetAuthorizationToken',
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
    expect(stars.length).toBeLessThanOrEqual(MOST_STARS);
  });

  it('never stands in an action, and never alone as a principal that is allowed something', () => {
    for (const statement of allowed) {
      for (const action of actionsOf(statement)) expect(action).not.toContain('*');
      expect(JSON.stringify(statement.Principal ?? null)).not.toContain('"*"');
    }
  });

  it('ends a resource only where names are made later: these, and no others', () => {
    // Of an ARN put together from parts, the last part says what the star stands for.
    const ending = (value: unknown): string => {
      const parts = typeof value === 'string' ? [value] : JSON.stringify(value).match(/[^"]+(?="[\]}]*$)/g);
      return parts?.at(-1)?.replace(/^.*:(?=[^:]+$)/, '') ?? '';
    };
    const open = allowed.flatMap((statement) =>
      listOf(statement.Resource)
        .map(ending)
        .filter((resource) => resource !== '*' || !listOf(statement.Resource).includes('*'))
        .filter((resource) => resource.endsWith('*'))
        .flatMap((resource) => actionsOf(statement).map((action) => `${action} …${resource}`)),
    );
    expect([...new Set(open)].sort()).toMatchSnapshot();
  });
});

describe('a grant', () => {
  it('is mapped for each word of the contract, to actions of one service', () => {
    expect(Object.keys(ALLOWED).sort()).toEqual([...GRANTS].sort());
    for (const [grant, allowances] of Object.entries(ALLOWED)) {
      expect([grant, allowances.length > 0]).toEqual([grant, true]);
      expect(
        new Set(allowances.flatMap(({ actions }) => actions.map((action) => action.split(':')[0]))).size,
      ).toBe(1);
    }
  });

  it.each(Object.keys(EVERY_WORD))(
    'gives %s the actions of its words and of its log, and none besides',
    (name) => {
      const own = Object.entries(EVERY_WORD[name]?.grants ?? []).flatMap(([, grant]) =>
        ALLOWED[grant].flatMap(({ actions }) => actions),
      );
      const shared = ['batch:DescribeJobs', 'batch:ListJobs', 'batch:TerminateJob'];
      const always = ['logs:CreateLogStream', 'logs:PutLogEvents'];
      const camel = name.replaceAll('-', '');
      const given = allowed
        .filter(({ id }) => new RegExp(`^${camel}RoleDefaultPolicy`).test(id))
        .flatMap(actionsOf)
        .filter((action) => action !== 'sqs:SendMessage');
      const expected = [...own.filter((action) => !shared.includes(action)), ...always];
      expect([...new Set(given)].sort()).toEqual([...new Set(expected)].sort());
      const role = resources.find(
        ([id, { Type }]) => Type === 'AWS::IAM::Role' && new RegExp(`^${camel}Role`).test(id),
      );
      const policies = JSON.stringify(role?.[1].Properties);
      expect(policies.includes('JobsRead')).toBe(own.includes('batch:ListJobs'));
      expect(policies.includes('JobsTerminate')).toBe(own.includes('batch:TerminateJob'));
    },
  );

  it('deletes blobs only where a function collects garbage or clears an upload away', () => {
    const deleting = Object.entries(EVERY_WORD).filter(([, { grants }]) => grants.includes('blobs:delete'));
    expect(deleting.map(([name]) => name).sort()).toEqual(['api', 'on-upload']);
  });
});

describe('a job', () => {
  const actions = allowed.filter(({ id }) => id.startsWith('JobsJobRole')).flatMap(actionsOf);

  it('reaches the blobs below its prefixes and nothing else: no table, no queue, no secret', () => {
    expect(new Set(actions)).toEqual(
      new Set([
        'sts:AssumeRole',
        's3:AbortMultipartUpload',
        's3:DeleteObject',
        's3:GetObject',
        's3:ListBucket',
        's3:PutObject',
      ]),
    );
  });

  it('lists the bucket below its prefixes only', () => {
    const list = allowed.find(
      (each) => each.id.startsWith('JobsJobRole') && actionsOf(each).includes('s3:ListBucket'),
    );
    expect(list?.Condition).toEqual({
      StringLike: { 's3:prefix': ['runs/*', 'blobs/*', 'staging/*', 'checkpoints/*'] },
    });
  });
});

describe('a state machine', () => {
  const of = (name: string) =>
    allowed
      .filter(({ id }) => id.startsWith(`StateMachines${name}RoleDefaultPolicy`))
      .flatMap(actionsOf)
      .sort();

  it('may do what its tasks need', () => {
    const rule = ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'];
    expect(of('Phase')).toEqual(['batch:SubmitJob', 'batch:TagResource', ...rule, 'lambda:InvokeFunction']);
    expect(of('Pipeline')).toEqual([
      ...rule,
      'lambda:InvokeFunction',
      'states:DescribeExecution',
      'states:StartExecution',
      'states:StopExecution',
    ]);
  });
});
