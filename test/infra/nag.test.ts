/** cdk-nag's AwsSolutions over every stack: nothing open, and little that is kept with a reason. */
import { Validations } from 'aws-cdk-lib';
import { ACKNOWLEDGED } from '#infra/constructs/nag-acknowledgement.ts';
import { NagChecks } from '#infra/nag-checks.ts';
import { synthesise } from './synthesised-stage.ts';

const MOST_ACKNOWLEDGED = 8;

const { app, stage } = synthesise();
stage.synth();

interface Kept {
  readonly rule: string;
  readonly reason: string;
}

function acknowledgements(): readonly Kept[] {
  const entries = app.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY);
  return (
    entries
      .flatMap(({ data }) =>
        Object.entries(data as Record<string, string>).map(([id, reason]) => ({
          rule: id.replace(/^annotation::/i, '').replace(/\[.*$/s, ''),
          reason,
        })),
      )
      // The CDK acknowledges findings of its own validation itself.
      .filter(({ rule }) => rule.startsWith('AwsSolutions-'))
  );
}

const distinct = (kept: readonly Kept[]) => new Set(kept.map(({ rule, reason }) => `${rule}: ${reason}`));

describe('cdk-nag', () => {
  it('finds nothing that is neither solved nor kept with a reason', () => {
    const { violations } = new NagChecks(app).validateScope(app);
    const found = violations.map(({ ruleName, violatingResources }) => [
      ruleName,
      violatingResources.map(({ constructPath }) => constructPath),
    ]);
    expect(found).toEqual([]);
  });

  it('would find a bucket without a log and without TLS', () => {
    const other = synthesise({ config: { stage: 'bad' } });
    other.stage.data.blobs.bucket.node.tryRemoveChild('Policy');
    const { violations } = new NagChecks(other.app).validateScope(other.app);
    expect(violations.map(({ ruleName }) => ruleName)).toContain('AwsSolutions-S10');
  });

  it(`keeps at most ${MOST_ACKNOWLEDGED} pairs of rule and reason, each from the one list`, () => {
    const pairs = distinct(acknowledgements());
    const listed = new Set(
      Object.values(ACKNOWLEDGED).map(({ rule, reason }) => `AwsSolutions-${rule}: ${reason}`),
    );
    expect(pairs.size).toBeGreaterThan(0);
    expect(pairs.size).toBeLessThanOrEqual(MOST_ACKNOWLEDGED);
    expect(listed.size).toBeLessThanOrEqual(MOST_ACKNOWLEDGED);
    expect([...pairs].filter((pair) => !listed.has(pair))).toEqual([]);
  });

  it('is never answered with a word that gives no reason', () => {
    for (const { reason } of Object.values(ACKNOWLEDGED))
      expect(reason.split(' ').length).toBeGreaterThan(12);
  });
});
