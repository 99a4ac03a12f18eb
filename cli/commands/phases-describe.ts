/** forge phases describe */
import type { Phase, Rule, SettingsSchema } from '../client/records.ts';
import type { Context } from '../context.ts';
import type { Paint } from '../output/paint.ts';
import { gateText, stageText } from '../output/plan.ts';
import { renderTable } from '../output/table.ts';

function section(title: string, body: string, paint: Paint): readonly string[] {
  return body === '' ? [] : ['', paint('bold', title), body];
}

function ruleTable(rules: readonly Rule[], paint: Paint): string {
  if (rules.length === 0) return '';
  const rows = rules.map(({ name, property, op, value, why }) => {
    const bound =
      value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
    return [name, `${property} ${op} ${bound}`.trim(), why];
  });
  return renderTable(['rule', 'condition', 'why'], rows, paint);
}

/** The properties of a schema, or of the named one that it refers to. */
function propertiesOf(schema: SettingsSchema): NonNullable<SettingsSchema['properties']> {
  const named = schema.$ref?.replace(/^#\/\$defs\//, '');
  return (named === undefined ? schema : schema.$defs?.[named])?.properties ?? {};
}

function settingsTable(settings: SettingsSchema | undefined, paint: Paint): string {
  const rows = Object.entries(propertiesOf(settings ?? {})).map(
    ([name, { default: value, description = '' }]) => [
      name,
      value === undefined ? '' : JSON.stringify(value),
      description,
    ],
  );
  return rows.length === 0 ? '' : renderTable(['setting', 'default', 'meaning'], rows, paint);
}

function renderPhase(phase: Phase & { readonly settings?: SettingsSchema }, paint: Paint): string {
  return [
    `${paint('bold', `${phase.number} ${phase.title}`)} (${phase.slug})${phase.available ? '' : ', not in this release'}`,
    phase.summary,
    ...section('Stages', stageText(phase.stages), paint),
    ...section('Accepts', ruleTable(phase.accepts, paint), paint),
    ...section('Promises', ruleTable(phase.produces, paint), paint),
    ...section('Gates', phase.gates.map(gateText).join('\n'), paint),
    ...section('Settings', settingsTable(phase.settings, paint), paint),
  ].join('\n');
}

export async function describePhase({ client, console }: Context, slug: string): Promise<number> {
  const phase = await client.getPhase(slug);
  console.data(phase, (paint) => renderPhase(phase, paint));
  return 0;
}
