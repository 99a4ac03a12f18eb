/** The verdicts that the API serves come from the committed records, and the defaults of settings follow them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import claimsFile from '#contracts/claims.json' with { type: 'json' };
import presets from '#contracts/presets.json' with { type: 'json' };
import { claims, claimVerdicts } from '#contracts/source/claims.ts';
import { defaultSettings } from '#contracts/source/phases/settings.ts';

const inherited = claims.parse(claimsFile).claims;
const judged = claimVerdicts.parse(
  JSON.parse(readFileSync(join(process.cwd(), 'contracts/claim-verdicts.json'), 'utf8')),
).claims;

const BEYOND = {
  '>=': (value: number, bound: number) => value >= bound,
  '<=': (value: number, bound: number) => value <= bound,
  '>': (value: number, bound: number) => value > bound,
  '<': (value: number, bound: number) => value < bound,
} as const;

const recordOf = (experiment: string) => join(process.cwd(), 'evidence', experiment, 'full.json');

/** By the rule's own words: all hold, none holds and one fails, or something between. */
function expectedVerdict(readings: readonly string[]): string {
  const measured = readings.filter((verdict) => verdict !== 'not measured');
  if (measured.length === 0) return 'not measured';
  if (readings.every((verdict) => verdict === 'holds')) return 'holds';
  const failed = measured.includes('does not hold') && !measured.includes('holds');
  return failed ? 'does not hold' : 'holds in part';
}

describe('inherited claims', () => {
  it('have ids of their own, and each has its verdicts; after a change run: npm run evidence -- claims', () => {
    const ids = inherited.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(judged.map(({ id }) => id)).toEqual(ids);
  });

  test.each(inherited.map((claim) => [claim.id, claim] as const))(
    '%s is asked what was judged, word by word',
    (id, claim) => {
      const found = judged.find((each) => each.id === id);
      expect(found).toMatchObject({ claim: claim.claim, source: claim.source, rule: claim.rule });
      expect(found?.readings.map(({ text }) => text)).toEqual(claim.readings.map(({ text }) => text));
    },
  );
});

describe('verdicts', () => {
  test.each(judged.map((claim) => [claim.id, claim] as const))(
    '%s follows from its readings and from records that are committed',
    (_, claim) => {
      expect(claim.verdict).toBe(expectedVerdict(claim.readings.map(({ verdict }) => verdict)));
      for (const { experiment, sha256, seeds, cpuSeconds } of claim.records)
        expect(JSON.parse(readFileSync(recordOf(experiment), 'utf8'))).toMatchObject({
          sha256,
          seeds,
          cpuSeconds,
          tier: 'full',
        });
      for (const reading of claim.readings) {
        if ('missing' in reading) continue;
        expect(claim.records.map(({ sha256 }) => sha256)).toContain(reading.sha256);
        const { low, mean, high, op, bound, verdict } = reading;
        const beyond = (value: number) => BEYOND[op](value, bound);
        const [inside, near] = [beyond(op.startsWith('>') ? low : high), beyond(mean)];
        expect(verdict).toBe(inside ? 'holds' : near ? 'holds in part' : 'does not hold');
      }
    },
  );

  test.each(
    inherited.flatMap(({ id, readings }) =>
      readings.flatMap((each) => ('experiment' in each ? [[id, each.text, each.experiment] as const] : [])),
    ),
  )('%s: "%s" is measured as soon as %s has a record', (id, text, experiment) => {
    const reading = judged.find((each) => each.id === id)?.readings.find((each) => each.text === text);
    expect(reading?.verdict === 'not measured').toBe(!existsSync(recordOf(experiment)));
  });

  test.each(judged.flatMap((claim) => (claim.switch ? [[claim.id, claim] as const] : [])))(
    '%s: its setting is off by default unless the claim holds',
    (_, claim) => {
      const held = claim.switch;
      if (!held) throw new Error('a claim with a switch');
      const defaults = defaultSettings(held.phase);
      expect(Object.keys(defaults)).toContain(held.setting);
      if (claim.verdict !== 'holds') expect(defaults[held.setting]).toBe(held.off);
    },
  );

  it('decide every switch of phase 5 that its page names', () => {
    const page = readFileSync(join(process.cwd(), 'docs/phases/training.md'), 'utf8');
    const [, table = ''] = page.split('| switch | off |');
    const [rows = ''] = table.split('\n\n');
    const named = [...rows.matchAll(/^\| `(\w+)/gm)].map(([, setting]) => setting);
    const decided = inherited.flatMap((claim) =>
      claim.switch?.phase === 'training' ? [claim.switch.setting] : [],
    );
    expect(named.length).toBeGreaterThan(4);
    expect(decided.sort()).toEqual(named.sort());
  });

  test.each(presets.presets.map((preset) => [preset.name, preset] as const))(
    'the preset %s switches nothing on that does not hold',
    (_, { config }) => {
      const chosen: Readonly<Record<string, Readonly<Record<string, unknown>>>> = config;
      for (const { verdict, switch: held } of judged) {
        if (!held || verdict === 'holds') continue;
        const settings = { ...defaultSettings(held.phase), ...chosen[held.phase] };
        expect(settings).toMatchObject({ [held.setting]: held.off });
      }
    },
  );
});
