/** forge claims get */
import type { Claim, ClaimReading } from '../client/records.ts';
import type { Context } from '../context.ts';
import { formatNumber, formatSeconds } from '../output/figures.ts';
import { type Paint, paintStatus } from '../output/paint.ts';
import { renderFacts, renderTable } from '../output/table.ts';

function readingRow(reading: ClaimReading, paint: Paint): readonly string[] {
  const verdict = paintStatus(paint, reading.verdict);
  if ('missing' in reading) return [reading.text, '-', '-', '-', verdict, `missing: ${reading.missing}`];
  const { experiment, arm, baseline, measure, op, bound, mean, low, high, seeds } = reading;
  const compared = baseline === undefined ? arm : `${arm} minus ${baseline}`;
  return [
    reading.text,
    `${op} ${formatNumber(bound)}`,
    formatNumber(mean),
    `${formatNumber(low)} to ${formatNumber(high)}`,
    verdict,
    `${experiment}, ${compared}: ${measure}, ${seeds.length} seeds`,
  ];
}

function renderClaim(claim: Claim, paint: Paint): string {
  const { switch: held } = claim;
  const facts = renderFacts(
    [
      ['claim', claim.id],
      ['as inherited', claim.claim],
      ['source', claim.source],
      ['metric', claim.metric],
      ['baseline', claim.baseline],
      ['rule', claim.rule],
      ['default', held ? `${held.phase}.${held.setting} stays off until it holds` : null],
      ['verdict', paintStatus(paint, claim.verdict)],
    ],
    paint,
  );
  const header = ['reading', 'bound', 'mean', '95 % interval', 'verdict', 'measured'];
  const readings = claim.readings.map((reading) => readingRow(reading, paint));
  const records = claim.records.map(({ experiment, sha256, machine, cpuSeconds, reproduce }) => [
    experiment,
    sha256,
    machine,
    formatSeconds(cpuSeconds),
    reproduce,
  ]);
  const measured =
    records.length === 0
      ? []
      : [
          '',
          renderTable(['experiment', 'record (SHA-256)', 'machine', 'CPU', 'made again by'], records, paint),
        ];
  return [facts, '', renderTable(header, readings, paint), ...measured].join('\n');
}

export async function getClaim({ client, console }: Context, id: string): Promise<number> {
  const claim = await client.getClaim(id);
  console.data(claim, (paint) => renderClaim(claim, paint));
  return 0;
}
